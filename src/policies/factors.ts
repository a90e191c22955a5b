/**
 * factors: vectors of items and shoppers that were trained elsewhere, such as by Spark's ALS.
 *
 *     sᵢ = xᵀyᵢ      x the shopper's own vector where it came along, else folded in from the page, the cart and the history
 *
 * On the page of an item, and with something in the cart, the shopper is folded in always: a stored vector knows nothing of here and now. Every
 * item is looked at, or of many those where an index points (cell-index.ts), which was built and tested when they were imported.
 */
import { z } from 'zod'
import { type Factors, unpackFactors } from './factors-body.ts'
import { newFoldIn } from './fold-in.ts'
import { unitRowOf } from './history-body.ts'
import type { PolicyKind, RankRequest, Scorer, Why } from './policy.ts'
import { scoredRanker } from './scored-ranker.ts'
import { gatherSeeds, newSeeds } from './seeds.ts'
import { newVectorScan } from './vector-scan.ts'

const KIND = 'factors'
const HISTORY_MAX = 50

const parameters = z.strictObject({
  alpha: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .meta({ description: 'α of the training: how much more an item they had weighs than one they had not.' }),
  ridge: z
    .number()
    .positive()
    .max(1000)
    .default(0.1)
    .meta({ description: 'λ of the training, taken times the number of items they had, as Spark does.' }),
  repeat: z.boolean().default(false).meta({ description: 'Whether items of the shopper’s history may be recommended again.' }),
})
type Parameters = z.output<typeof parameters>

const BY_TASTE: Why = { kind: 'rule', rule: 'stored-factors' }

export const factors: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Imported factors',
  description: 'Vectors that were trained elsewhere, such as by Spark’s ALS; imported with "croupier import factors".',
  parameters,
  isImported: true,
  open: (key, body, given, { catalogue }) => {
    if (body === null) throw new Error('factors need to be imported first: croupier import factors.')
    const opened = unpackFactors(body.bytes)
    const itemCount = opened.items.reduce((most, item) => Math.max(most, item), catalogue.size - 1) + 1
    const { repeat } = given
    return scoredRanker(scorerOf(opened, { ...given, itemCount }), { key, kind: KIND, modelVersion: body.version, itemCount, repeat })
  },
}

function scorerOf(body: Factors, { alpha, ridge, itemCount }: Parameters & { readonly itemCount: number }): Scorer {
  const { rank, items, itemFactors: vectors, units, unitFactors, index } = body
  const { placeOf, scan, nothing } = newVectorScan({ rank, items, vectors, index, itemCount })
  const foldIn = newFoldIn({ ...body, placeOf, alpha, ridge })
  const seeds = newSeeds(HISTORY_MAX, itemCount)
  /** One kind of array for both ways, so that the scan stays one tight loop. */
  const own = new Float64Array(rank)
  let isFoldedIn = false

  const stored = ({ unit, item, cart }: RankRequest): Float64Array | null => {
    if (!unit || item !== null || cart.length > 0) return null
    const row = unitRowOf(units, unit)
    if (row < 0) return null
    own.set(unitFactors.subarray(row * rank, (row + 1) * rank))
    return own
  }

  return {
    score: (request, wanted) => {
      const known = stored(request)
      isFoldedIn = known === null
      gatherSeeds(seeds, request, { itemCount, historyMax: HISTORY_MAX })
      const vector = known ?? foldIn.vectorOf(seeds)
      return vector === null ? nothing : scan(vector, request, wanted)
    },
    explain: (item) => {
      const reason = isFoldedIn ? foldIn.reasonFor(placeOf[item]!) : null
      return reason ? { kind: 'because-of', ...reason } : BY_TASTE
    },
  }
}
