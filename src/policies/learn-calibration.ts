/**
 * Learns a calibration from what a policy said to shoppers and what they bought afterwards.
 *
 *     places ─▶ rank curve q ─▶ bins of equal Σ q in the order of x ─▶ p̃_b = (k_b + 4)/(n_b + 4/q̄_b) ─▶ isotonic ─▶ knots
 *
 * Where little was seen the chance is drawn towards the rank curve, with the weight of four expected purchases (as Wilson's interval adds z² ≈ 4
 * observations); then violators are pooled, so that a better place never has the smaller chance. By score and by rank: each half of the
 * questions is foretold from the other half, and the score is believed only where it foretells better (log loss) by more than two standard errors
 * over the questions. Below twenty purchases nothing is learned.
 * @see Zadrozny & Elkan (2002), Transforming classifier scores into accurate multiclass probability estimates, doi:10.1145/775047.775151
 */
import { type Unknown, unknown } from '../stats/estimate.ts'
import { isotonicBlocks } from '../stats/isotonic.ts'
import { momentsOf } from '../stats/moments.ts'
import { logLossOf } from '../stats/reliability.ts'
import { type Calibration, chanceOf } from './calibration.ts'
import { onCurve, type RankCurve, rankCurveOf } from './rank-curve.ts'

/** Places of rankings, one row each: which question, which rank (from 1), what score, and 1 where the item was bought within the horizon. */
export interface Places {
  readonly questions: Int32Array
  readonly ranks: Int32Array
  readonly scores: Float64Array
  readonly bought: Uint8Array
}

/** Fewer say nothing. */
export const PURCHASES_MIN = 20
const PRIOR_PURCHASES = 4
/** A bin holds so many expected purchases at least, and there are so many bins at most. */
const BIN_PURCHASES = 10
const BINS_MAX = 48
const ERRORS = 2

export type LearnedChances = Pick<Calibration, 'basis' | 'at' | 'chances' | 'curve' | 'first' | 'places' | 'purchases'>

/** Unknown when too little was bought. `first` is the largest rank that was asked about. O(places·log places). */
export function learnChances(places: Places, first: number): LearnedChances | Unknown {
  const rows = Int32Array.from(places.ranks, (_, row) => row)
  const purchases = places.bought.reduce((sum, one) => sum + one, 0)
  if (purchases < PURCHASES_MIN) return unknown('too-few-events', { have: purchases, need: PURCHASES_MIN })
  const basis = isBetter(foretold(places, 'score', first), foretold(places, 'rank', first)) ? 'score' : 'rank'
  return { ...fitted(places, rows, { basis, first }), basis, first, places: rows.length, purchases }
}

interface Fit {
  readonly basis: Calibration['basis']
  readonly first: number
}

type Fitted = Pick<Calibration, 'at' | 'chances' | 'curve'>

/** The log loss by question, each half of them foretold from the other; null when a half cannot be learned from. */
function foretold(places: Places, basis: Calibration['basis'], first: number): Float64Array | null {
  const halves = [0, 1].map((half) => rowsWhere(places, (row) => places.questions[row]! % 2 === half))
  if (halves.some((rows) => !rows.some((row) => places.bought[row] === 1))) return null
  const losses = new Float64Array(places.questions.reduce((most, question) => Math.max(most, question), 0) + 1)
  halves.forEach((rows, half) => {
    const learned: Calibration = { ...BLANK, ...fitted(places, halves[1 - half]!, { basis, first }), basis, first }
    for (const row of rows) losses[places.questions[row]!]! += lossAt(learned, places, row)
  })
  return losses
}

/** Whether the first loses less, and not by chance. */
function isBetter(losses: Float64Array | null, others: Float64Array | null): boolean {
  if (losses === null || others === null) return false
  const { n, mean, m2 } = momentsOf(others.map((other, question) => other - losses[question]!))
  return mean > (ERRORS * Math.sqrt(m2)) / n
}

const BLANK = { kind: 'calibration', id: '', horizonDays: 0, questions: 0, places: 0, purchases: 0, until: 0 } as const

function lossAt(learned: Calibration, { ranks, scores, bought }: Places, row: number): number {
  return logLossOf(chanceOf(learned, { rank: ranks[row]!, score: scores[row]! }), bought[row]!)
}

function fitted(places: Places, rows: Int32Array, { basis, first }: Fit): Fitted {
  const curve = curveOver(places, rows, first)
  const x = (row: number) => (basis === 'score' ? places.scores[row]! : -Math.log(places.ranks[row]!))
  const bins = binsOf(
    rows.toSorted((a, b) => x(a) - x(b) || a - b),
    { places, curve, x },
  )
  const weights = bins.map(({ n, expected }) => n + (PRIOR_PURCHASES * n) / expected)
  const blocks = isotonicBlocks(
    bins.map(({ events }, b) => (events + PRIOR_PURCHASES) / weights[b]!),
    weights,
  )
  const at = blocks.map(({ from, to }) => centreOf(bins.slice(from, to)))
  return { at, chances: blocks.map(({ value }) => Math.min(1, value)), curve }
}

function curveOver({ ranks, bought }: Places, rows: Int32Array, first: number): RankCurve {
  const counted = { places: new Float64Array(first), events: new Float64Array(first) }
  for (const row of rows) {
    counted.places[ranks[row]! - 1]!++
    counted.events[ranks[row]! - 1]! += bought[row]!
  }
  return rankCurveOf(counted)
}

interface Bin {
  readonly n: number
  readonly events: number
  /** Σ q: purchases that the rank curve expects. */
  readonly expected: number
  /** Σ x. */
  readonly sum: number
}

const EMPTY: Bin = { n: 0, events: 0, expected: 0, sum: 0 }
/** Of sums over rows: what is full but for the last bits is full. */
const ROUNDING = 1e-9

interface Binning {
  readonly places: Places
  readonly curve: RankCurve
  readonly x: (row: number) => number
}

/** Cuts rows in the order of x into bins that hold as many expected purchases each; rows of one x stay together. */
function binsOf(ordered: Int32Array, { places, curve, x }: Binning): readonly Bin[] {
  const q = (row: number) => onCurve(curve, places.ranks[row]!)
  const total = ordered.reduce((sum, row) => sum + q(row), 0)
  const share = total / Math.min(BINS_MAX, Math.max(1, Math.floor(total / BIN_PURCHASES)))
  const bins: Bin[] = []
  let [bin, passed] = [EMPTY, 0]
  ordered.forEach((row, i) => {
    passed += q(row)
    bin = { n: bin.n + 1, events: bin.events + places.bought[row]!, expected: bin.expected + q(row), sum: bin.sum + x(row) }
    const isLast = i === ordered.length - 1
    const isFull = passed >= (bins.length + 1) * share - ROUNDING * total && x(ordered[i + 1]!) !== x(row)
    if (!isLast && !isFull) return
    bins.push(bin)
    bin = EMPTY
  })
  return bins
}

function centreOf(bins: readonly Bin[]): number {
  return bins.reduce((sum, bin) => sum + bin.sum, 0) / bins.reduce((sum, bin) => sum + bin.n, 0)
}

function rowsWhere({ ranks }: Places, isOne: (row: number) => boolean): Int32Array {
  return Int32Array.from(ranks, (_, row) => row).filter(isOne)
}
