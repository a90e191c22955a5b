/**
 * The whole decision, as quick as it gets: from features to a drawn arm and the vector that is logged. No allocation once prepared.
 *
 *     mₐ = x·θₐ    sₐ = v·√(xᵀVₐx)    p by quadrature among the eligible arms    π = ε/k + (1 − ε)·p    arm drawn from π by u
 *
 * Covariances are kept as triangles with doubled off-diagonals, and features that are 0 are passed over: one-hot vectors are mostly 0.
 * v is the Thompson scale: ½ with context, 0.6 without, did best. Top-two takes p and gives q before the floor is added.
 */
import { assert } from '../stats/assert.ts'
import type { ArmModels } from './arm-models.ts'
import { drawnArm } from './choice.ts'
import { triangle } from './decision-moments.ts'
import type { Stratum } from './exploration.ts'
import { propensitiesFor } from './propensity.ts'
import type { Precision } from './reaches.ts'
import { topTwo } from './top-two.ts'

export interface DeciderOptions {
  readonly models: ArmModels
  /** v > 0. */
  readonly thompsonScale: number
  /** ε in [0, 1]. */
  readonly floor: number
  readonly precision: Precision
  /** Below 1: top-two, with this share for the leader. */
  readonly leaderShare?: number
  /** Features per unit of x: 1024 for the stored integers. */
  readonly featureScale: number
}

/** What was found out; the arrays are the decider's own and overwritten by the next decision. */
export interface Decider {
  readonly means: Float64Array
  readonly scales: Float64Array
  /** π, as logged: 0 for masked arms. */
  readonly probabilities: Float64Array
  /** The drawn arm, for x, one byte an arm (not 0: eligible; at least one), and u in [0, 1). */
  decide(x: ArrayLike<number>, eligible: Uint8Array, u: number, stratum?: Stratum): number
}

/** Thompson scales that did best: on eleven classification sets, and in eight worlds without context (docs/simulate.md). */
export const THOMPSON_SCALE = { withContext: 0.5, withoutContext: 0.6 } as const

/** Prepares one model for serving; milliseconds, once a snapshot. */
export function deciderOf({ models, thompsonScale, floor, precision, leaderShare = 1, featureScale }: DeciderOptions): Decider {
  assert(thompsonScale > 0 && floor >= 0 && floor <= 1, `a scale above 0 and a floor in [0, 1] are needed, got ${thompsonScale}, ${floor}`)
  const { features, degreesOfFreedom } = models
  const count = models.arms.length
  const lines = packedLines(models, featureScale)
  const triangles = packedTriangles(models, thompsonScale / featureScale)
  const propensities = propensitiesFor({ armsMax: count, degreesOfFreedom, precision })
  const numbers = () => new Float64Array(count)
  const [means, scales, probabilities, liveMeans, liveScales, live] = [numbers(), numbers(), numbers(), numbers(), numbers(), numbers()]
  const sparse: Sparse = { x: [], present: new Int32Array(features), filled: 0 }
  return {
    ...{ means, scales, probabilities },
    decide(x, eligible, u, stratum = 'bandit') {
      gather(sparse, x, features)
      let alive = 0
      for (let arm = 0; arm < count; arm++) {
        means[arm] = lineAt(lines, arm * features, sparse)
        scales[arm] = Math.sqrt(formAt(triangles, arm * triangle(features), sparse, features))
        if (eligible[arm] === 0) continue
        liveMeans[alive] = means[arm]!
        liveScales[alive++] = scales[arm]!
      }
      assert(alive > 0, 'somebody must be eligible')
      if (stratum === 'bandit') propensities(liveMeans, liveScales, alive, live)
      if (leaderShare < 1) live.set(topTwo(Array.from(live.subarray(0, alive)), leaderShare))
      const even = stratum === 'bandit' ? floor / alive : 1 / alive
      const earned = stratum === 'bandit' ? 1 - floor : 0
      let next = 0
      for (let arm = 0; arm < count; arm++) probabilities[arm] = eligible[arm] === 0 ? 0 : even + earned * live[next++]!
      return drawnArm(probabilities, u)
    },
  }
}

/** One for all decisions of a decider. */
interface Sparse {
  x: ArrayLike<number>
  /** Where x is not 0, and at how many places. */
  readonly present: Int32Array
  filled: number
}

function gather(sparse: Sparse, x: ArrayLike<number>, features: number): void {
  let filled = 0
  for (let i = 0; i < features; i++) if (x[i] !== 0) sparse.present[filled++] = i
  sparse.x = x
  sparse.filled = filled
}

function lineAt(lines: Float64Array, from: number, { x, present, filled }: Sparse): number {
  let sum = 0
  for (let k = 0; k < filled; k++) sum += lines[from + present[k]!]! * x[present[k]!]!
  return sum
}

function formAt(triangles: Float64Array, from: number, { x, present, filled }: Sparse, features: number): number {
  let sum = 0
  for (let k = 0; k < filled; k++) {
    const i = present[k]!
    const row = from + i * features - (i * (i + 1)) / 2
    let inner = 0
    for (let l = k; l < filled; l++) inner += triangles[row + present[l]!]! * x[present[l]!]!
    sum += inner * x[i]!
  }
  return sum
}

function packedLines({ arms, features }: ArmModels, featureScale: number): Float64Array {
  const lines = new Float64Array(arms.length * features)
  arms.forEach(({ coefficients }, arm) => {
    lines.set(
      coefficients.map((value) => value / featureScale),
      arm * features,
    )
  })
  return lines
}

function packedTriangles({ arms, features }: ArmModels, factor: number): Float64Array {
  const triangles = new Float64Array(arms.length * triangle(features))
  let at = 0
  for (const { covariance } of arms)
    for (let i = 0; i < features; i++)
      for (let j = i; j < features; j++) triangles[at++] = covariance[i * features + j]! * (i === j ? 1 : 2) * factor * factor
  return triangles
}
