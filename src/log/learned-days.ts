/**
 * What a bandit's epoch has learned, by arm and day (UTC), as posteriors want it: the `bandit` stratum only, one length of x, its own decisions and
 * those of the epochs that it goes on from (learned-epochs). Beside it what
 * the delay correction wants: the two latest days of the log by hours, and how long first outcomes took.
 *
 * A busy epoch has thousands of hourly cells with hundreds of numbers each, and is read after every fold. So days are kept, and only those
 * are read again that have a cell younger than the last reading's oldest running transaction: in the end the same as reading everything.
 * The fold writes a cell whenever it moves a delay of it, so that this finds delays, too.
 */
import { isDeepStrictEqual } from 'node:util'
import type { ClientBase } from 'pg'
import { type DecisionMoments, mergeDecisions } from '../bandits/decision-moments.ts'
import { firstLogitDay } from '../bandits/epoch-logits.ts'
import { readSources, type Sources } from './learned-epochs.ts'
import { areSameLogits, type LearnedLogits, readLogits } from './learned-logits.ts'
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'
import { smallintsOf } from './wholes.ts'

export interface LearnedDay {
  readonly armId: number
  /** Days since 1970. */
  readonly day: number
  readonly moments: DecisionMoments
}

export interface LearnedHour {
  readonly armId: number
  /** Hours since 1970. */
  readonly hour: number
  readonly moments: DecisionMoments
}

/** Decisions of an arm, on a day or in one of its hours, whose first outcome for a slot came in this bin of bandits/delay-bins. */
export interface LearnedDelay {
  readonly armId: number
  readonly day: number
  /** Null for the whole day. */
  readonly hour: number | null
  readonly slot: number
  readonly bin: number
  readonly count: number
}

export interface Maturity {
  /** The latest moment that the log is known to reach, in milliseconds since 1970, rounded up to UNTIL_MS. */
  readonly untilMs: number
  /** Of the day of that moment and the day before; their days are in `days`, too. */
  readonly hours: readonly LearnedHour[]
  readonly delays: readonly LearnedDelay[]
}

export interface Learned {
  /** Everything below this transaction is in the days. */
  readonly watermark: string
  /** At most one an arm and day; by day, then arm. */
  readonly days: readonly LearnedDay[]
  /** Vectors x of the newest decisions that were learned from, the newest last, where they were asked for; the days decide what they are. */
  readonly contexts?: readonly Int16Array[]
  /** Left out before anything was folded, and by releases that knew nothing of delays. */
  readonly maturity?: Maturity
  /** Of the days that a logistic model looks at, in the order of time, where they were asked for. */
  readonly logits?: readonly LearnedLogits[]
}

export interface LearnedQuestion {
  /** So many contexts at most; none when left out. */
  readonly contexts?: number
  /** Whether cells are wanted, too. */
  readonly logits?: boolean
}

/** Reads an epoch, remembering what it read before. Rejects with PostgreSQL's error. */
export type LearnedReader = (epochId: number, question?: LearnedQuestion) => Promise<Learned>

interface Kept {
  readonly horizon: string
  readonly sources: Sources
  /** By day. */
  readonly days: ReadonlyMap<number, KeptDay>
}

interface KeptDay {
  readonly cells: number
  readonly byHour: boolean
  readonly arms: readonly LearnedDay[]
  readonly hours: readonly LearnedHour[]
  readonly delays: readonly LearnedDelay[]
  /** Null when they were not asked for. */
  readonly logits: readonly LearnedLogits[] | null
}

interface CellRow {
  readonly arm_id: number
  readonly hour: number
  readonly n: unknown
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly c: readonly string[]
}

const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off"
const SQL = {
  changes: statement('learned-changes'),
  cells: statement('learned-cells'),
  contexts: statement('learned-contexts'),
  delays: statement('learned-delays'),
}
const MARK = `SELECT
  pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
  (SELECT watermark.xid::text FROM watermarks AS watermark WHERE watermark.name = 'fold') AS watermark,
  (SELECT extract(epoch FROM nullif(greatest(mark.told_until, mark.decided_until), '-infinity'))::float8 * 1000
   FROM watermarks AS mark WHERE mark.name = 'decisions') AS until_ms`
/** Steps in which the log's latest moment is told: beliefs age that often while other traffic goes on. Up, for nothing is younger than now. */
const UNTIL_MS = 300_000
const DAY_MS = 86_400_000
/** Days that stand apart by hours. */
const HOURLY_DAYS = 2
/** Of epochs that are over, somebody may ask again; more than this nobody runs at once. */
const EPOCHS_KEPT = 100

/** Vectors of another length than `features` belong to another release and are left out. */
export function openLearnedReader(database: LogDatabase, features: number): LearnedReader {
  const kept = new Map<number, Kept>()
  return (epochId, { contexts = 0, logits = false } = {}) =>
    transaction(database.learner, BEGIN, async (client) => {
      const { rows } = await client.query<{ horizon: string; watermark: string | null; until_ms: number | null }>(MARK)
      const { horizon, watermark, until_ms } = rows[0]!
      const untilMs = until_ms === null ? null : Math.ceil(until_ms / UNTIL_MS) * UNTIL_MS
      const hoursFrom = untilMs === null ? Number.POSITIVE_INFINITY : Math.floor(untilMs / DAY_MS) - HOURLY_DAYS + 1
      const before = kept.get(epochId)
      const sources = before?.sources ?? (await readSources(client, epochId))
      const days = await readDays(client, { sources, features, hoursFrom, logits, before })
      if (kept.size >= EPOCHS_KEPT) kept.clear()
      kept.set(epochId, { horizon, sources, days })
      const all = [...days.values()]
      const maturity = untilMs !== null && {
        untilMs,
        hours: all.flatMap(({ hours }) => hours),
        delays: all.flatMap(({ delays }) => delays),
      }
      return {
        ...{ watermark: watermark ?? '0', days: all.flatMap(({ arms }) => arms), ...(maturity && { maturity }) },
        ...(logits ? { logits: all.flatMap((day) => day.logits ?? []) } : {}),
        ...(contexts > 0 ? { contexts: await readContexts(client, [sources.epochIds, features, contexts]) } : {}),
      }
    })
}

async function readContexts(client: ClientBase, values: readonly unknown[]): Promise<readonly Int16Array[]> {
  const { rows } = await client.query<{ x: string }>(SQL.contexts, [...values])
  return rows.map(({ x }) => smallintsOf(x)).reverse()
}

interface DaysQuestion {
  readonly sources: Sources
  readonly features: number
  /** From this day on hours are kept apart. */
  readonly hoursFrom: number
  readonly logits: boolean
  readonly before: Kept | undefined
}

async function readDays(client: ClientBase, question: DaysQuestion): Promise<Kept['days']> {
  const { sources, features, hoursFrom, before } = question
  const { rows } = await client.query<{ day: number; cells: number; is_new: boolean }>(SQL.changes, [
    sources.epochIds,
    features,
    before?.horizon ?? null,
    sources.arms,
  ])
  const logitsFrom = rows.length > 0 ? firstLogitDay(rows.at(-1)!.day) : 0
  const wantsLogits = (day: number) => question.logits && day >= logitsFrom
  const isKept = ({ day, cells, is_new }: (typeof rows)[number]) => {
    const known = before?.days.get(day)
    return !is_new && known?.cells === cells && known.byHour === day >= hoursFrom && (known.logits !== null) === wantsLogits(day)
  }
  const stale = rows.filter((row) => !isKept(row)).map(({ day }) => day)
  const hours = stale.length > 0 ? await readCells(client, question, stale) : []
  const delays = stale.length > 0 ? await readDelays(client, question, stale) : []
  const asked = stale.filter(wantsLogits)
  const logits = asked.length > 0 ? await readLogits(client, { sources, features, hoursFrom, days: asked }) : []
  return new Map(
    rows.map(({ day, cells }) => {
      if (!stale.includes(day)) return [day, before!.days.get(day)!]
      const own = hours.filter(({ hour }) => Math.floor(hour / 24) === day)
      const byHour = day >= hoursFrom
      const ofDay = <Part extends { readonly day: number }>(parts: readonly Part[]) => parts.filter((each) => each.day === day)
      const found = { arms: daysOf(own, day), hours: byHour ? own : [], delays: ofDay(delays) }
      return [day, { cells, byHour, ...found, logits: wantsLogits(day) ? ofDay(logits) : null }]
    }),
  )
}

/** By arm, then hour; an hour in which an epoch ended and the next one began is one. */
async function readCells(
  client: ClientBase,
  { sources, features }: DaysQuestion,
  days: readonly number[],
): Promise<readonly LearnedHour[]> {
  const { rows } = await client.query<CellRow>(SQL.cells, [sources.epochIds, features, days, sources.arms])
  const found: LearnedHour[] = []
  for (const { arm_id, hour, n, a, b, c } of rows) {
    const outcomes = b.length / features
    const moments = { features, outcomes, n: BigInt(n as string), a: a.map(BigInt), b: b.map(BigInt), c: c.map(BigInt) }
    const last = found.at(-1)
    if (last?.armId === arm_id && last.hour === hour) found[found.length - 1] = { ...last, moments: mergeDecisions(last.moments, moments) }
    else found.push({ armId: arm_id, hour, moments })
  }
  return found
}

async function readDelays(
  client: ClientBase,
  { sources, features, hoursFrom }: DaysQuestion,
  days: readonly number[],
): Promise<readonly LearnedDelay[]> {
  const { rows } = await client.query<Omit<LearnedDelay, 'armId' | 'count'> & { readonly arm_id: number; readonly count: unknown }>(
    SQL.delays,
    [sources.epochIds, features, days, Number.isFinite(hoursFrom) ? hoursFrom : null, sources.arms],
  )
  return rows.map(({ arm_id, day, hour, slot, bin, count }) => ({ armId: arm_id, day, hour, slot, bin, count: Number(count) }))
}

/** The hours of a day, added up by arm. */
function daysOf(hours: readonly LearnedHour[], day: number): readonly LearnedDay[] {
  const found: LearnedDay[] = []
  for (const { armId, moments } of hours) {
    const last = found.at(-1)
    if (last?.armId === armId) found[found.length - 1] = { ...last, moments: mergeDecisions(last.moments, moments) }
    else found.push({ armId, day, moments })
  }
  return found
}

/** Whether two readings learned the same, whatever their watermarks. */
export function isSameLearning(one: Learned, other: Learned): boolean {
  const haveContexts = one.contexts !== undefined || other.contexts === undefined
  return (
    haveContexts &&
    one.days.length === other.days.length &&
    one.days.every((day, i) => isSameDay(day, other.days[i]!)) &&
    isSameMaturity(one.maturity, other.maturity) &&
    areSameLogits(one.logits, other.logits)
  )
}

function isSameMaturity(one: Maturity | undefined, other: Maturity | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return one.untilMs === other.untilMs && isDeepStrictEqual(one.delays, other.delays) && isDeepStrictEqual(one.hours, other.hours)
}

function isSameDay(one: LearnedDay, other: LearnedDay): boolean {
  if (one === other) return true
  const { moments: m } = one
  const { moments: o } = other
  const same = (a: readonly bigint[], b: readonly bigint[]) => a.length === b.length && a.every((value, i) => value === b[i])
  return one.armId === other.armId && one.day === other.day && m.n === o.n && same(m.a, o.a) && same(m.b, o.b) && same(m.c, o.c)
}
