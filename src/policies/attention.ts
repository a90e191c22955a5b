/**
 * Attention: how much a place of a slate is looked at beside the first, learned together with the rank curve.
 *
 *     looks at an item   w(η) = Σ over its showings of k^(−η)          k the place, from 1
 *     η                  the largest of  Σ over purchases of ln(a·r^(−c)·w) − a·Σ r^(−c)·w − ½((η − ¼)/¼)²       a, c the best for that η
 *
 * An item that was shown often or high up was seen more, not liked more. Place and rank are told apart where they differ: by chance, by other
 * experiments' arms, by what assembly moved. Where a policy's order always is the order shown they hardly do, and the last term decides. It leaves most of
 * the fall to the rank: who takes likes for looks would give the first places of a slate that is after money to what is dear.
 * @see Craswell, Zoeter, Taylor & Ramsey (2008), An experimental comparison of click position-bias models, doi:10.1145/1341531.1341545
 */
import { type RankCurve, rankCurveOf } from './rank-curve.ts'

/** Items that were shown, one row each: rank by the policy (from 1), 1 where it was bought, and the places of its showings. */
export interface Showings {
  readonly ranks: Int32Array
  readonly bought: Uint8Array
  /** Places of row i: [starts[i], starts[i + 1]) of `at`, from 1. */
  readonly starts: Int32Array
  readonly at: Int32Array
}

export interface Attended {
  /** η in [0, 1]. */
  readonly fading: number
  readonly curve: RankCurve
}

const STEPS = 20
const USUAL = 0.25
const SPREAD = 0.25

/** Learns both from the given rows; `first` is the largest rank. There has to be a purchase. O(η values × showings). */
export function attentionOf(showings: Showings, rows: Int32Array, first: number): Attended {
  let best: (Attended & { readonly likelihood: number }) | null = null
  for (let step = 0; step <= STEPS; step++) {
    const fading = step / STEPS
    const looks = looksOf(showings, fading)
    const curve = curveOver(showings, { rows, looks, first })
    const likelihood = logLikelihood(showings, { rows, looks, curve }) - 0.5 * ((fading - USUAL) / SPREAD) ** 2
    if (best === null || likelihood > best.likelihood) best = { fading, curve, likelihood }
  }
  return { fading: best!.fading, curve: best!.curve }
}

/** w by row: as many looks at the first place. */
export function looksOf({ starts, at }: Showings, fading: number): Float64Array {
  const looks = new Float64Array(starts.length - 1)
  const byPlace = powersTo(
    at.reduce((most, place) => Math.max(most, place), 0),
    -fading,
  )
  for (let row = 0; row < looks.length; row++) for (let k = starts[row]!; k < starts[row + 1]!; k++) looks[row]! += byPlace[at[k]!]!
  return looks
}

interface Looked {
  readonly rows: Int32Array
  readonly looks: Float64Array
}

function curveOver({ ranks, bought }: Showings, { rows, looks, first }: Looked & { readonly first: number }): RankCurve {
  const counted = { places: new Float64Array(first), events: new Float64Array(first) }
  for (const row of rows) {
    counted.places[ranks[row]! - 1]! += looks[row]!
    counted.events[ranks[row]! - 1]! += bought[row]!
  }
  return rankCurveOf(counted)
}

function logLikelihood({ ranks, bought }: Showings, { rows, looks, curve }: Looked & { readonly curve: RankCurve }): number {
  let sum = 0
  const byRank = powersTo(
    ranks.reduce((most, rank) => Math.max(most, rank), 0),
    -curve.power,
  )
  for (const row of rows) {
    const chance = curve.first * byRank[ranks[row]!]! * looks[row]!
    sum += (bought[row] === 1 ? Math.log(chance) : 0) - chance
  }
  return sum
}

/** n^power for n from 0 to `most`. */
function powersTo(most: number, power: number): Float64Array {
  return Float64Array.from({ length: most + 1 }, (_, n) => n ** power)
}
