import { describe, expect, it } from 'vitest'
import { metricsPage } from '../../src/telemetry/metrics-page.ts'
import { LATENCY_BOUNDS, newRequestCounters, observe } from '../../src/telemetry/request-counters.ts'

describe('the metrics page', () => {
  it('tells requests by route and status', async () => {
    const requests = newRequestCounters()
    observe(requests, 'POST /v1/slates', { status: 200, seconds: 0.004 })
    observe(requests, 'POST /v1/slates', { status: 200, seconds: 0.004 })
    observe(requests, 'POST /v1/slates', { status: 429, seconds: 0.0001 })
    const text = await metricsPage(requests, []).text()
    expect(text).toContain('# TYPE croupier_http_requests_total counter')
    expect(text).toContain('croupier_http_requests_total{route="POST /v1/slates",status="200"} 2')
    expect(text).toContain('croupier_http_requests_total{route="POST /v1/slates",status="429"} 1')
  })

  it('tells latencies as a cumulated histogram that ends with the count', async () => {
    const requests = newRequestCounters()
    for (const seconds of [0.0005, 0.001, 0.004, 0.14, 30]) observe(requests, 'r', { status: 200, seconds })
    const text = await metricsPage(requests, []).text()
    const buckets = [...text.matchAll(/duration_seconds_bucket\{le="([^"]+)",route="r"\} (\d+)/g)].map(([, le, n]) => [le, Number(n)])
    expect(buckets).toHaveLength(LATENCY_BOUNDS.length + 1)
    expect(Object.fromEntries(buckets)).toMatchObject({ '0.001': 2, '0.005': 3, '0.1': 3, '0.15': 4, '10': 4, '+Inf': 5 })
    expect(text).toContain('croupier_http_request_duration_seconds_count{route="r"} 5')
    expect(text).toMatch(/duration_seconds_sum\{route="r"\} 30\.145/)
  })

  it('reads further series only when it is read itself, also those that take a while', async () => {
    let reads = 0
    const page = metricsPage(newRequestCounters(), [
      { name: 'shop_open', help: 'Open?', kind: 'gauge', samples: () => [{ value: ++reads, labels: { day: 'a "b"' } }] },
      { name: 'shop_slow_total', help: 'Slow.', kind: 'counter', samples: async () => [{ value: 3 }] },
    ])
    expect(reads).toBe(0)
    const text = await page.text()
    expect(text).toContain('shop_open{day="a \\"b\\""} 1')
    expect(text).toContain('shop_slow_total 3')
    expect(await page.text()).toContain('} 2')
  })

  it('tells how late the event loop is', async () => {
    const page = metricsPage(newRequestCounters(), [])
    await new Promise((resolve) => setTimeout(resolve, 60))
    const blockedUntil = performance.now() + 80
    while (performance.now() < blockedUntil);
    await new Promise((resolve) => setTimeout(resolve, 60))
    const worst = Number(/event_loop_delay_seconds\{quantile="1"\} (\S+)/.exec(await page.text())![1])
    expect(worst).toBeGreaterThan(0.05)
    expect(worst).toBeLessThan(5)
  })

  it('is of the type that Prometheus asks for', () => {
    expect(metricsPage(newRequestCounters(), []).type).toBe('text/plain; version=0.0.4; charset=utf-8')
  })
})
