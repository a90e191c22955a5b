/**
 * continue: where the shopper left off. What was looked at lately and what was left in the cart, but nothing that was bought since.
 *
 *     sᵢ = w(deed)·2^(−age/h)      viewed 1, left in the cart `cartWeight`; bought and returned items are out
 *
 * Nothing to learn: the history comes with the request, and counts from the very next one.
 */
import { z } from 'zod'
import type { PolicyKind, Scorer, Why } from './policy.ts'
import { scoredRanker } from './scored-ranker.ts'
import { clear, newScratch } from './scratch.ts'

const KIND = 'continue'
const HOUR_SECONDS = 3600

const parameters = z.strictObject({
  halfLifeHours: z
    .number()
    .min(0.1)
    .max(24 * 365)
    .default(72)
    .meta({ description: 'Hours after which interest counts half.' }),
  cartWeight: z.number().positive().max(100).default(3).meta({ description: 'How much something left in the cart counts beside a view.' }),
})
type Parameters = z.output<typeof parameters>

const VIEWED: Why = { kind: 'rule', rule: 'recently-viewed' }
const CARTED: Why = { kind: 'rule', rule: 'left-in-cart' }

export const continued: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Continue',
  description: 'Where the shopper left off: recently viewed and left in the cart, without what was bought.',
  parameters,
  open: (key, _body, given, { catalogue }) =>
    scoredRanker(scorerOf(catalogue.size, given), { key, kind: KIND, modelVersion: 'none', itemCount: catalogue.size, repeat: true }),
}

function scorerOf(itemCount: number, { halfLifeHours, cartWeight }: Parameters): Scorer {
  const scratch = newScratch(itemCount)
  const carted = new Set<number>()
  return {
    score: ({ recent = [], now = 0 }) => {
      clear(scratch)
      carted.clear()
      for (const { item, deed, seconds } of recent) {
        if (!(item >= 0 && item < itemCount) || scratch.seen[item] === 1 || (deed !== 'viewed' && deed !== 'carted')) continue
        const age = Math.max(0, now - seconds) / HOUR_SECONDS
        scratch.seen[item] = 1
        scratch.items[scratch.count++] = item
        scratch.scores[item] = (deed === 'carted' ? cartWeight : 1) * 2 ** (-age / halfLifeHours)
        if (deed === 'carted') carted.add(item)
      }
      return scratch
    },
    explain: (item) => (carted.has(item) ? CARTED : VIEWED),
  }
}
