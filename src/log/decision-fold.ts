/**
 * The fold at decision grain: what a bandit learns from, beside the unit rows and in the same transaction.
 *
 *     new decisions ─▶ n, A                touched decisions ─▶ y as of low, y now ─▶ B, C by the difference, in the decision's hour
 *                                                             first outcome then, now ─▶ delays, likewise
 *
 * An outcome counts for one decision: the one it names, else its unit's latest decision before it. Which decisions an outcome touches, and
 * what they brought before, is asked of the log as it stood at the old watermark; nothing but the sums is stored, so late, early, doubled
 * and negative outcomes need no case of their own and no window ever closes. Rows come by cursor, sums are exact, one upsert a cell.
 * The same rows move the scores that honest uplift is read from (score-sums), and the cells of logistic bandits (logit-sums).
 */
import type { ClientBase } from 'pg'
import { totalsOf } from '../stats/exact-sums.ts'
import { type BucketCell, type BucketSums, type CellKey, openBucketSums } from './bucket-sums.ts'
import { eachRow } from './cursor.ts'
import { type LoggedDraw, scoredDraw, storeScores } from './decision-scores.ts'
import { type DelayCounts, firstBins, openDelayCounts, storeDelays } from './delay-counts.ts'
import { singlesOf } from './doubles.ts'
import { type LogitSums, openLogitSums } from './logit-sums.ts'
import { type Bandits, broughtBy, type Hit, longestMicros, readBandits } from './objectives.ts'
import { openScoreSums, type ScoreSums } from './score-sums.ts'
import { statement } from './statement.ts'
import { smallintsOf } from './wholes.ts'

const SQL = {
  start: statement('decision-start'),
  low: statement('decision-low'),
  until: statement('decision-until'),
  exposures: statement('decision-exposures'),
  hits: statement('decision-hits'),
  buckets: statement('decision-buckets'),
  end: statement('decision-end'),
}
/**
 * A cursor is planned for its first rows by default; all of them are wanted. On tables without statistics a look-up of one unit is taken for
 * one of thousands of rows, and narrowed by a bitmap of all transactions; and two sets of the same statement are taken for small ones. Look-ups
 * stay loops, for there is no other way to do them.
 */
const PROBES = 'SET LOCAL cursor_tuple_fraction = 1; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_nestloop = off'
const USUAL = 'SET LOCAL cursor_tuple_fraction TO DEFAULT; SET LOCAL enable_bitmapscan TO DEFAULT; SET LOCAL enable_nestloop TO DEFAULT'
const UPSERT_CELLS = 200
/** Every node hears of it when the transaction is committed: on the channel of changes (store/changes), from nobody in particular. */
const TELL = "SELECT pg_notify('croupier_changes', 'fold moments')"

/** Folds up to `high` at decision grain. Needs the fold's transaction. Rejects with PostgreSQL's error. */
export async function foldDecisions(client: ClientBase, high: string): Promise<void> {
  const bandits = await readBandits(client)
  if (bandits.size === 0) return
  const { low, toldUntil } = await startOf(client)
  const { told_until, decided_until, is_moved } = await reachOf(client, low, high)
  await client.query(PROBES)
  const sums = openBucketSums((epochId) => bandits.get(epochId)!.objectives.length)
  const scores = openScoreSums((epochId) => {
    const { armIds, objectives } = bandits.get(epochId)!
    return { arms: armIds.length, slots: objectives.length }
  })
  const logits = await openLogitSums(client, (epochId) => bandits.get(epochId)!.objectives.length)
  const values = [low, high, [...bandits.keys()]]
  const afterBatch = () => scores.flush(client, 'many')
  await eachRow<ExposureRow>(client, { text: SQL.exposures, values, afterBatch }, (row) => {
    const [epochId, armId, stratum, hour, x, unit, day, pi, mhat, isDraw] = row
    const cell = { epochId, armId, stratum, hour }
    const vector = smallintsOf(x)
    sums.decided(cell, vector)
    logits.decided(cell, vector)
    const { at, score } = scoredDraw({ epochId, armId, stratum, unit, day, pi }, bandits.get(epochId)!)
    scores.decided(at, score, singlesOf(mhat), isDraw)
  })
  const delays = openDelayCounts()
  const asked = [...values, longestMicros(bandits), toldUntil, told_until, decided_until]
  if (is_moved) await foldOutcomes(client, { values: asked, bandits, sums, scores, delays, logits })
  await scores.flush(client, 'all')
  await client.query(USUAL)
  await storeScores(client, scores.cells())
  const cells = sums.cells()
  await store(client, cells)
  await storeDelays(client, delays.cells())
  await logits.store(client)
  if (cells.length > 0) await client.query(TELL)
  await client.query(SQL.end, [high, told_until, decided_until])
}

async function startOf(client: ClientBase): Promise<{ readonly low: string; readonly toldUntil: string }> {
  const ask = () => client.query<{ low: string; told_until: string }>(SQL.low)
  const known = await ask()
  if (known.rowCount === 0) await client.query(SQL.start)
  const { low, told_until } = (known.rows[0] ?? (await ask()).rows[0])!
  return { low, toldUntil: told_until }
}

interface Reach {
  /** The latest moments below `high` at which an outcome was received and a decision made, as PostgreSQL writes them. */
  readonly told_until: string
  readonly decided_until: string
  /** Whether any decision's outcomes may have changed. */
  readonly is_moved: boolean
}

async function reachOf(client: ClientBase, low: string, high: string): Promise<Reach> {
  return (await client.query<Reach>(SQL.until, [low, high])).rows[0]!
}

type DecisionRow = readonly [
  epochId: number,
  armId: number,
  stratum: string,
  hour: number,
  x: string,
  unit: string,
  day: number,
  pi: string,
]
type ExposureRow = readonly [...DecisionRow, mhat: string | null, isDraw: boolean]
/** A decision's own row comes first and has no type; the rows of its outcomes name the decision and leave the rest to it. */
type HitRow =
  | readonly [decisionId: string, ...DecisionRow, wasMine: null, isMine: null, type: null, ...unknown[]]
  | readonly [
      decisionId: string,
      ...(readonly [null, null, null, null, null, null, null, null]),
      wasMine: boolean,
      isMine: boolean,
      type: string,
      valueMinor: string | null,
      currency: string | null,
      quantity: number,
      ageMicros: number,
    ]

interface Touched {
  readonly key: CellKey
  readonly x: string
  readonly draw: LoggedDraw
  readonly before: Hit[]
  readonly now: Hit[]
}

interface OutcomeStep {
  readonly values: readonly unknown[]
  readonly bandits: Bandits
  readonly sums: BucketSums
  readonly scores: ScoreSums
  readonly delays: DelayCounts
  readonly logits: LogitSums
}

async function foldOutcomes(client: ClientBase, { values, bandits, sums, scores, delays, logits }: OutcomeStep): Promise<void> {
  let touched: Touched | null = null
  const finish = () => {
    if (!touched) return
    const { key, draw, before, now } = touched
    const bandit = bandits.get(key.epochId)!
    const { objectives } = bandit
    const y = { before: broughtBy(objectives, before), now: broughtBy(objectives, now) }
    const bins = { before: firstBins(objectives, before), now: firstBins(objectives, now) }
    const isMoved = bins.now.some((bin, i) => bin !== bins.before[i])
    const isChanged = y.now.some((value, i) => value !== y.before[i])
    if (!isMoved && !isChanged) return
    const x = smallintsOf(touched.x)
    if (isMoved) delays.moved({ ...key, features: x.length }, bins)
    // Also when y is the same: whoever reads the buckets that were written finds all delays that moved.
    sums.changed(key, x, y)
    if (!isChanged) return
    logits.changed(key, x, y)
    const { at, score } = scoredDraw(draw, bandit)
    scores.changed(at, score, y)
  }
  const afterBatch = () => scores.flush(client, 'many')
  await eachRow<HitRow>(client, { text: SQL.hits, values, afterBatch }, (row) => {
    if (row[11] === null) {
      finish()
      const [, epochId, armId, stratum, hour, x, unit, day, pi] = row
      touched = { key: { epochId, armId, stratum, hour }, x, draw: { epochId, armId, stratum, unit, day, pi }, before: [], now: [] }
      return
    }
    const [, , , , , , , , , wasMine, isMine, type, valueMinor, currency, quantity, ageMicros] = row
    const hit = { type, valueMinor: BigInt(valueMinor ?? 0), currency, quantity, ageMicros }
    if (wasMine) touched!.before.push(hit)
    if (isMine) touched!.now.push(hit)
  })
  finish()
}

/** One upsert a cell, in the order of the key. */
async function store(client: ClientBase, cells: readonly BucketCell[]): Promise<void> {
  for (let from = 0; from < cells.length; from += UPSERT_CELLS) {
    const some = cells.slice(from, from + UPSERT_CELLS)
    const column = (of: (cell: BucketCell) => string | number) => some.map(of)
    const sumsOf = (name: 'b' | 'c') => column((cell) => `{${totalsOf(cell[name]).join()}}`)
    await client.query(SQL.buckets, [
      column(({ epochId }) => epochId),
      column(({ armId }) => armId),
      column(({ stratum }) => stratum),
      column(({ hour }) => hour),
      column(({ features }) => features),
      column(({ n }) => n),
      // Outcomes alone leave n and A as they are: a third of the work.
      column((cell) => (cell.n === 0 ? '{}' : `{${totalsOf(cell.a).join()}}`)),
      sumsOf('b'),
      sumsOf('c'),
    ])
  }
}
