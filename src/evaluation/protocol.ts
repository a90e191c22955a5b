/**
 * Protocols: what a policy is asked, and what counts as right.
 *
 *     new-items       what the shopper had before is masked; right is what was bought for the first time
 *     all-purchases   nothing is masked; right is everything bought
 *
 * Where purchases repeat (groceries, wholesale) the second is the larger part of what happens, and a policy that is good at one may be
 * poor at the other: both are always shown.
 */
import type { RankRequest } from '../policies/policy.ts'
import type { Split, TestShopper } from './split.ts'

export type ProtocolName = 'new-items' | 'all-purchases'

export interface Question {
  readonly shopper: TestShopper
  readonly bought: ReadonlySet<number>
}

/** The shoppers with something to be right about. */
export function questionsOf(name: ProtocolName, { shoppers }: Split): readonly Question[] {
  return shoppers
    .map((shopper) => ({
      shopper,
      bought: new Set(name === 'new-items' ? shopper.bought.filter((item) => !shopper.seen.has(item)) : shopper.bought),
    }))
    .filter(({ bought }) => bought.size > 0)
}

/** Asks with every sellable item allowed, or all but those the shopper has had; the mask lives until the next question. */
export function askerOf(name: ProtocolName, { sellable, at }: Split): (question: Question, size: number) => RankRequest {
  const allowed = sellable.slice()
  let masked: ReadonlySet<number> = new Set()
  return ({ shopper }, size) => {
    for (const item of masked) allowed[item] = sellable[item]!
    masked = name === 'new-items' ? shopper.seen : new Set()
    for (const item of masked) allowed[item] = 0
    const { history, purchases } = shopper
    return { size, history, purchases, now: at, item: null, cart: [], candidates: null, allowed }
  }
}
