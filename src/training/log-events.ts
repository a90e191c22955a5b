/**
 * What shoppers did, as SQL: the rows of the log that teach something, their one order, and their census.
 *
 *     order     (seconds, number): by time; of one time history by its number, then outcomes by 52 bits of their id's hash
 *     census    how many rows, and the exclusive or of a 64-bit hash of each: it changes when one is added, removed or rewritten
 *
 * Seconds are those of the models, in double precision, so that what PostgreSQL sorts and what is merged here agree to the last bit.
 */
import { createHash } from 'node:crypto'
import { INTERACTION_WEIGHTS } from '../policies/interaction-weight.ts'

/** Types and what they weigh, as rows of SQL; both are constants of the code. */
function weightRows(weights: Readonly<Record<string, number>>): string {
  return `(VALUES ${Object.entries(weights)
    .map(([type, weight]) => `('${type}', ${weight})`)
    .join(', ')}) AS w (type, weight)`
}

/** Baskets are named by 31 bits of a hash: two of a million fall together some two hundred times, which teaches nothing wrong. */
const BASKET_BITS = 2 ** 31 - 1
/** Outcomes of one microsecond stand by 52 bits of a hash, above every number that an interaction will ever have; doubles hold both exactly. */
const OUTCOMES_FROM = 2 ** 52
const EVENTS = `
SELECT
  h.unit, h.item_no, w.weight, date_part('epoch', h.occurred_at) AS seconds, h.interaction_id AS number, h.xid,
  coalesce(hashtext(h.basket) & ${BASKET_BITS}, -1) AS basket,
  hash_record_extended(ROW(h.interaction_id, h.unit, h.item_no, h.type, h.occurred_at, h.basket), 0) AS mix
FROM interactions h
JOIN ${weightRows(INTERACTION_WEIGHTS)} ON w.type = h.type
UNION ALL
SELECT
  o.unit, o.item_no, w.weight, date_part('epoch', o.occurred_at),
  ${OUTCOMES_FROM} + (hashtextextended(o.outcome_id, 0) & ${OUTCOMES_FROM - 1}), o.xid, -1,
  hash_record_extended(ROW(o.outcome_id, o.unit, o.item_no, o.type, o.occurred_at), 1)
FROM outcomes o
JOIN ${weightRows(INTERACTION_WEIGHTS)} ON w.type = o.type
WHERE o.item_no IS NOT NULL AND (o.type <> 'view' OR o.decision_id IS NULL)`

/** Changes with whatever decides which rows are read and what stands in them. */
export const EVENTS_HASH = createHash('sha256').update(EVENTS).digest('hex').slice(0, 16)

/** What is asked of the log: rows of transaction $1 and later were not known, those below $2 will never become more. */
export const CENSUS = `
SELECT
  count(*)::float8 AS rows,
  (count(*) FILTER (WHERE e.xid < $1::xid8))::float8 AS known,
  coalesce(bit_xor(e.mix) FILTER (WHERE e.xid < $1::xid8), 0)::text AS "knownMix",
  (count(*) FILTER (WHERE e.xid < $2::xid8))::float8 AS settled,
  coalesce(bit_xor(e.mix) FILTER (WHERE e.xid < $2::xid8), 0)::text AS "settledMix"
FROM (${EVENTS}) e`

export interface Census {
  /** All that can be seen. */
  readonly rows: number
  readonly known: number
  readonly knownMix: string
  readonly settled: number
  readonly settledMix: string
}

export interface Asked {
  /** Transactions below it are left out. */
  readonly from: string
  /** Rows of transactions below it are settled: no more of them can appear. */
  readonly horizon: string
  /** Only the latest so many; all when it is left out. */
  readonly latest?: number
}

/** A row of the cursor, as text. `isSettled` is t or f. */
export type EventRow = [
  unit: string | null,
  item: string,
  weight: string,
  seconds: string,
  basket: string,
  number: string,
  isSettled: string,
]

/** Opens the cursor `events` over the rows asked for, oldest first. */
export function openEvents({ from, horizon, latest }: Asked): string {
  const since = from === '0' ? '' : `WHERE e.xid >= '${BigInt(from)}'::xid8`
  const events = `SELECT e.* FROM (${EVENTS}) e ${since}`
  const asked = latest === undefined ? events : `${events} ORDER BY e.seconds DESC, e.number DESC LIMIT ${latest}`
  return `
DECLARE events NO SCROLL CURSOR FOR
SELECT e.unit, e.item_no, e.weight, e.seconds, e.basket, e.number, e.xid < '${BigInt(horizon)}'::xid8
FROM (${asked}) e
ORDER BY e.seconds, e.number`
}
