/** What demand looked like when the models were trained: counts by item of the last week, to notice later that it no longer looks like that. */
import type { TrainingData } from '../policies/policy.ts'

export interface DemandReference {
  /** Distinct pairs of shopper and item in the window. */
  readonly pairs: number
  /** The items asked for most, with their pairs. */
  readonly top: readonly (readonly [item: number, pairs: number])[]
  /** Items that the log knew, whenever: bit i of the bytes, in base64. */
  readonly known: string
}

const WINDOW_SECONDS = 7 * 86_400
/** Newest rows that are looked at: demand is clear by then. */
const ROWS_MAX = 200_000
/** Items that are watched one by one. */
const TOP = 30

/** Of the newest week before `until`. O(rows of the week + items·log items). */
export function demandReferenceOf({ units, items, weights, seconds, itemCount, now }: TrainingData): DemandReference {
  const last = Math.min(now, seconds.at(-1) ?? 0)
  const counts = new Map<number, number>()
  const seen = new Set<number>()
  const known = new Uint8Array(Math.ceil(itemCount / 8))
  for (const item of items) known[item >> 3]! |= 1 << (item & 7)
  let pairs = 0
  for (let row = items.length - 1; row >= Math.max(0, items.length - ROWS_MAX) && seconds[row]! > last - WINDOW_SECONDS; row--) {
    const item = items[row]!
    if (weights[row]! <= 0) continue
    const pair = units[row]! * itemCount + item
    // Whoever is nobody is somebody else every time.
    if (units[row]! >= 0 && seen.has(pair)) continue
    seen.add(pair)
    pairs++
    counts.set(item, (counts.get(item) ?? 0) + 1)
  }
  const top = [...counts].sort(([a, m], [b, n]) => n - m || a - b).slice(0, TOP)
  return { pairs, top, known: Buffer.from(known).toString('base64') }
}
