/**
 * Intervals over shoppers: the shoppers of the test are drawn again and again with replacement, all metrics on the same draw.
 *
 *     m*ᵣ = Σᵢ cᵣᵢ·vᵢ / Σᵢ cᵣᵢ·nᵢ      v the sums and n the sizes (1 unless given) of the shoppers, c the counts of a draw of n from n      interval: the (1 ± level)/2 quantiles of m*₁ … m*_R
 *
 * Shoppers, not slates or items, are what a new month would bring anew. The percentile interval; means of bounded values over hundreds of
 * shoppers need no correction. Items are held fixed: the interval says nothing about another assortment or another season.
 * @see Efron (1979), doi:10.1214/aos/1176344552; Sakai (2006), Evaluating evaluation metrics based on the bootstrap
 */
import { assert } from '../stats/assert.ts'
import { assertLevel, type Interval, intervalOf, type Unknown, unknown } from '../stats/estimate.ts'
import type { Random } from '../stats/random.ts'
import { sortedQuantile } from '../stats/simple-statistics-door.ts'

export interface ResamplingOptions {
  readonly replicates: number
  readonly level: number
  readonly random: Random
  /** How many observations each column's values are sums of; one each when left out. */
  readonly sizes?: Float64Array
  /** Told between 0 and 1. */
  readonly progress?: (done: number) => void
}

const REPLICATES_A_REPORT = 32

/** The interval of the mean of each column; columns have one value a shopper. O(replicates·shoppers·columns). */
export function bootstrapMeans(columns: readonly Float64Array[], options: ResamplingOptions): readonly (Interval | Unknown)[] {
  const { replicates, level, random, sizes, progress = () => undefined } = options
  assertLevel(level)
  const n = columns[0]?.length ?? 0
  assert(
    columns.every((column) => column.length === n),
    'Every column has one value for each shopper.',
  )
  if (n < 2) return columns.map(() => unknown('too-few-units', { have: n, need: 2 }))
  const means = columns.map(() => new Float64Array(replicates))
  const counts = new Uint32Array(n)
  for (let replicate = 0; replicate < replicates; replicate++) {
    counts.fill(0)
    for (let draw = 0; draw < n; draw++) counts[Math.floor(random.uniform() * n)]!++
    const total = sizes ? weighed(sizes, counts) : n
    columns.forEach((values, column) => {
      means[column]![replicate] = weighed(values, counts) / total
    })
    if (replicate % REPLICATES_A_REPORT === 0) progress(replicate / replicates)
  }
  return means.map((drawn) => {
    const ascending = Array.from(drawn.sort())
    return intervalOf(sortedQuantile(ascending, (1 - level) / 2), sortedQuantile(ascending, (1 + level) / 2))
  })
}

function weighed(values: Float64Array, counts: Uint32Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += counts[i]! * values[i]!
  return sum
}
