/**
 * Item weights: a score that is a weighted sum over seeds, and its own explanation.
 *
 *     sᵢ = Σⱼ xⱼ·w_{ji}      over the seeds j: the page's item, the cart, the history
 *
 * "Because of j" names the seed with the largest part, share = (xⱼ·w_{ji})⁺ / Σ (xⱼ·w_{ji})⁺. The weights are kept twice: by seed to score
 * with, by item to explain with.
 */
import { type NamedArrays, packArrays } from './arrays.ts'
import type { Scorer, Why } from './policy.ts'
import { addRow, clear, newScratch } from './scratch.ts'
import { gatherSeeds, newSeeds } from './seeds.ts'
import { type Rows, transposed } from './sparse.ts'

export interface ItemWeights {
  readonly bySeed: Rows
  readonly byItem: Rows
  readonly itemCount: number
}

/** Packs weights by item: row i holds w_{ji} for seeds j, ascending. */
export function packWeights(kind: string, byItem: Rows, itemCount: number): Uint8Array {
  const bySeed = transposed(byItem, itemCount)
  return packArrays(kind, {
    seedStarts: bySeed.starts,
    seedItems: bySeed.columns,
    seedWeights: bySeed.values,
    itemStarts: byItem.starts,
    itemSeeds: byItem.columns,
    itemWeights: byItem.values,
  })
}

export function unpackWeights(arrays: NamedArrays): ItemWeights {
  const bySeed = { starts: arrays.int32('seedStarts'), columns: arrays.int32('seedItems'), values: arrays.float32('seedWeights') }
  const byItem = { starts: arrays.int32('itemStarts'), columns: arrays.int32('itemSeeds'), values: arrays.float32('itemWeights') }
  return { bySeed, byItem, itemCount: byItem.starts.length - 1 }
}

/** Scores with at most `historyMax` items of the history as seeds. */
export function weightsScorer({ bySeed, byItem, itemCount }: ItemWeights, historyMax: number): Scorer {
  const scratch = newScratch(itemCount)
  const seeds = newSeeds(historyMax)
  const seedWeights = new Float64Array(itemCount)
  return {
    score: (request) => {
      for (let k = 0; k < seeds.count; k++) seedWeights[seeds.items[k]!] = 0
      gatherSeeds(seeds, request, { itemCount, historyMax })
      let entries = 0
      for (let k = 0; k < seeds.count; k++) entries += bySeed.starts[seeds.items[k]! + 1]! - bySeed.starts[seeds.items[k]!]!
      clear(scratch, entries)
      for (let k = 0; k < seeds.count; k++) {
        const seed = seeds.items[k]!
        seedWeights[seed] = seeds.weights[k]!
        addRow(scratch, bySeed, seed, seeds.weights[k]!)
      }
      return scratch
    },
    explain: (item): Why => {
      let largest = 0
      let because = item
      let positive = 0
      for (let k = byItem.starts[item]!; k < byItem.starts[item + 1]!; k++) {
        const seed = byItem.columns[k]!
        const part = seedWeights[seed]! * byItem.values[k]!
        if (part > 0) positive += part
        if (part > largest) {
          largest = part
          because = seed
        }
      }
      return { kind: 'because-of', item: because, share: largest / positive }
    },
  }
}
