/**
 * random: every item with the same chance at every place. What a log needs that is to be learned from without a bias.
 *
 *     keyᵢ = hash(seed, i), uniform in [0, 1)      slate = the items with the largest keys      P(i at place k) = 1/N
 *
 * N items pass the filters. The seed comes with the request, so that the same request gives the same slate, a longer slate begins with the
 * shorter one, and nothing is drawn here. O(items); of most items the leading half of the key says already that it is too small.
 */
import { z } from 'zod'
import type { PolicyKind, Why } from './policy.ts'
import { newSieve, passes, prepare } from './sieve.ts'
import { newTopK, offer, reset, sort } from './top-k.ts'

const KIND = 'random'

const parameters = z.strictObject({
  repeat: z.boolean().default(true).meta({ description: 'Whether items of the shopper’s history may be shown again.' }),
})
type Parameters = z.output<typeof parameters>

const EXPLORING: Why = { kind: 'rule', rule: 'random' }
const TWO_32 = 2 ** 32
const TWO_53 = 2 ** 53
const TWO_27 = 2 ** 27

export const random: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Random',
  description: 'Every item with the same chance; the probability of each place is logged.',
  parameters,
  open: (key, _body, { repeat }, { catalogue }) => {
    const sieve = newSieve(catalogue.size)
    const top = newTopK()
    return {
      key,
      kind: KIND,
      modelVersion: 'none',
      draws: true,
      rank: (request) => {
        prepare(sieve, request, repeat)
        const keys = keysOf(request.seed ?? 0)
        const drawFrom = (bar: number): number => {
          reset(top, request.size)
          let eligible = 0
          for (let item = 0; item < catalogue.size; item++) {
            if (!passes(sieve, item)) continue
            eligible++
            const leading = keys.leading(item)
            if (leading >>> 5 >= bar) offer(top, item, keys.whole(leading, item))
          }
          return eligible
        }
        const bar = barFor(request.size, catalogue.size)
        const eligible = drawFrom(bar)
        if (bar > 0 && top.count < Math.min(request.size, eligible)) drawFrom(0)
        sort(top)
        const items = Array.from(top.items.subarray(0, top.count))
        return {
          items,
          scores: Array.from(top.scores.subarray(0, top.count)),
          why: items.map(() => EXPLORING),
          propensities: items.map(() => 1 / eligible),
        }
      },
    }
  },
}

/** What the leading 27 bits reach with some four times as many items as are wanted; 0 where that is most of them. Filters may leave fewer. */
function barFor(size: number, itemCount: number): number {
  const share = (4 * size + 64) / itemCount
  return share >= 0.5 ? 0 : Math.floor((1 - share) * TWO_27)
}

/** Uniform in [0, 1) with 53 bits, from the 53 bits of a seed and a number. */
export function keyOf(seed: number, item: number): number {
  const { leading, whole } = keysOf(seed)
  return whole(leading(item), item)
}

/** The key in two steps: 32 bits of which the first 27 lead it, and all of it. */
function keysOf(seed: number) {
  const low = (seed % TWO_32) | 0
  const high = Math.floor(seed / TWO_32) | 0
  return {
    leading: (item: number): number => mixed(mixed(item ^ low) ^ high),
    whole: (leading: number, item: number): number => {
      const second = mixed(leading ^ mixed(item + 0x9e3779b9))
      return ((leading >>> 5) * 67_108_864 + (second >>> 6)) / TWO_53
    },
  }
}

/** The finaliser of MurmurHash3: every bit of the word changes half of the others. */
function mixed(word: number): number {
  let hash = word | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
