/**
 * collaborative: what shoppers with the same history wanted.
 *
 *     ridge    sᵢ = Σⱼ xⱼ·w_{ji}         over the seeds j: the page's item, the cart, the history; w from the neighbourhood ridge
 *     ials     sᵢ = Σⱼ xⱼ·(vᵢᵀA⁻¹vⱼ)     points of shoppers and items in one space (iALS), the shopper placed anew for every request
 *
 * Either sum is its own explanation: "because of j" names the seed with the largest part, beside its share of all positive parts.
 * Unknown shoppers without a page or cart get nothing here; the ladder takes over.
 */
import { z } from 'zod'
import { openArrays, packArrays } from './arrays.ts'
import { withColdItems } from './cold-items.ts'
import { itemPoints, unseenGram } from './ials.ts'
import { type ItemWeights, packWeights, unpackWeights, weightsScorer } from './item-weights.ts'
import { neighbourhoodRidge } from './neighbourhood-ridge.ts'
import { pointsInCells } from './points-in-cells.ts'
import { openPoints, type PointsModel, pointsScorer } from './points-scorer.ts'
import type { PolicyKind, Progress, TrainingData } from './policy.ts'
import { preferencesOf } from './preferences.ts'
import { scoredRanker } from './scored-ranker.ts'
import type { Rows } from './sparse.ts'

const KIND = 'collaborative'

const parameters = z.strictObject({
  algorithm: z
    .enum(['ridge', 'ials'])
    .default('ridge')
    .meta({ description: 'ridge: each item from its nearest neighbours; ials: matrix factorisation.' }),
  neighbours: z.number().int().min(1).max(500).default(50).meta({ description: 'M: how many nearest items each item is predicted from.' }),
  ridge: z
    .number()
    .positive()
    .max(1e6)
    .default(100)
    .meta({ description: 'λ: how strongly weights are pulled to 0, in shoppers; more for a noisier log.' }),
  coldItems: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(5)
    .meta({ description: 'ridge: items that nobody has touched borrow weights from so many that read alike; 0: they wait.' }),
  factors: z.number().int().min(1).max(256).default(64).meta({ description: 'ials: dimensions of the space.' }),
  iterations: z.number().int().min(1).max(100).default(12).meta({ description: 'ials: how often shoppers and items take turns.' }),
  unseen: z.number().positive().max(10).default(0.3).meta({ description: 'ials: α, how much it counts that something was not wanted.' }),
  regularisation: z.number().positive().max(1).default(0.003).meta({ description: 'ials: λ, how strongly points are pulled to 0.' }),
  repeat: z.boolean().default(false).meta({ description: 'Whether items of the shopper’s history may be recommended again.' }),
})
type Parameters = z.output<typeof parameters>

/** Of a shopper the latest so many items count in training. */
const ITEMS_MAX = 2000
/** Σ n² over shoppers; bounds time and, with 8 bytes a distinct pair, memory: 0.8 GB at worst. */
const PAIR_VISITS_MAX = 200e6
const HISTORY_MAX = 50
/** About how the time of iALS divides between placing and the index. */
const PLACING_PART = 0.9

export const collaborative: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Collaborative',
  description: 'What shoppers with the same history wanted: a ridge regression of every item on its nearest neighbours, or iALS.',
  parameters,
  train,
  open: (key, body, { repeat }) => {
    if (body === null) throw new Error('collaborative needs a trained model.')
    const arrays = openArrays(body.bytes, KIND)
    // The body knows by which algorithm it was made: a change of parameters waits for the next training.
    const { scorer, itemCount } = arrays.has('points') ? byPoints(openPoints(arrays)) : byWeights(unpackWeights(arrays))
    return scoredRanker(scorer, { key, kind: KIND, modelVersion: body.version, itemCount, repeat })
  },
}

function byPoints(model: PointsModel) {
  return { scorer: pointsScorer(model, HISTORY_MAX), itemCount: model.items.length }
}

function byWeights(weights: ItemWeights) {
  return { scorer: weightsScorer(weights, HISTORY_MAX), itemCount: weights.itemCount }
}

function train(data: TrainingData, given: Parameters, progress: Progress): Uint8Array {
  return given.algorithm === 'ials' ? trainPoints(data, given, progress) : trainWeights(data, given, progress)
}

function trainPoints(data: TrainingData, given: Parameters, progress: Progress): Uint8Array {
  const { itemCount } = data
  const { factors, iterations, unseen, regularisation } = given
  const preferences = preferencesOf(data, ITEMS_MAX)
  const placed: Progress = (done, doing) => progress(done * PLACING_PART, doing)
  const points = Float32Array.from(itemPoints(preferences, { itemCount, factors, iterations, unseen, regularisation }, placed))
  const gram = unseenGram(Float64Array.from(points), factors, unseen)
  const model = { factors, points, gram, regularisation, unseenItems: unseen * itemCount }
  return packArrays(KIND, {
    ...pointsInCells(model, preferences, (done, doing) => progress(PLACING_PART + (1 - PLACING_PART) * done, doing)),
    gram,
    constants: Float64Array.of(regularisation, unseen * itemCount),
  })
}

function trainWeights(data: TrainingData, { neighbours, ridge, coldItems }: Parameters, progress: Progress): Uint8Array {
  const warm = neighbourhoodRidge(boundedPreferences(data), { itemCount: data.itemCount, neighbours, ridge }, progress)
  const byItem = withColdItems(warm, { texts: data.texts, likeMax: coldItems, weightsMax: neighbours })
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
