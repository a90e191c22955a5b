/**
 * How long to remember: the memory under which every bucket was best foretold by those before it.
 *
 *     L(h) = Σ_b δ^(now−b)·Σₐ ln p( bucket b of arm a | buckets before, memory h )            h ∈ {2, 5, 10, 30, ∞} buckets, δ = 0.98
 *     −2·ln p = n·ln 2πσ² + ln|Λ + A| − ln|Λ| + ( Q − gᵀ(Λ + A)⁻¹g )/σ²        Q = c − 2bᵀθ + θᵀAθ,  g = b − Aθ
 *
 * σ² is one for all h, from everything so far, so that only the means compete. Old evidence fades (δ): a world that once switched may
 * be steady now. Near the best fixed memory in steady, switching and seasonal worlds, without knowing which one it is.
 * @see Dawid (1984), Prequential analysis, doi:10.2307/2981683
 */
import { factorise, solve } from '../stats/cholesky.ts'
import { isUnknown } from '../stats/estimate.ts'
import { type LinearPrior, linearPosterior, quadraticForm } from './bayesian-linear.ts'
import { pooled, type RewardMoments, weightedSum } from './reward-moments.ts'
import { scaleFreePrior } from './scale-free-prior.ts'

export const MEMORIES: readonly number[] = [2, 5, 10, 30, Number.POSITIVE_INFINITY]
const EVIDENCE_KEPT = 0.98

export interface MemoryChooser {
  /** The moments of every arm in the bucket that has just ended. */
  push(arms: readonly RewardMoments[]): void
  /** In buckets; Infinity until there is evidence for less. */
  memory(): number
  /** ln evidence by memory, in the order of MEMORIES. */
  evidence(): readonly number[]
}

/** What a chooser knows after some buckets: never changed, so that a chain of them can be kept. */
export interface MemoryState {
  /** By memory, then arm. */
  readonly kept: readonly (readonly RewardMoments[])[]
  /** ln evidence by memory, in the order of MEMORIES. */
  readonly evidence: readonly number[]
}

/** Before the first bucket. */
export function noMemory(features: number, arms: number): MemoryState {
  const empty = () => Array.from({ length: arms }, () => weightedSum(features, []))
  return { kept: MEMORIES.map(empty), evidence: MEMORIES.map(() => 0) }
}

/** After one bucket more: the moments of every arm in it. */
export function remembered({ kept, evidence }: MemoryState, bucket: readonly RewardMoments[]): MemoryState {
  const { features } = bucket[0]!
  const prior = scaleFreePrior(pooled(features, kept.at(-1)!), bucket.length)
  const told = isUnknown(prior) ? null : { prior, noise: prior.residual[0]! / prior.degreesOfFreedom }
  return {
    evidence: told ? evidence.map((sum, i) => EVIDENCE_KEPT * sum + logPredictive(kept[i]!, bucket, told)) : evidence,
    kept: MEMORIES.map((memory, i) =>
      bucket.map((moments, arm) =>
        weightedSum(features, [
          { moments: kept[i]![arm]!, factor: 1 - 1 / memory },
          { moments, factor: 1 },
        ]),
      ),
    ),
  }
}

/** A chooser that sees one bucket after the other. It holds sums only: d² numbers per arm and memory. */
export function openMemoryChooser(features: number, arms: number): MemoryChooser {
  let state = noMemory(features, arms)
  return {
    push(bucket) {
      state = remembered(state, bucket)
    },
    memory: () => bestMemoryOf(state.evidence),
    evidence: () => state.evidence,
  }
}

interface Ground {
  readonly prior: LinearPrior
  readonly noise: number
}

function logPredictive(past: readonly RewardMoments[], bucket: readonly RewardMoments[], ground: Ground): number {
  return bucket.reduce((sum, moments, arm) => sum + (moments.n > 0 ? logPredictiveOfArm(past[arm]!, moments, ground) : 0), 0)
}

/** ln p of one arm's bucket; what is common to all memories (n·ln 2πσ²) is left out. */
function logPredictiveOfArm(past: RewardMoments, bucket: RewardMoments, { prior, noise }: Ground): number {
  const posterior = linearPosterior({ ...past, c: Float64Array.of(past.c) }, prior)
  if (isUnknown(posterior)) return 0
  const { features, a, b, c } = bucket
  const theta = posterior.coefficients
  const before = past.a.map((value, i) => value + prior.precision[i]!)
  const after = before.map((value, i) => value + a[i]!)
  const gap = b.map((value, i) => value - rowTimes(a, i, theta))
  const solved = gap.slice()
  if (!factorise(before, features) || !factorise(after, features)) return 0
  solve(after, features, solved)
  const misfit = c - 2 * dot(b, theta) + quadraticForm(a, theta) - dot(gap, solved)
  return -0.5 * (logDeterminant(after, features) - logDeterminant(before, features) + misfit / noise)
}

/** The memory with the most evidence; of equals the longest. */
export function bestMemoryOf(evidence: readonly number[]): number {
  let best = evidence.length - 1
  for (let i = evidence.length - 2; i >= 0; i--) if (evidence[i]! > evidence[best]!) best = i
  return MEMORIES[best]!
}

function dot(one: Float64Array, other: Float64Array): number {
  return one.reduce((sum, value, i) => sum + value * other[i]!, 0)
}

function rowTimes(matrix: Float64Array, row: number, x: Float64Array): number {
  let sum = 0
  for (let j = 0; j < x.length; j++) sum += matrix[row * x.length + j]! * x[j]!
  return sum
}

function logDeterminant(factor: Float64Array, size: number): number {
  let sum = 0
  for (let i = 0; i < size; i++) sum += 2 * Math.log(factor[i * size + i]!)
  return sum
}
