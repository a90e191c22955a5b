/**
 * buy-again: what the shopper bought before and is due to buy again.
 *
 *     sᵢ = cᵢ·Φ((ln gᵢ − μᵢ)/σᵢ)^δ      cᵢ = Σ 2^(−age/h) over the shopper's orders of i      gᵢ the time since the last of them
 *
 * Φ is the part of gaps between two orders of i by one shopper that are shorter than g: just after buying nothing is due, after the usual
 * time everything is. Gaps are lognormal, with mean and spread shrunken towards the category and that towards all items, so that an item
 * that two people bought twice does not invent a rhythm. Says nothing to whoever has not bought; needs `purchases` and `now`.
 * δ is 0 unless set: on both shops it was tried on (gifts, groceries) every δ lost, because the next order often follows the last at once.
 * @see Bhagat, Muralidharan, Lobzhanidze & Vishwanath (2018), Buy it again, doi:10.1145/3219819.3219891
 */
import { z } from 'zod'
import { normalCdf } from '../stats/normal.ts'
import { openArrays, packArrays } from './arrays.ts'
import type { PolicyKind, RankRequest, Scorer, TrainingData, Why } from './policy.ts'
import { gapsOf } from './repeat-gaps.ts'
import { scoredRanker } from './scored-ranker.ts'
import { clear, newScratch } from './scratch.ts'

const KIND = 'buy-again'

const parameters = z.strictObject({
  halfLifeDays: z
    .number()
    .min(1)
    .max(36_500)
    .default(240)
    .meta({ description: 'h: days after which an order counts half as much as a new one.' }),
  dueness: z.number().min(0).max(5).default(0).meta({ description: 'δ: how strongly it counts that an item is due; 0 is not at all.' }),
  backOff: z
    .number()
    .positive()
    .max(1e6)
    .default(20)
    .meta({ description: 'How many gaps the rhythm of the category (or of all items) is worth against the item’s own.' }),
})
type Parameters = z.output<typeof parameters>

const DAY_SECONDS = 86_400

export const buyAgain: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Buy again',
  description: 'What the shopper bought before and, by the usual time between two orders of an item, is due to buy again.',
  parameters,
  train,
  open: (key, body, given) => {
    if (body === null) throw new Error('buy-again needs a trained model.')
    const arrays = openArrays(body.bytes, KIND)
    const rhythms = { means: arrays.float64('means'), deviations: arrays.float64('deviations') }
    const itemCount = rhythms.means.length
    return scoredRanker(scorerOf(rhythms, given), { key, kind: KIND, modelVersion: body.version, itemCount, repeat: true })
  },
}

function train(data: TrainingData, { backOff }: Parameters): Uint8Array {
  const { means, deviations } = gapsOf(data, backOff)
  return packArrays(KIND, { means, deviations })
}

/** Of ln days between two orders of an item, by item number. */
interface Rhythms {
  readonly means: Float64Array
  readonly deviations: Float64Array
}

function scorerOf({ means, deviations }: Rhythms, { halfLifeDays, dueness }: Parameters): Scorer {
  const itemCount = means.length
  const scratch = newScratch(itemCount)
  const newest = new Float64Array(itemCount)
  const counted = new Float64Array(itemCount)
  const rate = 1 / (halfLifeDays * DAY_SECONDS)

  const count = ({ purchases, now }: RankRequest): void => {
    if (purchases === undefined || now === undefined) return
    const { items, seconds } = purchases
    for (let k = 0; k < items.length; k++) {
      const item = items[k]!
      const when = Math.min(seconds[k]!, now)
      if (!(item >= 0 && item < itemCount) || !Number.isFinite(when)) continue
      if (scratch.seen[item] === 0) {
        scratch.seen[item] = 1
        scratch.items[scratch.count++] = item
        newest[item] = when
      } else if (counted[item] === when) continue // Two lines of one order.
      counted[item] = when
      scratch.scores[item]! += 2 ** ((when - now) * rate)
    }
  }

  return {
    score: (request) => {
      clear(scratch)
      count(request)
      for (let k = 0; k < scratch.count; k++) {
        const item = scratch.items[k]!
        const gapDays = (request.now! - newest[item]!) / DAY_SECONDS
        // The order of a moment ago has been served: nothing of it is due.
        const due = gapDays > 0 ? normalCdf((Math.log(gapDays) - means[item]!) / deviations[item]!) : 0
        scratch.scores[item]! *= due ** dueness
      }
      return scratch
    },
    explain: (item): Why => ({ kind: 'because-of', item, share: 1 }),
  }
}
