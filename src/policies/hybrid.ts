/**
 * hybrid: the others fused, leaning towards what is in demand.
 *
 *     fᵢ = Σ_p w_p/(k + rank_p(i))      rank_p by s_p(i)⁺·((rᵢ + 1)/(Tᵢ + 10))^γ, or by s_p(i)⁺ alone for parts about demand already
 *
 * r is demand that decays with a half-life, T demand of all time, both in purchases. Fusing ranks instead of scores needs no common scale.
 * A part with nothing to say adds nothing: of an unknown shopper only popularity speaks. Of an item that came after training, and on its page,
 * whoever can read it (content) speaks for all that lean on the trend: they learned before it came, so their silence means nothing.
 *
 * The defaults were chosen on two months of a gift shop, before the month they are reported on: γ and half-life matter, k and the weights
 * hardly do.
 * @see Cormack, Clarke & Büttcher (2009), Reciprocal rank fusion, doi:10.1145/1571941.1572114
 */
import { z } from 'zod'
import { openArrays, packArrays } from './arrays.ts'
import { demandOf } from './demand.ts'
import { newFusion } from './fusion.ts'
import type { ModelBody, PolicyKind, Ranker, Scorer, Surroundings, TrainingData } from './policy.ts'
import { keepBest, rankedOf } from './scored-ranker.ts'
import { newSieve, prepare } from './sieve.ts'
import { newTopK } from './top-k.ts'
import { trendOf, trendsOf } from './trend.ts'

const KIND = 'hybrid'

const parameters = z.strictObject({
  parts: z
    .array(
      z.strictObject({
        policy: z.string().min(1).max(64).meta({ description: 'Key of the policy.' }),
        weight: z.number().positive().max(1000).meta({ description: 'How much its vote weighs.' }),
        trend: z.boolean().default(true).meta({ description: 'Whether its scores are multiplied by the trend.' }),
      }),
    )
    .min(1)
    .max(8)
    .default([
      { policy: 'collaborative', weight: 1, trend: true },
      { policy: 'content', weight: 0.2, trend: true },
      { policy: 'popularity', weight: 0.5, trend: false },
    ])
    .meta({ description: 'The policies to fuse. One that cannot score, or has no model, is left out.' }),
  halfLifeHours: z.number().min(0.5).max(87_600).default(168).meta({ description: 'Half-life of the demand that makes the trend.' }),
  trend: z.number().min(0).max(5).default(1.25).meta({ description: 'γ: how strongly the trend counts; 0 is not at all.' }),
  offset: z.number().min(0).max(1000).default(20).meta({ description: 'k: the larger, the less the first ranks of a part stand out.' }),
  repeat: z.boolean().default(false).meta({ description: 'Whether items of the shopper’s history may be recommended again.' }),
})
type Parameters = z.output<typeof parameters>

/** Ranks below this, or below the length of a longer slate, get no vote; twice as deep gained .001 of NDCG and cost 20 µs. */
const DEPTH_LEAST = 50

export const hybrid: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Hybrid',
  description: 'The other strategies fused by rank, leaning towards what is in demand now.',
  parameters,
  needs: ({ parts }) => parts.map(({ policy }) => policy),
  train,
  open,
}

function train(data: TrainingData, { halfLifeHours }: Parameters): Uint8Array {
  return packArrays(KIND, { trend: trendsOf(demandOf(data, halfLifeHours)) })
}

interface Part {
  readonly scorer: Scorer
  readonly weight: number
  readonly lift: Float64Array | null
  readonly version: string
}

function open(key: string, body: ModelBody | null, given: Parameters, around: Surroundings): Ranker {
  if (body === null) throw new Error('hybrid needs a trained model.')
  const { size } = around.catalogue
  const trained = openArrays(body.bytes, KIND).float64('trend')
  const known = trained.length
  const lift = liftOf(trained, { size, power: given.trend })
  const parts = given.parts.flatMap(({ policy, weight, trend }): Part[] => {
    const ranker = around.ranker(policy)
    return ranker?.scorer ? [{ scorer: ranker.scorer, weight, lift: trend ? lift : null, version: ranker.modelVersion }] : []
  })
  const leaning = parts.reduce((sum, part) => sum + (part.lift ? part.weight : 0), 0)
  const sieve = newSieve(size)
  const top = newTopK()
  const fused = newFusion(size)
  return {
    key,
    kind: KIND,
    modelVersion: [body.version, ...parts.map(({ version }) => version)].join('+'),
    rank: (request) => {
      prepare(sieve, request, given.repeat)
      fused.clear()
      const depth = Math.max(DEPTH_LEAST, request.size)
      const isNewPage = request.item !== null && request.item >= known
      for (const { scorer, weight, lift } of parts) {
        keepBest(top, scorer.score(request, depth), { sieve, size: depth, lift })
        const newcomers = lift ? leaning : weight
        fused.vote(top, { weight: isNewPage ? newcomers : weight, newcomers, known, offset: given.offset, explain: scorer.explain })
      }
      keepBest(top, fused.scored, { sieve, size: request.size, lift: null })
      return rankedOf(top, fused.explain)
    },
  }
}

/** The trend to the power γ by item number; items that came after training count as never sold. */
function liftOf(trend: Float64Array, { size, power }: { readonly size: number; readonly power: number }): Float64Array {
  const lift = new Float64Array(Math.max(size, trend.length)).fill(trendOf(0, 0) ** power)
  trend.forEach((value, item) => {
    lift[item] = value ** power
  })
  return lift
}
