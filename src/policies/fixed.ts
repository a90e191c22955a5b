/**
 * fixed: a curated list, in the order in which it was written down. What may not be shown is passed over.
 */
import { z } from 'zod'
import type { PolicyKind, Why } from './policy.ts'
import { newSieve, passes, prepare } from './sieve.ts'

const KIND = 'fixed'
const ITEMS_MAX = 1000

const parameters = z.strictObject({
  items: z.array(z.string().min(1).max(256)).max(ITEMS_MAX).default([]).meta({ description: 'Item ids, best first.' }),
  repeat: z.boolean().default(true).meta({ description: 'Whether items of the shopper’s history may be shown again.' }),
})
type Parameters = z.output<typeof parameters>

const CURATED: Why = { kind: 'rule', rule: 'curated' }

export const fixed: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Fixed list',
  description: 'A curated list, in the order in which it was written down.',
  parameters,
  open: (key, _body, { items, repeat }, { catalogue }) => {
    const known = items.map((itemId) => catalogue.numberOf(itemId)).filter((item) => item !== undefined)
    const list = [...new Set(known)]
    const sieve = newSieve(catalogue.size)
    return {
      key,
      kind: KIND,
      modelVersion: 'none',
      rank: (request) => {
        prepare(sieve, request, repeat)
        const places = list.flatMap((item, place) => (passes(sieve, item) ? [{ item, score: 1 / (place + 1) }] : [])).slice(0, request.size)
        return { items: places.map(({ item }) => item), scores: places.map(({ score }) => score), why: places.map(() => CURATED) }
      },
    }
  },
}
