/**
 * Whether serving stalls while a large model is trained, published and opened: the delay of the event loop of a service under moderate load.
 *
 *     node bench/stall.ts [items] [interactions] [requests a second]
 *
 * The service and the training thread run in this process, the load in another, PostgreSQL beside them. Delays are measured by
 * `monitorEventLoopDelay` (a timer each millisecond; how much later it came), before the training and from its beginning until five seconds after
 * its models serve. The interval itself, one millisecond, is taken off.
 */
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { readConfig } from '../src/config.ts'
import { type Service, serve } from '../src/main.ts'
import { readSecrets } from '../src/store/secrets.ts'
import { runToEnd } from './child.ts'
import { type Ground, openGround, withClient } from './ground.ts'
import type { LoadJob, LoadResult } from './load.ts'
import { machineNow } from './table.ts'

const [items = 100_000, rows = 2_000_000, rate = 200] = process.argv.slice(2).map(Number)
const KEY = 'cr_bench_bootstrap_0123456789abcdef0123456789abcdef'
const SHOPPERS = 50_000
const TASTES = 500
const NAMED = 200
const QUIET_SECONDS = 10
const AFTER_MS = 5_000
const INTERVAL_MS = 1
const LOAD = join(import.meta.dirname, 'load.ts')

interface Delays {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
  readonly samples: number
}

const say = (what: string) => console.error(`${(performance.now() / 1000).toFixed(1)} s  ${what}`)

/** Shoppers of a taste each, whose items sell unevenly; made by PostgreSQL itself. */
async function fill(url: string, secretFile: string): Promise<void> {
  const { pseudonym } = readSecrets(secretFile)
  const named = Array.from({ length: NAMED }, (_, i) => pseudonym(`shopper-${i}`))
  await withClient(url, async (client) => {
    await client.query(
      `INSERT INTO items (item_id, title, category, brand, price_minor, currency, stock)
       SELECT 'item-' || i, concat_ws(' ', 'thing' || i % ${TASTES}, 'style' || i % 997, 'colour' || i % 8), 'category ' || i % 50, 'brand ' || i % 200, 1000, 'EUR', 5
       FROM generate_series(1, $1::integer) AS i`,
      [items],
    )
    await client.query(
      `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at)
       SELECT coalesce(($3::bytea[])[1 + e.shopper], decode(md5('unit ' || e.shopper), 'hex')),
         1 + (e.shopper % ${TASTES} + ${TASTES} * floor(($1::integer / ${TASTES}) * random() ^ 2)::integer) % $1::integer,
         CASE WHEN random() < 0.7 THEN 'view' ELSE 'purchase' END, 1, now() - interval '90 days' * (1 - e.i::float8 / $2::integer)
       FROM (SELECT i, ((i / 5) * 7919) % ${SHOPPERS} AS shopper FROM generate_series(1, $2::integer) AS i) e`,
      [items, rows, named],
    )
    await client.query('ANALYZE')
  })
}

async function load(service: Service, seconds: number): Promise<LoadResult> {
  const bodies = Array.from({ length: NAMED }, (_, i) => JSON.stringify({ surface: 'home', unit: `shopper-${i}` }))
  const job: LoadJob = { url: service.url, key: KEY, bodies, connections: 16, seconds, rate }
  return JSON.parse(await runToEnd(LOAD, JSON.stringify(job))) as LoadResult
}

async function watched<Result>(work: () => Promise<Result>): Promise<{ readonly delays: Delays; readonly result: Result }> {
  const histogram = monitorEventLoopDelay({ resolution: INTERVAL_MS })
  histogram.enable()
  const result = await work()
  histogram.disable()
  return { delays: delaysOf(histogram), result }
}

function delaysOf(histogram: ReturnType<typeof monitorEventLoopDelay>): Delays {
  const ms = (nanoseconds: number) => Math.max(0, Math.round(nanoseconds / 1e4) / 100 - INTERVAL_MS)
  const at = (percentile: number) => ms(histogram.percentile(percentile))
  return { p50Ms: at(50), p99Ms: at(99), p999Ms: at(99.9), maxMs: ms(histogram.max), samples: histogram.count }
}

async function measure(ground: Ground): Promise<object> {
  const url = await ground.database('bench_stall')
  const secretFile = join(ground.folder, 'bench-secret')
  say(`filling ${items} items, ${rows} interactions`)
  await fill(url, secretFile)
  const environment = { CROUPIER_SECRET_FILE: secretFile, CROUPIER_DATA_DIR: join(ground.folder, 'service'), CROUPIER_LOG_LEVEL: 'error' }
  const service = await serve(
    readConfig({ PORT: '0', DATABASE_URL: url, CROUPIER_BOOTSTRAP_KEY: KEY, CROUPIER_TRAIN_EVERY_MINUTES: '0', ...environment }),
  )
  try {
    say('the first models')
    const first = await watched(() => service.train())
    const bytes = first.result?.reduce((sum, model) => sum + model.bytes.length, 0)
    await sleep(AFTER_MS)
    say(`quiet: ${rate} requests a second`)
    const quiet = await watched(() => load(service, QUIET_SECONDS))
    await withClient(url, (client) =>
      client.query('UPDATE interactions SET item_no = 1 + item_no % $1::integer WHERE interaction_id % 20 = 0', [items]),
    )
    say('training under load')
    let training = true
    const served: LoadResult[] = []
    const busy = await watched(async () => {
      const trained = service.train({ overrule: true }).finally(() => {
        training = false
      })
      while (training) served.push(await load(service, QUIET_SECONDS))
      await trained
      await sleep(AFTER_MS)
    })
    const worst = (of: (result: LoadResult) => number) => Math.max(...served.map(of))
    return {
      ...{ machine: machineNow(), items, rows, rate, modelBytes: bytes, firstTraining: first.delays },
      quiet: { ...quiet.delays, slateP99Ms: quiet.result.p99Ms, failures: quiet.result.failures },
      training: { ...busy.delays, slateP99Ms: worst((one) => one.p99Ms), failures: served.reduce((sum, one) => sum + one.failures, 0) },
    }
  } finally {
    await service.close()
  }
}

const ground = await openGround()
try {
  console.log(JSON.stringify(await measure(ground), null, 2))
} finally {
  await ground.close()
}
