/**
 * popularity-decay: what sells now.
 *
 *     pᵢ = (nowᵢ + κ·eᵢ)/(Σ now + κ)                         eᵢ = everᵢ/Σ ever
 *     pᵢ(c) = (dᵢ·[i ∈ c] + κ·pᵢ)/(Σ_c d + κ)                dᵢ = pᵢ·(Σ now + κ), c the category of the page's item
 *
 * Demand decays with a half-life; where there is little of it, the estimate backs off to the parent: category → all now → all time.
 * κ is how much demand a parent's opinion is worth. Several half-lives are several policies: a ladder for an experiment to choose from.
 */
import { z } from 'zod'
import { type NamedArrays, openArrays, packArrays } from './arrays.ts'
import type { Catalogue } from './catalogue.ts'
import { demandOf } from './demand.ts'
import type { PolicyKind, RankRequest, Scored, Scorer, TrainingData, Why } from './policy.ts'
import { scoredRanker } from './scored-ranker.ts'
import { merge, newMerged, shelvesOf } from './shelves.ts'

const KIND = 'popularity-decay'

const parameters = z.strictObject({
  halfLifeHours: z
    .number()
    .min(0.5)
    .max(24 * 365 * 10)
    .default(72)
    .meta({ description: 'Hours after which a purchase counts half as much as a new one.' }),
  per: z
    .enum(['category', 'all'])
    .default('category')
    .meta({ description: 'category: on the page of an item its category comes first; all: the same list everywhere.' }),
  backOff: z
    .number()
    .positive()
    .max(1e6)
    .default(20)
    .meta({ description: 'κ: how much decayed demand (view 1, cart 3, purchase 5) the wider estimate is worth.' }),
})
type Parameters = z.output<typeof parameters>

const POPULAR: Why = { kind: 'popular' }

export const popularityDecay: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Popularity with decay',
  description: 'What sells now: demand that halves with age, by category where the page has one. The same for every shopper.',
  parameters,
  train,
  open: (key, body, given, { catalogue }) => {
    if (body === null) throw new Error('popularity-decay needs a trained model.')
    const arrays = openArrays(body.bytes, KIND)
    const demand = arrays.float64('shares')
    const options = { key, kind: KIND, modelVersion: body.version, itemCount: demand.length, repeat: true }
    return { ...scoredRanker(scorerOf(arrays, given, catalogue), options), demand }
  },
}

function train(data: TrainingData, { halfLifeHours, backOff }: Parameters): Uint8Array {
  const { now, ever } = demandOf(data, halfLifeHours)
  const nowSum = sum(now)
  const everSum = sum(ever)
  const shares = now.map((demand, i) => (everSum > 0 ? (demand + (backOff * ever[i]!) / everSum) / (nowSum + backOff) : 0))
  const sold = Int32Array.from(shares.keys()).filter((i) => shares[i]! > 0)
  const order = sold.sort((a, b) => shares[b]! - shares[a]! || a - b)
  return packArrays(KIND, { order, shares, demand: Float64Array.of(nowSum) })
}

function scorerOf(arrays: NamedArrays, { per, backOff }: Parameters, catalogue: Catalogue): Scorer {
  const order = arrays.int32('order')
  const shares = arrays.float64('shares')
  const demand = arrays.float64('demand')[0]! + backOff
  const everywhere: Scored = { items: order, count: order.length, scores: shares, sorted: true }
  const shelves = shelvesOf(order, shares, catalogue.categories)
  const merged = newMerged(shelves)
  return {
    score: (request, wanted) => {
      const category = per === 'all' || request.item === null ? null : catalogue.categories[request.item]
      const shelf = category ? shelves.byCategory.get(category) : undefined
      if (shelf === undefined) return everywhere
      const total = shelf.share * demand + backOff
      const weights = { inside: (demand + backOff) / total, outside: backOff / total }
      merge(merged, shelves, { shelf, ...weights, allowed: request.allowed, enough: enoughFor(request, wanted) })
      return merged
    },
    explain: () => POPULAR,
  }
}

/** How many items that may be shown hold `wanted` that the shopper has not had; unknown where candidates are named. */
function enoughFor({ candidates, cart, history }: RankRequest, wanted: number): number {
  return candidates === null ? wanted + 1 + cart.length + history.length : Number.POSITIVE_INFINITY
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
