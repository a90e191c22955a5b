/**
 * How long it takes until what a shopper did is part of what another node draws from.
 *
 *     outcomes ─▶ node A: durable, answered ─▶ fold (A or B) ─▶ NOTIFY ─▶ node B reads what moved ─▶ beliefs ─▶ B's snapshot
 *        └──────────────────────────── this long ────────────────────────────────────────────────────────────▶ a slate of B's names it
 *
 * Two services on one database. A is told of outcomes at a steady rate in batches, B is asked for slates. A batch counts as learned when B
 * answers with a snapshot that was made of a log beyond the batch's transaction.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { type Child, startListening } from './child.ts'
import { medianOf } from './figures.ts'
import { type Ground, withClient } from './ground.ts'

export interface LearningFigures {
  readonly outcomesPerSecond: number
  readonly batches: number
  /** From the answer to A's batch to B's answer with a snapshot that knows it. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly mostMs: number
  /** The part of it until the fold was committed, whichever node folded; median. */
  readonly foldedP50Ms: number
}

export interface LearningOptions {
  readonly seconds: number
  /** Outcomes a second. */
  readonly rate: number
  tell(what: string): void
}

const KEY = 'cr_bench_bootstrap_0123456789abcdef0123456789abcdef'
const ARMS = ['popularity', 'hybrid', 'content', 'collaborative']
const SHOPPERS = 160
/** Others like each of them: three outcomes a decision, as a shop has them, over ten seconds at 3,000 a second. */
const ALIKE = 64
const AT_ONCE = 16
const BATCH = 100
/** Decisions are told of in no order. */
const STRIDE = 7_919
const LOOK_MS = 20
/** Until the last batch is learned. */
const REST_MS = 4_000
const CLONES = `
INSERT INTO exposures (decided_at, decision_id, unit, surface, epoch_id, arm_id, stratum, kind, pi, x, policy, served_policy, model_version, snapshot_id,
  items, reason, mhat, scale)
SELECT decided_at_of(made.id), made.id, decode(md5(made.id::text), 'hex'), surface, epoch_id, arm_id, stratum, kind, pi, x, policy, served_policy,
  model_version, snapshot_id, items, reason, mhat, scale
FROM (SELECT uuidv7() AS id, one.* FROM exposures AS one CROSS JOIN generate_series(1, $1::integer) WHERE one.epoch_id IS NOT NULL OFFSET 0) AS made
RETURNING decision_id::text AS id`
const ITEMS = `INSERT INTO items (item_id, title, category, brand, price_minor, currency, stock)
SELECT 'SHOE-' || i, 'Shoe ' || i, 'running', 'brand ' || i % 7, 4000 + 37 * i, 'EUR', 100 FROM generate_series(1, 60) AS i`

/** Measures; some seconds more than asked for. */
export async function benchLearning(ground: Ground, { seconds, rate, tell }: LearningOptions): Promise<LearningFigures> {
  const databaseUrl = await ground.database('bench_learning')
  return withClient(databaseUrl, async (client) => {
    await client.query(ITEMS)
    const nodes = await Promise.all(['a', 'b'].map((name) => startNode(ground, databaseUrl, name)))
    try {
      const [a, b] = nodes as [Child, Child]
      await startBandit(a)
      await pause(1_000)
      tell(`learning: ${SHOPPERS} shoppers come in`)
      const decisions = await decisionsOf(client, a)
      tell(`learning: ${rate} outcomes a second for ${seconds} s`)
      const told: Told[] = []
      const looks: Look[] = []
      const folds: Fold[] = []
      const until = performance.now() + 1000 * seconds
      await Promise.all([
        tellSteadily(a, { decisions, rate, until, told }),
        lookSteadily(b, until + REST_MS, looks),
        watchFolds(client, until + REST_MS, folds),
      ])
      return figuresOf(await learnedOf(client, { told, looks, folds }), (told.length * BATCH) / seconds)
    } finally {
      await Promise.all(nodes.map((node) => node.stop()))
    }
  })
}

interface Told {
  readonly outcomeId: string
  readonly at: number
}

interface Look {
  readonly decisionId: string
  readonly at: number
}

interface Fold {
  /** Everything below it is in the moments. */
  readonly watermark: bigint
  readonly at: number
}

function startNode(ground: Ground, databaseUrl: string, name: string): Promise<Child> {
  return startListening(join(import.meta.dirname, 'service.ts'), ['durable'], {
    PORT: '0',
    DATABASE_URL: databaseUrl,
    CROUPIER_DATA_DIR: join(ground.folder, `learning-${name}`),
    CROUPIER_SECRET_FILE: join(ground.folder, 'bench-secret'),
    CROUPIER_BOOTSTRAP_KEY: KEY,
    CROUPIER_TRAIN_EVERY_MINUTES: '0',
    CROUPIER_LOG_LEVEL: 'error',
  })
}

async function startBandit(node: Child): Promise<void> {
  const arms = ARMS.map((arm) => ({ key: arm, policy: arm }))
  await post(node, '/v1/metrics', { key: 'clicks', kind: 'mean', of: { types: ['click'] } })
  const objectives = [{ metric: 'conversion' }, { metric: 'net-revenue', weight: 0.01 }, { metric: 'clicks', weight: 0.1 }]
  const allocation = { kind: 'thompson', objectives }
  await post(node, '/v1/experiments', {
    key: 'learning',
    surface: 'home',
    arms,
    metrics: ['conversion', 'net-revenue', 'clicks'],
    allocation,
  })
  await post(node, '/v1/experiments/learning/start')
}

async function decisionsOf(client: pg.Client, node: Child): Promise<readonly string[]> {
  for (let first = 0; first < SHOPPERS; first += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => slate(node, first + i)))
  const { rows } = await client.query<{ id: string }>(CLONES, [ALIKE])
  await client.query('ANALYZE exposures')
  return rows.map(({ id }) => id)
}

interface Steadily {
  readonly decisions: readonly string[]
  readonly rate: number
  readonly until: number
  readonly told: Told[]
}

/** An open loop: a batch goes out when it is due, whether or not the one before was answered. */
async function tellSteadily(node: Child, { decisions, rate, until, told }: Steadily): Promise<void> {
  const everyMs = (1000 * BATCH) / rate
  const answers: Promise<void>[] = []
  let due = performance.now()
  for (let batch = 0; due < until; batch++, due += everyMs) {
    await pause(Math.max(0, due - performance.now()))
    const outcomes = Array.from({ length: BATCH }, (_, i) => outcomeOf(batch * BATCH + i, decisions))
    answers.push(
      post(node, '/v1/outcomes', { outcomes }).then(() => void told.push({ outcomeId: outcomes[0]!.outcomeId, at: performance.now() })),
    )
  }
  await Promise.all(answers)
}

function outcomeOf(i: number, decisions: readonly string[]) {
  const decisionId = decisions[(i * STRIDE) % decisions.length]!
  const outcomeId = `outcome ${i}`
  if (i % 10 === 0) return { outcomeId, decisionId, type: 'purchase', value: `${10 + (i % 90)}.00`, currency: 'EUR' }
  return { outcomeId, decisionId, type: i % 2 === 0 ? 'click' : 'view' }
}

async function lookSteadily(node: Child, until: number, looks: Look[]): Promise<void> {
  for (let i = 0; performance.now() < until; i++) {
    const { decisionId } = await slate(node, i % SHOPPERS)
    looks.push({ decisionId, at: performance.now() })
    await pause(LOOK_MS)
  }
}

async function watchFolds(client: pg.Client, until: number, folds: Fold[]): Promise<void> {
  while (performance.now() < until) {
    const { rows } = await client.query<{ xid: string }>("SELECT xid::text AS xid FROM watermarks WHERE name = 'decisions'")
    if (rows[0]) folds.push({ watermark: BigInt(rows[0].xid), at: performance.now() })
    await pause(LOOK_MS)
  }
}

interface Seen {
  readonly told: readonly Told[]
  readonly looks: readonly Look[]
  readonly folds: readonly Fold[]
}

/** Milliseconds until each batch was folded, and until it was learned; infinite for one that never was. */
async function learnedOf(
  client: pg.Client,
  { told, looks, folds }: Seen,
): Promise<readonly (readonly [folded: number, learned: number])[]> {
  // Snapshots are kept at most once a second.
  await pause(2_000)
  const { rows } = await client.query<{ id: string; known: string | null }>(
    `SELECT exposure.decision_id AS id, (SELECT value FROM jsonb_each_text(snapshot.body -> 'learnedTo') LIMIT 1) AS known
     FROM exposures AS exposure JOIN snapshots AS snapshot ON snapshot.id = exposure.snapshot_id
     WHERE exposure.decision_id = ANY ($1::uuid[])`,
    [looks.map(({ decisionId }) => decisionId)],
  )
  const known = new Map(rows.map((row) => [row.id, BigInt(row.known ?? 0)]))
  const { rows: written } = await client.query<{ id: string; xid: string }>(
    'SELECT outcome_id AS id, xid::text AS xid FROM outcomes WHERE outcome_id = ANY ($1::text[])',
    [told.map(({ outcomeId }) => outcomeId)],
  )
  const xids = new Map(written.map((row) => [row.id, BigInt(row.xid)]))
  const after = (one: { readonly at: number } | undefined, at: number) => (one ? one.at - at : Number.POSITIVE_INFINITY)
  return told.map(({ outcomeId, at }) => {
    const xid = xids.get(outcomeId)!
    const fold = folds.find((one) => one.at >= at && one.watermark > xid)
    const look = looks.find((one) => one.at >= at && (known.get(one.decisionId) ?? 0n) > xid)
    return [after(fold, at), after(look, at)]
  })
}

function figuresOf(latencies: readonly (readonly [folded: number, learned: number])[], outcomesPerSecond: number): LearningFigures {
  const learned = latencies.map(([, ms]) => ms).sort((a, b) => a - b)
  const at = (share: number) => learned[Math.min(learned.length - 1, Math.floor(share * learned.length))]!
  return {
    outcomesPerSecond,
    batches: learned.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    mostMs: learned.at(-1)!,
    foldedP50Ms: medianOf(latencies.map(([ms]) => ms)),
  }
}

async function slate(node: Child, shopper: number): Promise<{ readonly decisionId: string }> {
  const context = { device: shopper % 2 === 0 ? 'mobile' : 'desktop', country: 'DE' }
  return (await post(node, '/v1/slates', { surface: 'home', unit: `shopper-${shopper}`, context })) as { decisionId: string }
}

async function post({ url }: Child, path: string, body?: object): Promise<unknown> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}
