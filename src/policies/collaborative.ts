/**
 * collaborative: what shoppers with the same history wanted.
 *
 *     sᵢ = Σⱼ xⱼ·w_{ji}      over the seeds j: the page's item, the cart, the history; w from the neighbourhood ridge
 *
 * The sum is its own explanation: "because of j" names the seed with the largest part, share = (xⱼ·w_{ji})⁺ / Σ (xⱼ·w_{ji})⁺.
 * Unknown shoppers without a page or cart get nothing here; the ladder takes over.
 */
import { z } from 'zod'
import { openArrays, packArrays } from './arrays.ts'
import { neighbourhoodRidge } from './neighbourhood-ridge.ts'
import type { PolicyKind, Progress, Scorer, TrainingData, Why } from './policy.ts'
import { preferencesOf } from './preferences.ts'
import { scoredRanker } from './scored-ranker.ts'
import { addRow, clear, newScratch } from './scratch.ts'
import { gatherSeeds, newSeeds } from './seeds.ts'
import { type Rows, transposed } from './sparse.ts'

const KIND = 'collaborative'

const parameters = z.strictObject({
  neighbours: z.number().int().min(1).max(500).default(50).meta({ description: 'M: how many nearest items each item is predicted from.' }),
  ridge: z
    .number()
    .positive()
    .max(1e6)
    .default(100)
    .meta({ description: 'λ: how strongly weights are pulled to 0, in shoppers; more for a noisier log.' }),
  repeat: z.boolean().default(false).meta({ description: 'Whether items of the shopper’s history may be recommended again.' }),
})
type Parameters = z.output<typeof parameters>

/** Of a shopper the latest so many items count in training. */
const ITEMS_MAX = 2000
/** Σ n² over shoppers; bounds time and, with 8 bytes a distinct pair, memory: 0.8 GB at worst. */
const PAIR_VISITS_MAX = 200e6
const HISTORY_MAX = 50

export const collaborative: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Collaborative',
  description: 'What shoppers with the same history wanted: a ridge regression of every item on its nearest neighbours.',
  parameters,
  train,
  open: (key, body, { repeat }) => {
    if (body === null) throw new Error('collaborative needs a trained model.')
    const arrays = openArrays(body.bytes, KIND)
    const bySeed = { starts: arrays.int32('seedStarts'), columns: arrays.int32('seedItems'), values: arrays.float32('seedWeights') }
    const byItem = { starts: arrays.int32('itemStarts'), columns: arrays.int32('itemSeeds'), values: arrays.float32('itemWeights') }
    const itemCount = byItem.starts.length - 1
    return scoredRanker(scorerOf({ bySeed, byItem, itemCount }), { key, kind: KIND, modelVersion: body.version, itemCount, repeat })
  },
}

function train(data: TrainingData, { neighbours, ridge }: Parameters, progress: Progress): Uint8Array {
  const byItem = neighbourhoodRidge(boundedPreferences(data), { itemCount: data.itemCount, neighbours, ridge }, progress)
  const bySeed = transposed(byItem, data.itemCount)
  return packArrays(KIND, {
    seedStarts: bySeed.starts,
    seedItems: bySeed.columns,
    seedWeights: bySeed.values,
    itemStarts: byItem.starts,
    itemSeeds: byItem.columns,
    itemWeights: byItem.values,
  })
}

/** Shortens the longest histories until the pairs can be counted within the bound. */
function boundedPreferences(data: TrainingData): Rows {
  for (let itemsMax = ITEMS_MAX; ; itemsMax = Math.ceil(itemsMax / 2)) {
    const preferences = preferencesOf(data, itemsMax)
    let visits = 0
    for (let unit = 0; unit < data.unitCount; unit++) visits += (preferences.starts[unit + 1]! - preferences.starts[unit]!) ** 2
    if (visits <= PAIR_VISITS_MAX || itemsMax === 1) return preferences
  }
}

/** The same weights twice: by seed to score with, by item to explain with. */
interface Weights {
  readonly bySeed: Rows
  readonly byItem: Rows
  readonly itemCount: number
}

function scorerOf({ bySeed, byItem, itemCount }: Weights): Scorer {
  const scratch = newScratch(itemCount)
  const seeds = newSeeds(HISTORY_MAX)
  const seedWeights = new Float64Array(itemCount)
  return {
    score: (request) => {
      clear(scratch)
      for (let k = 0; k < seeds.count; k++) seedWeights[seeds.items[k]!] = 0
      gatherSeeds(seeds, request, { itemCount, historyMax: HISTORY_MAX })
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
