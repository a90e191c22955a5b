/**
 * What shoppers were shown in the newest week of the log: slates of a sample of shoppers, shopper by shopper, oldest first.
 *
 * Whole shoppers are left out when there are too many slates: pseudonyms are keyed hashes, so that a bound on their first 16 bits is a fair draw.
 * Items as they stood in the slates, whichever policy served.
 */
import type pg from 'pg'

export interface Shown {
  /** Number of each shopper in the log, −1 of those of whom it has nothing but slates; length shoppers. */
  readonly units: Int32Array
  /** Rows of shopper k: [starts[k], starts[k + 1]). */
  readonly starts: Int32Array
  readonly items: Int32Array
  /** Since 1970. */
  readonly seconds: Float64Array
  /** Keys of policies, and row by row which of them served. */
  readonly policies: readonly string[]
  readonly served: Int32Array
  /** Place of each row in its slate, from 1. */
  readonly places: Int32Array
}

/** The newest week of a log: what models are asked about. */
export const WINDOW_SECONDS = 7 * 86_400
/** Slates that are read; a slate has ten items as a rule. */
const SLATES_MAX = 50_000
const PARTS = 65_536

const COUNT = `
SELECT count(*)::float8 AS slates
FROM exposures e
WHERE e.decided_at > to_timestamp($1) AND e.decided_at <= to_timestamp($2)`

const SLATES = `
SELECT encode(e.unit, 'hex') AS unit, extract(epoch FROM e.decided_at)::float8 AS seconds, e.items, e.served_policy AS policy
FROM exposures e
WHERE e.decided_at > to_timestamp($1) AND e.decided_at <= to_timestamp($2)
  AND get_byte(e.unit, 0) * 256 + get_byte(e.unit, 1) < $3
ORDER BY e.unit, e.decided_at, e.decision_id`

interface Window {
  /** Seconds since 1970, exclusively and inclusively. */
  readonly after: number
  readonly until: number
}

/** Reads them; `numberOf` gives a shopper's number in the log by 32 hexadecimal digits, −1 where it has none. */
export async function readShown(client: pg.Client, { after, until }: Window, numberOf: (hex: string) => number): Promise<Shown> {
  const counted = await client.query<{ slates: number }>(COUNT, [after, until])
  const part = Math.min(1, SLATES_MAX / Math.max(1, counted.rows[0]!.slates))
  const slates = await client.query<{ unit: string; seconds: number; items: number[]; policy: string }>(SLATES, [
    after,
    until,
    Math.ceil(part * PARTS),
  ])
  const places = slates.rows.reduce((sum, { items }) => sum + items.length, 0)
  const [units, starts]: [number[], number[]] = [[], [0]]
  const items = new Int32Array(places)
  const seconds = new Float64Array(places)
  const served = new Int32Array(places)
  const placed = new Int32Array(places)
  const policies = [...new Set(slates.rows.map(({ policy }) => policy))].sort()
  let at = 0
  let before: string | null = null
  for (const slate of slates.rows) {
    if (slate.unit !== before) {
      if (before !== null) starts.push(at)
      units.push(numberOf(slate.unit))
      before = slate.unit
    }
    items.set(slate.items, at)
    seconds.fill(slate.seconds, at, at + slate.items.length)
    served.fill(policies.indexOf(slate.policy), at, at + slate.items.length)
    for (const k of slate.items.keys()) placed[at + k] = k + 1
    at += slate.items.length
  }
  if (before !== null) starts.push(at)
  return { units: Int32Array.from(units), starts: Int32Array.from(starts), items, seconds, policies, served, places: placed }
}
