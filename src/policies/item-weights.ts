/**
 * Item weights: a score that is a weighted sum over seeds, and its own explanation.
 *
 *     sᵢ = Σⱼ pⱼ,  pⱼ = xⱼ·w_{ji}      over the seeds j: the page's item, the cart, the history
 *
 * "Because of j" names the seed with the largest part, share = pⱼ⁺ / Σ p⁺. The weights are kept twice: by seed to score with, by item to
 * explain with. Something else may vote beside them, as long as it can say which seed has what part in it.
 */
import { type NamedArrays, type Packable, packArrays } from './arrays.ts'
import type { Scorer, Why } from './policy.ts'
import { addRow, clear, newScratch, type Scratch } from './scratch.ts'
import { gatherSeeds, newSeeds, type Seeds } from './seeds.ts'
import { type Rows, transposed } from './sparse.ts'

export interface ItemWeights {
  readonly bySeed: Rows
  readonly byItem: Rows
  readonly itemCount: number
}

/** What adds to the weighted sums over the same seeds. */
export interface Votes {
  /** Looks at the seeds of a request; how many entries it is going to add. */
  readonly look: (seeds: Seeds) => number
  readonly add: (scratch: Scratch) => void
  /** Adds to each seed's part, by place among the seeds, what it has in the vote for an item. */
  readonly addParts: (item: number, parts: Float64Array) => void
}

/** Packs weights by item: row i holds w_{ji} for seeds j, ascending; and whatever else the model holds. */
export function packWeights(kind: string, byItem: Rows, itemCount: number, more: Readonly<Record<string, Packable>> = {}): Uint8Array {
  const bySeed = transposed(byItem, itemCount)
  return packArrays(kind, {
    seedStarts: bySeed.starts,
    seedItems: bySeed.columns,
    seedWeights: bySeed.values,
    itemStarts: byItem.starts,
    itemSeeds: byItem.columns,
    itemWeights: byItem.values,
    ...more,
  })
}

export function unpackWeights(arrays: NamedArrays): ItemWeights {
  const bySeed = { starts: arrays.int32('seedStarts'), columns: arrays.int32('seedItems'), values: arrays.float32('seedWeights') }
  const byItem = { starts: arrays.int32('itemStarts'), columns: arrays.int32('itemSeeds'), values: arrays.float32('itemWeights') }
  return { bySeed, byItem, itemCount: byItem.starts.length - 1 }
}

/** Scores with at most `historyMax` items of the history as seeds, and with votes where there are any. */
export function weightsScorer({ bySeed, byItem, itemCount }: ItemWeights, historyMax: number, votes: Votes | null = null): Scorer {
  const scratch = newScratch(itemCount)
  const seeds = newSeeds(historyMax, itemCount)
  const parts = new Float64Array(seeds.items.length)
  return {
    score: (request) => {
      gatherSeeds(seeds, request, { itemCount, historyMax })
      let entries = votes?.look(seeds) ?? 0
      for (let k = 0; k < seeds.count; k++) entries += bySeed.starts[seeds.items[k]! + 1]! - bySeed.starts[seeds.items[k]!]!
      clear(scratch, entries)
      for (let k = 0; k < seeds.count; k++) addRow(scratch, bySeed, seeds.items[k]!, seeds.weights[k]!)
      votes?.add(scratch)
      return scratch
    },
    explain: (item): Why => {
      parts.fill(0, 0, seeds.count)
      for (let at = byItem.starts[item]!; at < byItem.starts[item + 1]!; at++) {
        const place = seeds.places[byItem.columns[at]!]!
        if (place > 0) parts[place - 1]! += seeds.weights[place - 1]! * byItem.values[at]!
      }
      votes?.addParts(item, parts)
      let because = 0
      let positive = 0
      for (let k = 0; k < seeds.count; k++) {
        positive += Math.max(0, parts[k]!)
        const isFirst = seeds.items[k]! < seeds.items[because]!
        if (parts[k]! > parts[because]! || (parts[k] === parts[because] && isFirst)) because = k
      }
      return { kind: 'because-of', item: seeds.items[because]!, share: parts[because]! / positive }
    },
  }
}
