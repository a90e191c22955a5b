/**
 * bought-together: what goes into the same basket.
 *
 *     sᵢ = tᵢ^γ·(Σⱼ (w_{ji} + ρ·cos(i, j)) + η·votesᵢ)      over the page's item and the cart j
 *
 * w comes from the neighbourhood ridge on baskets × items (basket-rows.ts), the cosine from the texts (text-weights.ts), t is the trend
 * (trend.ts); all of it is multiplied out in training, so that a request only adds rows up. The votes are those of the past baskets most like
 * the cart (basket-votes.ts): the ridge knows pairs, a basket what goes with all of the cart.
 * A ridge over each item's nearest neighbours instead of the usual lift: lift is largest for two rare things that met once, and says "bread"
 * to everything where it is damped. The shopper's history plays no part: the basket says what the basket is about. Needs baskets, or
 * purchases of one shopper within an hour; on a page without item and cart it has nothing to say.
 */
import { z } from 'zod'
import { type NamedArrays, openArrays } from './arrays.ts'
import { basketRows } from './basket-rows.ts'
import { basketVotes, openBasketIndex, packBasketIndex } from './basket-votes.ts'
import { basketsOf } from './baskets.ts'
import { demandOf } from './demand.ts'
import { packWeights, unpackWeights, type Votes, weightsScorer } from './item-weights.ts'
import { neighbourhoodRidge } from './neighbourhood-ridge.ts'
import type { PolicyKind, Progress, TrainingData } from './policy.ts'
import { scoredRanker } from './scored-ranker.ts'
import type { Rows } from './sparse.ts'
import { withTextWeights } from './text-weights.ts'
import { trendsOf } from './trend.ts'

const KIND = 'bought-together'

const parameters = z.strictObject({
  neighbours: z.number().int().min(1).max(500).default(50).meta({ description: 'M: how many nearest items each item is predicted from.' }),
  ridge: z.number().positive().max(1e6).default(20).meta({ description: 'λ: how strongly weights are pulled to 0, in baskets.' }),
  damping: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .meta({ description: 'β: a basket of n items counts n^−β; 0: all alike, 1: the items of a basket share its vote.' }),
  halfLifeDays: z.number().min(1).max(36_500).default(240).meta({ description: 'H: a basket so long ago counts half.' }),
  shoppers: z
    .number()
    .min(0)
    .max(1000)
    .default(10)
    .meta({ description: 'τ: how much it counts that a shopper bought two things at all, beside one basket; 0: baskets alone.' }),
  text: z
    .number()
    .min(0)
    .max(10)
    .default(0.04)
    .meta({ description: 'ρ: how much it counts that two things read alike, beside what the baskets say; 0: baskets alone.' }),
  trend: z.number().min(0).max(5).default(0.1).meta({ description: 'γ: how strongly the trend counts; 0 is not at all.' }),
  trendHalfLifeDays: z.number().min(0.1).max(36_500).default(60).meta({ description: 'Half-life of the demand that makes the trend.' }),
  baskets: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(30)
    .meta({ description: 'k: so many of the past baskets most like the cart vote beside the ridge; 0: none.' }),
  basketsPart: z
    .number()
    .min(0)
    .max(100)
    .default(0.5)
    .meta({ description: 'η: what their votes together add to each item that all of them hold.' }),
  latest: z
    .number()
    .int()
    .min(1)
    .max(5000)
    .default(200)
    .meta({ description: 'm: so many of the latest baskets of each item are looked through for them.' }),
  repeat: z.boolean().default(true).meta({ description: 'Whether items of the shopper’s history may be recommended again.' }),
})
type Parameters = z.output<typeof parameters>

const NO_HISTORY = 0

export const boughtTogether: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Bought together',
  description: 'What goes into the same basket as the page’s item and the cart: a ridge regression on baskets.',
  parameters,
  train,
  open: (key, body, { repeat, ...given }) => {
    if (body === null) throw new Error('bought-together needs a trained model.')
    const arrays = openArrays(body.bytes, KIND)
    const weights = unpackWeights(arrays)
    const { itemCount } = weights
    const scorer = weightsScorer(weights, NO_HISTORY, votesOf(arrays, given))
    return scoredRanker(scorer, { key, kind: KIND, modelVersion: body.version, itemCount, repeat })
  },
}

/** Bodies without an index, of an earlier release or because none was wanted, rank by the ridge alone. */
function votesOf(arrays: NamedArrays, { baskets, basketsPart, latest }: Omit<Parameters, 'repeat'>): Votes | null {
  if (baskets === 0 || !arrays.has('baskets')) return null
  return basketVotes(openBasketIndex(arrays.uint8('baskets')), { baskets, part: basketsPart, latest })
}

const DAY_HOURS = 24

function train(data: TrainingData, given: Parameters, progress: Progress): Uint8Array {
  const { neighbours, ridge, text, shoppers, damping, halfLifeDays } = given
  const { itemCount, now } = data
  const baskets = basketsOf(data)
  const rows = basketRows(data, baskets, { damping, halfLifeDays, shoppers })
  const byBaskets = neighbourhoodRidge(rows, { itemCount, neighbours, ridge }, progress)
  const byItem = withTextWeights(byBaskets, { texts: data.texts, part: text })
  const factors = factorsOf(data, given)
  const index = () => packBasketIndex(baskets, { itemCount, latest: given.latest, now, damping, halfLifeDays, factors })
  return packWeights(KIND, multiplied(byItem, factors), itemCount, given.baskets === 0 ? {} : { baskets: index() })
}

/** tᵢ^γ by item number. */
function factorsOf(data: TrainingData, { trend, trendHalfLifeDays }: Parameters): Float64Array {
  if (trend === 0) return new Float64Array(data.itemCount).fill(1)
  return trendsOf(demandOf(data, trendHalfLifeDays * DAY_HOURS)).map((of) => of ** trend)
}

/** Row i times the factor of item i. */
function multiplied({ starts, columns, values }: Rows, factors: Float64Array): Rows {
  const scaled = values.slice()
  factors.forEach((factor, item) => {
    for (let k = starts[item]!; k < starts[item + 1]!; k++) scaled[k]! *= factor
  })
  return { starts, columns, values: scaled }
}
