/**
 * Protocols: what a policy is asked, and what counts as right.
 *
 *     new-items       known shoppers; what they had before is masked; right is what they bought for the first time
 *     all-purchases   known shoppers; nothing is masked; right is everything they bought
 *     baskets         leave-one-out: an item of a test basket is taken out and asked for by the rest, as on a cart page of a stranger
 *
 * Where purchases repeat (groceries, wholesale) the second is the larger part of what happens, and a policy that is good at one may be
 * poor at the others: all are always shown. Strangers are asked about too, but only as a segment.
 */
import type { RankRequest } from '../policies/policy.ts'
import type { Random } from '../stats/random.ts'
import type { Split, TestShopper } from './split.ts'
import { testCartsOf } from './test-baskets.ts'

export const PROTOCOLS = ['new-items', 'all-purchases', 'baskets'] as const
export type ProtocolName = (typeof PROTOCOLS)[number]

export interface Question {
  /** Questions of one group stand together and count as one: the shopper, or the basket. */
  readonly group: number
  /** Null on a cart page: nobody knows who. */
  readonly shopper: TestShopper | null
  readonly cart: readonly number[]
  /** What is right; never empty. */
  readonly bought: ReadonlySet<number>
}

const NO_CART: readonly number[] = []
const NOTHING: ReadonlySet<number> = new Set()

/** The questions with something to be right about. Chance draws what is taken out of a basket. */
export function questionsOf(name: ProtocolName, { shoppers, test, sellable }: Split, random: Random): readonly Question[] {
  switch (name) {
    case 'new-items':
      return shoppers
        .map((shopper) => ({
          group: shopper.unit,
          shopper,
          cart: NO_CART,
          bought: new Set(shopper.bought.filter((item) => !shopper.seen.has(item))),
        }))
        .filter(({ bought }) => bought.size > 0)
    case 'all-purchases':
      return shoppers.map((shopper) => ({ group: shopper.unit, shopper, cart: NO_CART, bought: new Set(shopper.bought) }))
    case 'baskets':
      return testCartsOf(test, sellable, random).map(({ basket, cart, takenOut }) => ({
        ...{ group: basket, shopper: null, cart },
        bought: new Set([takenOut]),
      }))
  }
}

const TWO_53 = 2 ** 53

/**
 * Asks with every sellable item allowed, or all but those the shopper has had; the mask lives until the next question. For policies that
 * draw, `random` gives each question a seed: with the same source every policy draws by the same ones.
 */
export function askerOf(name: ProtocolName, { sellable, at }: Split, random: Random): (question: Question, size: number) => RankRequest {
  const allowed = sellable.slice()
  let masked = NOTHING
  return ({ shopper, cart }, size) => {
    for (const item of masked) allowed[item] = sellable[item]!
    masked = name === 'new-items' && shopper ? shopper.seen : NOTHING
    for (const item of masked) allowed[item] = 0
    const past = shopper && { history: shopper.history, recent: shopper.recent, purchases: shopper.purchases }
    const seed = Math.floor(random.uniform() * TWO_53)
    return { size, history: [], ...past, now: at, item: null, cart, candidates: null, allowed, seed }
  }
}
