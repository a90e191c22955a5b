/**
 * collaborative: what shoppers with the same history wanted.
 *
 *     sᵢ = Σⱼ xⱼ·w_{ji}      over the seeds j: the page's item, the cart, the history; w from the neighbourhood ridge
 *
 * The sum is its own explanation: "because of j" names the seed with the largest part, share = (xⱼ·w_{ji})⁺ / Σ (xⱼ·w_{ji})⁺.
 * Unknown shoppers without a page or cart get nothing here; the ladder takes over.
 */
import { z } from 'zod'
import { openArrays } from './arrays.ts'
import { packWeights, unpackWeights, weightsScorer } from './item-weights.ts'
import { neighbourhoodRidge } from './neighbourhood-ridge.ts'
import type { PolicyKind, Progress, TrainingData } from './policy.ts'
import { preferencesOf } from './preferences.ts'
import { scoredRanker } from './scored-ranker.ts'
import type { Rows } from './sparse.ts'

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
    const weights = unpackWeights(openArrays(body.bytes, KIND))
    const { itemCount } = weights
    return scoredRanker(weightsScorer(weights, HISTORY_MAX), { key, kind: KIND, modelVersion: body.version, itemCount, repeat })
  },
}

function train(data: TrainingData, { neighbours, ridge }: Parameters, progress: Progress): Uint8Array {
  const byItem = neighbourhoodRidge(boundedPreferences(data), { itemCount: data.itemCount, neighbours, ridge }, progress)
  return packWeights(KIND, byItem, data.itemCount)
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
