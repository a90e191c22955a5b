/**
 * The page that Prometheus reads. Everything is counted in plain objects elsewhere; prom-client only writes the text, and only when asked.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Metric, Registry } from 'prom-client'
import { LATENCY_BOUNDS, type RequestCounters } from './request-counters.ts'

export interface Sample {
  readonly value: number
  readonly labels?: Readonly<Record<string, string>>
}

/** One named series; `samples` is called when the page is read. */
export interface Series {
  /** With its unit at the end: croupier_…_seconds, …_total. */
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge'
  samples(): readonly Sample[] | Promise<readonly Sample[]>
}

export interface MetricsPage {
  readonly type: string
  text(): Promise<string>
}

const NANO = 1e-9
const DELAY_RESOLUTION_MS = 20

/** The page over the counters of requests and any further series. */
export function metricsPage(requests: RequestCounters, series: readonly Series[]): MetricsPage {
  const registry = new Registry()
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
  delay.enable()
  for (const one of [...requestSeries(requests), ...processSeries(delay), ...series]) registry.registerMetric(metricOf(one))
  registry.registerMetric(latencyOf(requests))
  return { type: registry.contentType, text: () => registry.metrics() }
}

function requestSeries(requests: RequestCounters): readonly Series[] {
  return [
    {
      name: 'croupier_http_requests_total',
      help: 'Answered requests by route and status.',
      kind: 'counter',
      samples: () =>
        [...requests.routes].flatMap(([route, { statuses }]) =>
          [...statuses].map(([status, value]) => ({ value, labels: { route, status: String(status) } })),
        ),
    },
    {
      name: 'croupier_http_crashes_total',
      help: 'Requests that failed by a fault of ours.',
      kind: 'counter',
      samples: () => [{ value: requests.crashes }],
    },
  ]
}

function processSeries(delay: ReturnType<typeof monitorEventLoopDelay>): readonly Series[] {
  const quantiles = [50, 99, 100]
  return [
    {
      name: 'croupier_event_loop_delay_seconds',
      help: 'How late the event loop was since the last reading, by quantile.',
      kind: 'gauge',
      samples: () => {
        const samples = quantiles.map((q) => ({ value: delay.percentile(q) * NANO, labels: { quantile: String(q / 100) } }))
        delay.reset()
        return samples
      },
    },
    {
      name: 'croupier_process_resident_bytes',
      help: 'Memory of the process.',
      kind: 'gauge',
      samples: () => [{ value: process.memoryUsage.rss() }],
    },
    {
      name: 'croupier_process_cpu_seconds_total',
      help: 'Processor time of the process.',
      kind: 'counter',
      samples: () => {
        const { user, system } = process.cpuUsage()
        return [{ value: (user + system) / 1e6 }]
      },
    },
    {
      name: 'croupier_process_uptime_seconds',
      help: 'Since the process started.',
      kind: 'gauge',
      samples: () => [{ value: process.uptime() }],
    },
  ]
}

/** prom-client's own classes count by themselves; a registry also takes anything that says its values. */
function metricOf({ name, help, kind, samples }: Series): Metric {
  return valuesOf({ name, help, type: kind }, async () => (await samples()).map(({ value, labels }) => ({ value, labels: labels ?? {} })))
}

function latencyOf(requests: RequestCounters): Metric {
  const name = 'croupier_http_request_duration_seconds'
  return valuesOf({ name, help: 'Seconds from the last byte of the headers to the answer, by route.', type: 'histogram' }, () =>
    [...requests.routes].flatMap(([route, { buckets, seconds }]) => {
      let count = 0
      const cumulated = [...buckets].map((n, i) => {
        count += n
        return {
          metricName: `${name}_bucket`,
          value: count,
          labels: { le: i < LATENCY_BOUNDS.length ? LATENCY_BOUNDS[i]! : '+Inf', route },
        }
      })
      return [
        ...cumulated,
        { metricName: `${name}_sum`, value: seconds, labels: { route } },
        { metricName: `${name}_count`, value: count, labels: { route } },
      ]
    }),
  )
}

function valuesOf(
  head: { name: string; help: string; type: Series['kind'] | 'histogram' },
  values: () => readonly object[] | Promise<readonly object[]>,
): Metric {
  return {
    ...head,
    aggregator: 'sum',
    get: async () => ({ ...head, aggregator: 'sum', values: await values() }),
    reset: () => {},
  } as unknown as Metric
}
