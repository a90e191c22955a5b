import { spawnSync } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { NO_TRACES, openTraces } from '../../src/telemetry/traces.ts'

interface SentSpan {
  readonly traceId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: readonly { readonly key: string; readonly value: object }[]
}

/** A collector for OTLP over HTTP, in JSON. */
async function collector(): Promise<{ url: string; spans: SentSpan[]; paths: string[]; server: Server }> {
  const spans: SentSpan[] = []
  const paths: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      paths.push(`${request.method} ${request.url}`)
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString())
      for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans)
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, paths, server }
}

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const CALLER = 'a'.repeat(32)
const traceparent = (flags: string) => ({ traceparent: `00-${CALLER}-${'b'.repeat(16)}-${flags}` })

describe('traces', () => {
  it('send one span a sampled request to the collector, under the caller’s trace', async () => {
    const { url, spans, paths, server } = await collector()
    open.push(server)
    const traces = await openTraces({ endpoint: `${url}/`, sampled: 1 })
    traces.start('POST /v1/slates', {})!.end(200)
    traces.start('GET /v1/items', traceparent('01'))!.end(503)
    await traces.close()
    expect(paths).toEqual(['POST /v1/traces'])
    expect(spans.map((span) => span.name)).toEqual(['POST /v1/slates', 'GET /v1/items'])
    expect(spans[1]).toMatchObject({ traceId: CALLER, parentSpanId: 'b'.repeat(16), status: { code: 2 } })
    expect(spans[0]!.traceId).not.toBe(CALLER)
    const attributes = Object.fromEntries(spans[0]!.attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
    expect(attributes).toEqual({ 'http.route': '/v1/slates', 'http.response.status_code': 200 })
  })

  it('follow the caller’s decision where he made one, and the share where he made none', async () => {
    const { url, server } = await collector()
    open.push(server)
    const traces = await openTraces({ endpoint: url, sampled: 0 })
    expect(traces.start('r', {})).toBeNull()
    expect(traces.start('r', traceparent('00'))).toBeNull()
    expect(traces.start('r', { traceparent: 'nonsense' })).toBeNull()
    traces.start('r', traceparent('01'))!.end(200)
    await traces.close()
    const all = await openTraces({ endpoint: url, sampled: 1 })
    expect(all.start('r', traceparent('00'))).toBeNull()
    await all.close()
  })

  it('are nothing without an endpoint', async () => {
    expect(await openTraces({ endpoint: undefined, sampled: 1 })).toBe(NO_TRACES)
    expect(NO_TRACES.start('r', {})).toBeNull()
    await NO_TRACES.close()
  })

  it.each([
    [undefined, false],
    ['http://127.0.0.1:9', true],
  ])('with the endpoint %s load the SDK: %s', (endpoint, loads) => {
    const script = `
      import { registerHooks } from 'node:module'
      const seen = []
      registerHooks({ resolve: (specifier, context, next) => (seen.push(specifier), next(specifier, context)) })
      const { openTraces } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/telemetry/traces.ts'))})
      const traces = await openTraces(${JSON.stringify({ endpoint })})
      console.log(seen.some((specifier) => specifier === '@opentelemetry/sdk-node'))
      await traces.close()`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect([stdout.trim(), stderr]).toEqual([String(loads), ''])
  })

  it.each(['a collector that refuses', 'a collector that hangs'])('are not slowed by %s', async (kind) => {
    const server = createTcpServer(() => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    if (kind.endsWith('refuses')) server.close()
    else open.push(server)
    const traces = await openTraces({ endpoint: `http://127.0.0.1:${port}`, sampled: 1 })
    const started = performance.now()
    for (let i = 0; i < 5_000; i++) traces.start('POST /v1/slates', {})!.end(200)
    const perSpanMs = (performance.now() - started) / 5_000
    expect(perSpanMs).toBeLessThan(0.5)
    const closing = performance.now()
    await traces.close()
    expect(performance.now() - closing).toBeLessThan(2_000)
  })
})
