/**
 * Joint moments of numbers that come one unit at a time.
 *
 *     δᵢ = xᵢ − x̄ᵢ      x̄ᵢ ← x̄ᵢ + δᵢ/n      C_ij ← C_ij + δᵢ·(xⱼ − x̄ⱼ)      with the new x̄ⱼ
 *
 * @see Welford (1962), doi:10.1080/00401706.1962.10490022
 */
import type { JointMoments } from './pair-moments.ts'

export interface JointAccumulator {
  add(values: Float64Array): void
  moments(): JointMoments
}

/** Opens an empty accumulator of k quantities. */
export function openJointAccumulator(k: number): JointAccumulator {
  let n = 0
  const mean = new Float64Array(k)
  const delta = new Float64Array(k)
  const comoments = new Float64Array((k * (k + 1)) / 2)
  return {
    add(values) {
      n++
      for (let i = 0; i < k; i++) {
        delta[i] = values[i]! - mean[i]!
        mean[i]! += delta[i]! / n
      }
      let at = 0
      for (let i = 0; i < k; i++) for (let j = i; j < k; j++) comoments[at++]! += delta[i]! * (values[j]! - mean[j]!)
    },
    moments: () => ({ n, mean: [...mean], comoments: [...comoments] }),
  }
}
