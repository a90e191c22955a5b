/**
 * What a bandit's epoch has learned, by arm and day (UTC), as posteriors want it: the `bandit` stratum only, one length of x.
 *
 * A busy epoch has thousands of hourly cells with hundreds of numbers each, and is read after every fold. So days are kept, and only those
 * are read again that have a cell younger than the last reading's oldest running transaction: in the end the same as reading everything.
 */
import type { ClientBase } from 'pg'
import { type DecisionMoments, mergeDecisions } from '../bandits/decision-moments.ts'
import { smallintsOf } from './smallints.ts'
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'

export interface LearnedDay {
  readonly armId: number
  /** Days since 1970. */
  readonly day: number
  readonly moments: DecisionMoments
}

export interface Learned {
  /** Everything below this transaction is in the days. */
  readonly watermark: string
  /** At most one an arm and day; by day, then arm. */
  readonly days: readonly LearnedDay[]
  /** Vectors x of the newest decisions that were learned from, the newest last, where they were asked for; the days decide what they are. */
  readonly contexts?: readonly Int16Array[]
}

/** Reads an epoch, remembering what it read before; with so many contexts at most. Rejects with PostgreSQL's error. */
export type LearnedReader = (epochId: number, contexts?: number) => Promise<Learned>

interface Kept {
  readonly horizon: string
  /** By day. */
  readonly days: ReadonlyMap<number, { readonly cells: number; readonly arms: readonly LearnedDay[] }>
}

interface CellRow {
  readonly arm_id: number
  readonly day: number
  readonly n: unknown
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly c: readonly string[]
}

const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off"
const SQL = { changes: statement('learned-changes'), cells: statement('learned-cells'), contexts: statement('learned-contexts') }
const MARK = `SELECT
  pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
  (SELECT watermark.xid::text FROM watermarks AS watermark WHERE watermark.name = 'fold') AS watermark`
/** Of epochs that are over, somebody may ask again; more than this nobody runs at once. */
const EPOCHS_KEPT = 100

/** Vectors of another length than `features` belong to another release and are left out. */
export function openLearnedReader(database: LogDatabase, features: number): LearnedReader {
  const kept = new Map<number, Kept>()
  return (epochId, contexts = 0) =>
    transaction(database.learner, BEGIN, async (client) => {
      const { rows } = await client.query<{ horizon: string; watermark: string | null }>(MARK)
      const { horizon, watermark } = rows[0]!
      const days = await readDays(client, { epochId, features, before: kept.get(epochId) })
      if (kept.size >= EPOCHS_KEPT) kept.clear()
      kept.set(epochId, { horizon, days })
      return {
        ...{ watermark: watermark ?? '0', days: [...days.values()].flatMap(({ arms }) => arms) },
        ...(contexts > 0 ? { contexts: await readContexts(client, [epochId, features, contexts]) } : {}),
      }
    })
}

async function readContexts(client: ClientBase, values: readonly number[]): Promise<readonly Int16Array[]> {
  const { rows } = await client.query<{ x: string }>(SQL.contexts, [...values])
  return rows.map(({ x }) => smallintsOf(x)).reverse()
}

async function readDays(
  client: ClientBase,
  { epochId, features, before }: { readonly epochId: number; readonly features: number; readonly before: Kept | undefined },
): Promise<Kept['days']> {
  const { rows } = await client.query<{ day: number; cells: number; is_new: boolean }>(SQL.changes, [
    epochId,
    features,
    before?.horizon ?? null,
  ])
  const stale = rows.filter(({ day, cells, is_new }) => is_new || before?.days.get(day)?.cells !== cells).map(({ day }) => day)
  const fresh = stale.length > 0 ? await readCells(client, { epochId, features, days: stale }) : []
  return new Map(
    rows.map(({ day, cells }) => {
      const arms = stale.includes(day) ? fresh.filter((each) => each.day === day) : before!.days.get(day)!.arms
      return [day, { cells, arms }]
    }),
  )
}

async function readCells(
  client: ClientBase,
  { epochId, features, days }: { readonly epochId: number; readonly features: number; readonly days: readonly number[] },
): Promise<readonly LearnedDay[]> {
  const { rows } = await client.query<CellRow>(SQL.cells, [epochId, features, days])
  const found: LearnedDay[] = []
  for (const row of rows) {
    const next = dayOf(row, features)
    const last = found.at(-1)
    if (last?.armId === next.armId && last.day === next.day)
      found[found.length - 1] = { ...last, moments: mergeDecisions(last.moments, next.moments) }
    else found.push(next)
  }
  return found
}

function dayOf({ arm_id, day, n, a, b, c }: CellRow, features: number): LearnedDay {
  const outcomes = b.length / features
  return {
    armId: arm_id,
    day,
    moments: { features, outcomes, n: BigInt(n as string), a: a.map(BigInt), b: b.map(BigInt), c: c.map(BigInt) },
  }
}

/** Whether two readings learned the same, whatever their watermarks. */
export function isSameLearning(one: Learned, other: Learned): boolean {
  const haveContexts = one.contexts !== undefined || other.contexts === undefined
  return haveContexts && one.days.length === other.days.length && one.days.every((day, i) => isSameDay(day, other.days[i]!))
}

function isSameDay(one: LearnedDay, other: LearnedDay): boolean {
  if (one === other) return true
  const { moments: m } = one
  const { moments: o } = other
  const same = (a: readonly bigint[], b: readonly bigint[]) => a.length === b.length && a.every((value, i) => value === b[i])
  return one.armId === other.armId && one.day === other.day && m.n === o.n && same(m.a, o.a) && same(m.b, o.b) && same(m.c, o.c)
}
