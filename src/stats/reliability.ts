/**
 * Reliability: whether things that were given a chance of p happen p of the time.
 *
 *     Brier   Σ(pᵢ − yᵢ)²/n                   skill   1 − Brier/Brier of the base rate: 0 knows nothing but how often, 1 knows all
 *     log     −Σ(y·ln p + (1 − y)·ln(1 − p))/n
 *     ECE     Σ_b n_b/n·|ȳ_b − p̄_b|           over bins of equal size in the order of p; each with Wilson's interval of ȳ_b
 *
 * ECE says whether the numbers mean what they say, Brier and log also whether they tell one thing from another. With few events ECE is above 0
 * by chance alone: a bin whose interval holds its p̄ is no fault that the data show.
 * @see Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2; Naeini, Cooper & Hauskrecht (2015), doi:10.1609/aaai.v29i1.9602
 */
import { assert } from './assert.ts'
import { type Interval, isUnknown, type Unknown, unknown } from './estimate.ts'
import { wilsonInterval } from './proportion.ts'

export interface ReliabilityBin {
  readonly n: number
  readonly events: number
  /** Mean chance that was given. */
  readonly predicted: number
  readonly observed: number
  /** Wilson's, of the share observed. */
  readonly interval: Interval
}

export interface Reliability {
  readonly n: number
  readonly events: number
  /** Means over all. */
  readonly predicted: number
  readonly observed: number
  readonly brier: number
  /** Unknown when nothing or everything happened. */
  readonly brierSkill: number | Unknown
  readonly logLoss: number
  readonly ece: number
  readonly bins: readonly ReliabilityBin[]
}

const BINS = 10
const LEVEL = 0.95
/** A chance of 0 that came true costs this much and not the world. */
const LEAST_CHANCE = 1e-6

/** Holds chances in [0, 1] against what happened (0 or 1); two arrays of one length. Unknown when there is nothing. O(n log n). */
export function reliabilityOf(chances: ArrayLike<number>, happened: ArrayLike<number>, { bins = BINS } = {}): Reliability | Unknown {
  assert(chances.length === happened.length, 'every chance has an outcome')
  const n = chances.length
  if (n === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => chances[a]! - chances[b]! || a - b)
  const made = Array.from({ length: Math.min(bins, n) }, (_, b) => {
    const count = Math.min(bins, n)
    return binOf(order.subarray(Math.floor((b * n) / count), Math.floor(((b + 1) * n) / count)), chances, happened)
  })
  const events = made.reduce((sum, bin) => sum + bin.events, 0)
  const observed = events / n
  const brier = meanOf(n, (i) => (chances[i]! - happened[i]!) ** 2)
  return {
    ...{ n, events, observed, predicted: meanOf(n, (i) => chances[i]!), brier },
    brierSkill: events === 0 || events === n ? unknown('no-events', { have: events, need: 1 }) : 1 - brier / (observed * (1 - observed)),
    logLoss: meanOf(n, (i) => logLossOf(chances[i]!, happened[i]!)),
    ece: made.reduce((sum, bin) => sum + (bin.n / n) * Math.abs(bin.observed - bin.predicted), 0),
    bins: made,
  }
}

/** What one chance costs by what happened, in nats. */
export function logLossOf(chance: number, happened: number): number {
  const p = Math.min(Math.max(chance, LEAST_CHANCE), 1 - LEAST_CHANCE)
  return -Math.log(happened === 1 ? p : 1 - p)
}

function binOf(order: Uint32Array, chances: ArrayLike<number>, happened: ArrayLike<number>): ReliabilityBin {
  const n = order.length
  const events = order.reduce((sum, i) => sum + happened[i]!, 0)
  const interval = wilsonInterval({ n, events }, { level: LEVEL })
  assert(!isUnknown(interval), 'a bin is not empty')
  return { n, events, predicted: order.reduce((sum, i) => sum + chances[i]!, 0) / n, observed: events / n, interval }
}

function meanOf(n: number, value: (i: number) => number): number {
  let sum = 0
  for (let i = 0; i < n; i++) sum += value(i)
  return sum / n
}
