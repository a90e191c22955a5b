/**
 * Traces: one manual span for a sampled request, sent by OpenTelemetry.
 *
 * Automatic instrumentation costs half the throughput of a small route even when almost nothing is sampled, so there is none. The SDK is
 * loaded only when there is somewhere to send spans to, and a request that is not sampled makes no span at all. Spans carry no ids of
 * shoppers. A collector that is away costs the memory of one bounded queue and nothing else.
 */
import { type Attributes, context, propagation, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'

/** A request being traced. */
export interface RequestSpan {
  /** Ends the span; `status` is the one of the HTTP answer. */
  end(status: number, attributes?: Attributes): void
}

export interface Traces {
  /** A span for a request, or null when it is not sampled. `headers` may carry the caller's traceparent. */
  start(name: string, headers: Readonly<Record<string, unknown>>): RequestSpan | null
  /** Sends what is waiting, for a second at most. */
  close(): Promise<void>
}

export interface TracesOptions {
  /** Base address of an OTLP/HTTP collector; without it there are no traces. */
  readonly endpoint: string | undefined
  /** Share of the requests that are sampled when the caller does not say; the rest costs one random number. */
  readonly sampled?: number
}

const SAMPLED = 0.01
const EXPORT_TIMEOUT_MS = 2_000
const CLOSE_MS = 1_000
/** version-trace-parent-flags, with the flag "sampled" or without. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]([0-9a-f])$/

export const NO_TRACES: Traces = { start: () => null, close: async () => {} }

/** Starts the SDK when there is an endpoint. Does not wait for the collector. */
export async function openTraces({ endpoint, sampled = SAMPLED }: TracesOptions): Promise<Traces> {
  if (endpoint === undefined) return NO_TRACES
  const { NodeSDK } = await import('@opentelemetry/sdk-node')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const sdk = new NodeSDK({
    serviceName: 'croupier',
    autoDetectResources: false,
    traceExporter: new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS }),
    metricReaders: [],
    logRecordProcessors: [],
  })
  sdk.start()
  const tracer = trace.getTracer('croupier')
  return {
    start: (name, headers) => (isSampled(headers.traceparent, sampled) ? startSpan(tracer, name, headers) : null),
    async close() {
      const pause = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS))
      await Promise.race([sdk.shutdown().catch(() => {}), pause])
      for (const part of [trace, context, propagation]) part.disable()
    },
  }
}

function isSampled(traceparent: unknown, share: number): boolean {
  const flags = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined
  return flags === undefined ? Math.random() < share : (Number.parseInt(flags, 16) & 1) === 1
}

function startSpan(tracer: Tracer, name: string, headers: Readonly<Record<string, unknown>>): RequestSpan {
  const span: Span = tracer.startSpan(name, { kind: SpanKind.SERVER }, propagation.extract(context.active(), headers))
  return {
    end(status, attributes = {}) {
      span.setAttributes({ ...attributes, 'http.route': name.slice(name.indexOf(' ') + 1), 'http.response.status_code': status })
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    },
  }
}
