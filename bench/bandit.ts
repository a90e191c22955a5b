/**
 * What a bandit adds to a slate over HTTP: the same popularity slates of eight, once under fixed shares, once drawn by a bandit that has learned.
 *
 * Three metrics, two arms with the same policy, context on: sixteen features, propensities, expectations of every arm and slot in the exposure. Both surfaces are served by one
 * process that folds nothing meanwhile (the fold has figures of its own), in turns.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readConfig } from '../src/config.ts'
import { type Service, serve } from '../src/main.ts'
import { type Child, runToEnd, startListening } from './child.ts'
import { ratioOf } from './figures.ts'
import { type Ground, withClient } from './ground.ts'
import type { LoadResult } from './load.ts'
import { processorMs } from './processes.ts'
import type { Shop } from './shop.ts'
import { middleOf, type ServerFigures, type SlatesOptions } from './slates.ts'

const KINDS = ['fixed', 'bandit'] as const
type Kind = (typeof KINDS)[number]

export interface BanditBench {
  readonly surfaces: Readonly<Record<Kind, ServerFigures>>
  /** Processor time of the server, round by round. */
  readonly microsToFixed: number | null
}

const METRICS = ['conversion', 'net-revenue', 'ctr']
const ALLOCATION: Readonly<Record<Kind, object>> = {
  fixed: { kind: 'fixed' },
  bandit: { kind: 'thompson', objectives: [{ metric: 'conversion' }, { metric: 'net-revenue', weight: 0.01 }] },
}
const LESSONS = 1_000
const AT_ONCE = 20
const CONNECTIONS = 32
const WARM_UP_SECONDS = 2
const SETTLE_MS = 1_500
const NO_FOLD = { CROUPIER_FOLD_EVERY_MS: '3600000', CROUPIER_GATE_EVERY_MS: '3600000' }

export async function benchBandit(ground: Ground, shop: Shop, { rounds, seconds, tell }: SlatesOptions): Promise<BanditBench> {
  tell('a bandit learns')
  await teach(shop)
  const server = await startListening(join(import.meta.dirname, 'service.ts'), ['durable'], { ...shop.environment('bandit'), ...NO_FOLD })
  try {
    const course = { server, shop, ground }
    for (const kind of KINDS) await load(course, kind, WARM_UP_SECONDS)
    await assertLearned(shop)
    const found: Record<Kind, ServerFigures[]> = { fixed: [], bandit: [] }
    for (let round = 1; round <= rounds; round++)
      for (const kind of KINDS) {
        tell(`round ${round} of ${rounds}: ${kind}`)
        found[kind].push(await measure(course, kind, seconds))
      }
    const micros = (kind: Kind) => found[kind].map(({ serverMicros }) => serverMicros ?? Number.NaN)
    const ratio = ratioOf(micros('bandit'), micros('fixed'))
    return {
      surfaces: { fixed: middleOf(found.fixed), bandit: middleOf(found.bandit) },
      microsToFixed: Number.isNaN(ratio) ? null : ratio,
    }
  } finally {
    await server.stop()
  }
}

/** Both experiments; a third of the first shoppers buys. */
async function teach(shop: Shop): Promise<void> {
  const service = await serve(readConfig({ ...shop.environment('teaching'), ...NO_FOLD }))
  try {
    for (const kind of KINDS) {
      await post(service, shop, '/v1/surfaces', { key: kind, size: 8, policy: 'popularity', fallback: 'popularity' })
      const arms = ['one', 'two'].map((key) => ({ key, policy: 'popularity' }))
      await post(service, shop, '/v1/experiments', { key: kind, surface: kind, arms, metrics: METRICS, allocation: ALLOCATION[kind] })
      await post(service, shop, `/v1/experiments/${kind}/start`)
    }
    for (let first = 0; first < LESSONS; first += AT_ONCE) {
      const slates = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, i) => post(service, shop, '/v1/slates', JSON.parse(bodyFor(shop, 'bandit', first + i)))),
      )
      const bought = slates.filter((_, i) => (first + i) % 3 === 0) as { token: string }[]
      const outcomes = bought.map(({ token }, i) => {
        return { outcomeId: `lesson ${first + i}`, token, type: 'purchase', value: '50.00', currency: 'EUR' }
      })
      await post(service, shop, '/v1/outcomes', { outcomes })
    }
    await service.fold()
    // What was learned becomes a snapshot, which is kept before the service goes.
    await pause(SETTLE_MS)
  } finally {
    await service.close()
  }
}

async function assertLearned(shop: Shop): Promise<void> {
  await withClient(shop.databaseUrl, async (client) => {
    const { rows } = await client.query(
      "SELECT count(*) FILTER (WHERE exposure.mhat IS NOT NULL)::int AS expected FROM (SELECT mhat FROM exposures WHERE surface = 'bandit' ORDER BY decided_at DESC LIMIT 100) AS exposure",
    )
    if (rows[0].expected < 100) throw new Error('the bandit has learned nothing')
  })
}

interface Course {
  readonly server: Child
  readonly shop: Shop
  readonly ground: Ground
}

async function load({ server, shop }: Course, kind: Kind, seconds: number): Promise<LoadResult> {
  const bodies = shop.bodies.popularity.map((_, i) => bodyFor(shop, kind, i))
  const job = { url: server.url, key: shop.key, bodies, connections: CONNECTIONS, seconds }
  const result = JSON.parse(await runToEnd(join(import.meta.dirname, 'load.ts'), JSON.stringify(job))) as LoadResult
  if (result.failures > 0) throw new Error(`${kind}: ${result.failures} requests failed`)
  return result
}

async function measure(course: Course, kind: Kind, seconds: number): Promise<ServerFigures> {
  await pause(SETTLE_MS)
  const read = () => [processorMs(course.server.process.pid!), processorMs(course.ground.postmaster, { tree: true })] as const
  const before = read()
  const { requestsPerSecond, p50Ms, p99Ms } = await load(course, kind, seconds)
  const after = read()
  const micros = (who: 0 | 1) => {
    const [from, to] = [before[who], after[who]]
    return from === null || to === null ? null : ((to - from) * 1000) / (requestsPerSecond * seconds)
  }
  return { requestsPerSecond, p50Ms, p99Ms, serverMicros: micros(0), postgresMicros: micros(1) }
}

function bodyFor({ bodies }: Shop, kind: Kind, i: number): string {
  return bodies.popularity[i % bodies.popularity.length]!.replace('"surface":"home"', `"surface":"${kind}"`)
}

async function post({ url }: Service, { key }: Shop, path: string, body?: object): Promise<unknown> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}
