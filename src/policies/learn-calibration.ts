/**
 * Learns a calibration from what a policy said of items that were shown, and which of them were bought.
 *
 *     showings ─▶ rank curve q, looks w ─▶ bins of equal Σ q·w in the order of x ─▶ p̃_b = (k_b + 4)/(n_b + 4/q̄_b) ─▶ isotonic ─▶ knots
 *
 * k_b counts purchases and n_b = Σ w looks (attention.ts), so that the chance is that of an item shown once at the first place. Where little was
 * seen it is drawn towards the rank curve, with the weight of four expected purchases (as Wilson's interval adds z² ≈ 4 observations); then
 * violators are pooled, so that a better item never has the smaller chance. What x is, is found out: each half of the questions is foretold
 * from the other half, and a score is believed only where it foretells better (log loss) by more than two standard errors over the questions.
 * @see Zadrozny & Elkan (2002), Transforming classifier scores into accurate multiclass probability estimates, doi:10.1145/775047.775151
 */
import { type Unknown, unknown } from '../stats/estimate.ts'
import { isotonicBlocks } from '../stats/isotonic.ts'
import { momentsOf } from '../stats/moments.ts'
import { logLossOf } from '../stats/reliability.ts'
import { type Attended, attentionOf, looksOf, type Showings } from './attention.ts'
import { BASES, type Basis, type Calibration, chanceOf, type Said, xOf } from './calibration.ts'
import { onCurve, type RankCurve } from './rank-curve.ts'

/** Items that were shown, one row each: of which question, and what score the policy gave beside which best one. */
export interface Places extends Showings {
  readonly questions: Int32Array
  readonly scores: Float64Array
  readonly bests: Float64Array
}

/** Fewer say nothing. */
export const PURCHASES_MIN = 20
const PRIOR_PURCHASES = 4
/** A bin holds so many expected purchases at least, and there are so many bins at most. */
const BIN_PURCHASES = 10
const BINS_MAX = 48
const ERRORS = 2
const SEEN_PART = 0.95

type Fitted = Pick<Calibration, 'basis' | 'at' | 'chances' | 'curve' | 'fading'>
export type LearnedChances = Fitted & Pick<Calibration, 'first' | 'places' | 'purchases'>

/** Unknown when too little was bought. `depth` is the largest rank that was asked about. O(places·log places + η values × showings). */
export function learnChances(places: Places, depth: number): LearnedChances | Unknown {
  const purchases = places.bought.reduce((sum, one) => sum + one, 0)
  if (purchases < PURCHASES_MIN) return unknown('too-few-events', { have: purchases, need: PURCHASES_MIN })
  const whole = attended(places, () => true, depth)
  const first = seenTo(places, whole.looks, depth)
  return { ...fitted(places, whole, bestBasis(places, depth)), first, places: places.ranks.length, purchases }
}

/** The rank within which so many of the looks fell. */
function seenTo({ ranks }: Places, looks: Float64Array, depth: number): number {
  const byRank = new Float64Array(depth + 1)
  ranks.forEach((rank, row) => {
    byRank[rank]! += looks[row]!
  })
  const enough = SEEN_PART * byRank.reduce((sum, one) => sum + one, 0)
  let passed = 0
  for (let rank = 1; rank <= depth; rank++) {
    passed += byRank[rank]!
    if (passed >= enough) return rank
  }
  return depth
}

/** Some of the rows, and how they were looked at. */
interface Part extends Attended {
  readonly rows: Int32Array
  /** Of all rows, by this part's η. */
  readonly looks: Float64Array
}

/** There has to be a purchase among the rows. */
function attended(places: Places, isOne: (row: number) => boolean, first: number): Part {
  const rows = rowsWhere(places, isOne)
  const found = attentionOf(places, rows, first)
  return { ...found, rows, looks: looksOf(places, found.fading) }
}

/** The basis that foretells best; the rank unless another one is better, and not by chance. */
function bestBasis(places: Places, first: number): Basis {
  const isIn = (half: number) => (row: number) => places.questions[row]! % 2 === half
  const hasPurchase = (half: number) => places.bought.some((one, row) => one === 1 && isIn(half)(row))
  if (!hasPurchase(0) || !hasPurchase(1)) return 'rank'
  const halves = [attended(places, isIn(0), first), attended(places, isIn(1), first)]
  let best: Basis = 'rank'
  let losses = foretold(places, halves, { basis: best, first })
  for (const basis of BASES) {
    const others = foretold(places, halves, { basis, first })
    if (isBetter(others, losses)) [best, losses] = [basis, others]
  }
  return best
}

/** The log loss by question, each half of them foretold from the other. */
function foretold(places: Places, halves: readonly Part[], { basis, first }: Pick<Calibration, 'basis' | 'first'>): Float64Array {
  const losses = new Float64Array(places.questions.reduce((most, question) => Math.max(most, question), 0) + 1)
  halves.forEach(({ rows }, half) => {
    const other = halves[1 - half]!
    const learned = { ...fitted(places, other, basis), first }
    for (const row of rows) {
      const chance = other.looks[row]! * chanceOf(learned, saidAt(places, row))
      losses[places.questions[row]!]! += logLossOf(chance, places.bought[row]!)
    }
  })
  return losses
}

/** Whether the first loses less, and not by chance. */
function isBetter(losses: Float64Array, others: Float64Array): boolean {
  const { n, mean, m2 } = momentsOf(others.map((other, question) => other - losses[question]!))
  return mean > (ERRORS * Math.sqrt(m2)) / n
}

function saidAt({ ranks, scores, bests }: Places, row: number): Said {
  return { rank: ranks[row]!, score: scores[row]!, best: bests[row]! }
}

function fitted(places: Places, { rows, looks, curve, fading }: Part, basis: Basis): Fitted {
  const x = (row: number) => xOf(basis, saidAt(places, row))
  const ordered = rows.toSorted((a, b) => x(a) - x(b) || a - b)
  const bins = binsOf(ordered, { places, curve, looks, x })
  const weights = bins.map((bin) => bin.looks + (PRIOR_PURCHASES * bin.looks) / bin.expected)
  const rates = bins.map(({ purchases }, b) => (purchases + PRIOR_PURCHASES) / weights[b]!)
  const blocks = isotonicBlocks(rates, weights)
  const at = blocks.map(({ from, to }) => centreOf(bins.slice(from, to)))
  return { basis, at, chances: blocks.map(({ value }) => Math.min(1, value)), curve, fading }
}

interface Bin {
  /** Σ w. */
  readonly looks: number
  readonly purchases: number
  /** Σ q·w: purchases that the rank curve expects. */
  readonly expected: number
  /** Σ x·w. */
  readonly sum: number
}

interface Binning {
  readonly places: Places
  readonly curve: RankCurve
  readonly looks: Float64Array
  readonly x: (row: number) => number
}

const EMPTY: Bin = { looks: 0, purchases: 0, expected: 0, sum: 0 }
/** Of sums over rows: what is full but for the last bits is full. */
const ROUNDING = 1e-9

/** Cuts rows in the order of x into bins that hold as many expected purchases each; rows of one x stay together. */
function binsOf(ordered: Int32Array, { places, curve, looks, x }: Binning): readonly Bin[] {
  const expected = (row: number) => onCurve(curve, places.ranks[row]!) * looks[row]!
  const total = ordered.reduce((sum, row) => sum + expected(row), 0)
  const share = total / Math.min(BINS_MAX, Math.max(1, Math.floor(total / BIN_PURCHASES)))
  const bins: Bin[] = []
  let [bin, passed] = [EMPTY, 0]
  ordered.forEach((row, i) => {
    passed += expected(row)
    bin = {
      looks: bin.looks + looks[row]!,
      purchases: bin.purchases + places.bought[row]!,
      expected: bin.expected + expected(row),
      sum: bin.sum + x(row) * looks[row]!,
    }
    const isLast = i === ordered.length - 1
    const isFull = passed >= (bins.length + 1) * share - ROUNDING * total && x(ordered[i + 1]!) !== x(row)
    if (!isLast && !isFull) return
    bins.push(bin)
    bin = EMPTY
  })
  return bins
}

function centreOf(bins: readonly Bin[]): number {
  return bins.reduce((sum, bin) => sum + bin.sum, 0) / bins.reduce((sum, bin) => sum + bin.looks, 0)
}

function rowsWhere({ ranks }: Places, isOne: (row: number) => boolean): Int32Array {
  return Int32Array.from(ranks, (_, row) => row).filter(isOne)
}
