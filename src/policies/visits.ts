/**
 * Visits: which rows of the log belong together: one basket, one sitting.
 *
 * Rows of one basket are one visit. Rows without a basket are one visit as long as the same shopper does not pause for longer than the gap.
 * Items come once in a visit, in the order of first touch; a visit with a single item says nothing about going together and is left out.
 */
import type { TrainingData } from './policy.ts'

export interface VisitOptions {
  /** Which rows count. */
  readonly counts: (weight: number) => boolean
  /** A longer pause ends a visit. */
  readonly gapSeconds: number
  /** Of a longer visit, so many items evenly spread over it. */
  readonly itemsMax: number
  /** Whether baskets are visits; else shoppers and pauses alone make them, and baskets where nobody knows the shopper. */
  readonly byBasket: boolean
}

/** Visit v touched items[starts[v] … starts[v+1]); visits in the order of their last row. */
export interface Visits {
  readonly starts: Int32Array
  readonly items: Int32Array
  /** When the last row of each visit was, seconds since 1970. */
  readonly lastSeconds: Float64Array
}

interface OpenVisit {
  readonly items: Set<number>
  last: number
}

/** Groups the log; O(rows). Rows must be in order of time. */
export function visitsOf(data: TrainingData, { counts, gapSeconds, itemsMax, byBasket }: VisitOptions): Visits {
  const { units, items, weights, seconds, baskets } = data
  const open = new Map<number, OpenVisit>()
  const closed: OpenVisit[] = []
  for (let row = 0; row < items.length; row++) {
    if (!counts(weights[row]!)) continue
    const basket = baskets?.[row] ?? -1
    const unit = units[row]!
    const isBasket = basket >= 0 && (byBasket || unit < 0)
    if (!isBasket && unit < 0) continue
    // Baskets below zero, shoppers from zero: two ranges of keys.
    const key = isBasket ? -1 - basket : unit
    let visit = open.get(key)
    if (visit && !isBasket && seconds[row]! - visit.last > gapSeconds) {
      closed.push(visit)
      visit = undefined
    }
    if (!visit) {
      visit = { items: new Set(), last: 0 }
      open.set(key, visit)
    }
    visit.items.add(items[row]!)
    visit.last = seconds[row]!
  }
  const visits = [...closed, ...open.values()].filter(({ items: touched }) => touched.size > 1)
  const ordered = visits.toSorted((a, b) => a.last - b.last)
  const lastSeconds = Float64Array.from(ordered, ({ last }) => last)
  return { ...packed(ordered.map((visit) => spread([...visit.items], itemsMax))), lastSeconds }
}

function packed(visits: readonly (readonly number[])[]): Pick<Visits, 'starts' | 'items'> {
  const starts = new Int32Array(visits.length + 1)
  visits.forEach((visit, v) => {
    starts[v + 1] = starts[v]! + visit.length
  })
  const items = new Int32Array(starts[visits.length]!)
  visits.forEach((visit, v) => {
    items.set(visit, starts[v]!)
  })
  return { starts, items }
}

/** At most `most` of the items, evenly spread. */
function spread(items: readonly number[], most: number): readonly number[] {
  if (items.length <= most) return items
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!)
}
