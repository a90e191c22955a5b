/** What operators and programs ask about the service itself. */
import { metricsPage } from '../../telemetry/metrics-page.ts'
import { docsPage } from '../docs-page.ts'
import { type Bound, bind, json } from '../handler.ts'
import { openApiOf } from '../openapi.ts'
import { type ProbedWorld, probesOf } from '../probes.ts'
import { Problem, problemPage } from '../problems.ts'
import { readinessOf } from '../readiness.ts'
import { type Route, TEXT_TYPE } from '../route.ts'
import { live, readDocs, readMetrics, readOpenApi, readProblem, ready } from '../routes/operation.ts'
import { type CountedWorld, seriesOf } from '../series.ts'
import type { World } from '../world.ts'

export type OperationWorld = ProbedWorld & CountedWorld & Pick<World, 'requests'>

const KEEP = { 'Cache-Control': 'public, max-age=300' }

/** The documents are made once, when they are asked for the first time. */
export function operationHandlers(world: OperationWorld, contract: readonly Route[]): readonly Bound[] {
  const check = readinessOf(probesOf(world), world.now)
  const metrics = metricsPage(world.requests, seriesOf(world))
  const once = <T>(make: () => T): (() => T) => {
    let made: T | undefined
    return () => {
      made ??= make()
      return made
    }
  }
  const openApi = once(() => JSON.stringify(openApiOf(contract)))
  const docs = once(() => docsPage(openApiOf(contract)))
  return [
    bind(live, () => json(200, { status: 'live' })),
    bind(ready, async ({ query }) => {
      const checks = await check(query.for === 'slates')
      const wrong = checks.filter(({ ok }) => !ok)
      if (wrong.length === 0) return json(200, { status: 'ready', checks })
      throw new Problem('not-ready', {
        detail: `${wrong.map(({ name, because }) => `${name}: ${because}`).join('; ')}.`,
        extra: { checks },
      })
    }),
    bind(readMetrics, async () => ({ status: 200, type: metrics.type, body: await metrics.text() })),
    bind(readOpenApi, () => ({ status: 200, headers: KEEP, body: openApi() })),
    bind(readDocs, () => {
      const { html, policy } = docs()
      return { status: 200, type: 'text/html; charset=utf-8', headers: { ...KEEP, 'Content-Security-Policy': policy }, body: html }
    }),
    bind(readProblem, ({ params }) => ({ status: 200, type: TEXT_TYPE, headers: KEEP, body: problemPage(params.slug) })),
  ]
}
