/**
 * bought-together: what goes into the same basket.
 *
 *     sᵢ = Σⱼ w_{ji}      over the page's item and the cart j; w by the neighbourhood ridge on baskets × items
 *
 * A ridge over each item's nearest neighbours instead of the usual lift: lift is largest for two rare things that met once, and says "bread"
 * to everything where it is damped. The shopper's history plays no part: the basket says what the basket is about. Needs baskets, or
 * purchases of one shopper within an hour; on a page without item and cart it has nothing to say.
 */
import { z } from 'zod'
import { openArrays } from './arrays.ts'
import { PURCHASE_WEIGHT } from './interaction-weight.ts'
import { packWeights, unpackWeights, weightsScorer } from './item-weights.ts'
import { neighbourhoodRidge } from './neighbourhood-ridge.ts'
import type { PolicyKind, Progress, TrainingData } from './policy.ts'
import { scoredRanker } from './scored-ranker.ts'
import type { Rows } from './sparse.ts'
import { type Visits, visitsOf } from './visits.ts'

const KIND = 'bought-together'

const parameters = z.strictObject({
  neighbours: z.number().int().min(1).max(500).default(20).meta({ description: 'M: how many nearest items each item is predicted from.' }),
  ridge: z.number().positive().max(1e6).default(20).meta({ description: 'λ: how strongly weights are pulled to 0, in baskets.' }),
  repeat: z.boolean().default(true).meta({ description: 'Whether items of the shopper’s history may be recommended again.' }),
})
type Parameters = z.output<typeof parameters>

/** Of a larger basket a sample: resellers would otherwise make most of the pairs. */
const ITEMS_MAX = 100
const GAP_SECONDS = 3_600
const NO_HISTORY = 0

export const boughtTogether: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Bought together',
  description: 'What goes into the same basket as the page’s item and the cart: a ridge regression on baskets.',
  parameters,
  train,
  open: (key, body, { repeat }) => {
    if (body === null) throw new Error('bought-together needs a trained model.')
    const weights = unpackWeights(openArrays(body.bytes, KIND))
    const { itemCount } = weights
    return scoredRanker(weightsScorer(weights, NO_HISTORY), { key, kind: KIND, modelVersion: body.version, itemCount, repeat })
  },
}

function train(data: TrainingData, { neighbours, ridge }: Parameters, progress: Progress): Uint8Array {
  const isPurchase = (weight: number) => weight === PURCHASE_WEIGHT
  const baskets = visitsOf(data, { counts: isPurchase, gapSeconds: GAP_SECONDS, itemsMax: ITEMS_MAX, byBasket: true })
  const byItem = neighbourhoodRidge(onesOf(baskets), { itemCount: data.itemCount, neighbours, ridge }, progress)
  return packWeights(KIND, byItem, data.itemCount)
}

/** Baskets by items, 1 where it lay in it; items ascending within a basket. */
function onesOf({ starts, items }: Visits): Rows {
  const columns = items.slice()
  for (let basket = 0; basket + 1 < starts.length; basket++) columns.subarray(starts[basket], starts[basket + 1]).sort()
  return { starts, columns, values: new Float32Array(columns.length).fill(1) }
}
