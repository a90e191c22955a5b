/**
 * Folding in: the vector of a shopper whom the factors do not know, from what is known of them now.
 *
 *     A = G + α·Σ wⱼ·yⱼyⱼᵀ + λ·n·I      A·x = Σ (1 + α·wⱼ)·yⱼ      sᵢ = yᵢᵀx = Σⱼ (1 + α·wⱼ)·yᵢᵀA⁻¹yⱼ
 *
 * One half-step of implicit alternating least squares with the item vectors held, exactly what training would do for that shopper. The last
 * sum is over the n items they had, so each of them explains its own part of the score. O(n·d² + d³), d the length of a vector.
 * @see Hu, Koren & Volinsky (2008), Collaborative filtering for implicit feedback datasets, doi:10.1109/ICDM.2008.22
 */
import { factorise, solve } from '../stats/cholesky.ts'
import type { Seeds } from './seeds.ts'

export interface FoldIn {
  /** The shopper's vector, or null when nothing they had has one. Lent until the next call. */
  vectorOf(seeds: Seeds): Float64Array | null
  /** The seed with the largest part of an item's score in the last call, and its share; null when none speaks for it. */
  reasonFor(place: number): { readonly item: number; readonly share: number } | null
}

export interface FoldInOptions {
  readonly rank: number
  /** Row by row, the lower triangle. */
  readonly gram: Float64Array
  readonly itemFactors: Float32Array
  /** Where an item's vector is, counted in vectors; −1 for none. */
  readonly placeOf: Int32Array
  readonly alpha: number
  readonly ridge: number
}

export function newFoldIn({ rank, gram, itemFactors, placeOf, alpha, ridge }: FoldInOptions): FoldIn {
  const matrix = new Float64Array(rank * rank)
  const vector = new Float64Array(rank)
  const turned = new Float64Array(rank)
  const used: { item: number; at: number; weight: number }[] = []

  const dot = (vectorThere: Float64Array, at: number): number => {
    let sum = 0
    for (let k = 0; k < rank; k++) sum += vectorThere[k]! * itemFactors[at + k]!
    return sum
  }

  return {
    vectorOf: (seeds) => {
      used.length = 0
      for (let k = 0; k < seeds.count; k++) {
        const item = seeds.items[k]!
        const place = placeOf[item] ?? -1
        if (place >= 0) used.push({ item, at: place * rank, weight: seeds.weights[k]! })
      }
      if (used.length === 0) return null
      matrix.set(gram)
      vector.fill(0)
      for (const { at, weight } of used) {
        for (let row = 0; row < rank; row++) {
          const value = itemFactors[at + row]!
          vector[row]! += (1 + alpha * weight) * value
          for (let column = 0; column <= row; column++) matrix[row * rank + column]! += alpha * weight * value * itemFactors[at + column]!
        }
      }
      for (let row = 0; row < rank; row++) matrix[row * rank + row]! += ridge * used.length
      if (!factorise(matrix, rank)) return null
      solve(matrix, rank, vector)
      return vector
    },
    reasonFor: (place) => {
      for (let k = 0; k < rank; k++) turned[k] = itemFactors[place * rank + k]!
      solve(matrix, rank, turned)
      let total = 0
      let best: { item: number; part: number } | null = null
      for (const { item, at, weight } of used) {
        const part = (1 + alpha * weight) * dot(turned, at)
        if (part <= 0) continue
        total += part
        if (best === null || part > best.part) best = { item, part }
      }
      return best && { item: best.item, share: best.part / total }
    },
  }
}
