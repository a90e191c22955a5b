/**
 * Behaviour: what a shopper does with a slate, decided by taste and chance.
 *
 *     interest = match^¾ · appeal · (⅓ + ⅔·buzz)      a tenth of it for what the shopper owns
 *     click    = 0.55·interest / (1 + 0.12·rank)      from the top down, each item on its own
 *     buy      = click, then cart, then purchase; the first who wants to buy ends the visit
 *
 * A slate that suits the shopper is worth more, so a better policy truly earns more. Besides that a true effect can be planted: whoever
 * wants to buy does so with probability effect/2. The chance of a purchase from a given slate is then exactly proportional to the effect,
 * and everything else is as it was: the same chance gives the same clicks and the same carts.
 */
import { assert } from '../stats/assert.ts'
import { drawExponential } from '../stats/draws.ts'
import type { Random } from '../stats/random.ts'
import type { Product } from './catalogue.ts'
import { buzzOf } from './demand.ts'
import { matchOf, type Shopper } from './shoppers.ts'

export interface Reaction {
  readonly type: 'view' | 'click' | 'add-to-cart' | 'purchase' | 'return'
  /** Position in the slate; null for the sight of the slate itself. */
  readonly rank: number | null
  readonly quantity: number
  /** Money of the whole event: above 0 for a purchase, below 0 for a return, else 0. */
  readonly valueMinor: number
  /** After the slate was shown. */
  readonly delaySeconds: number
}

export interface Circumstances {
  /** Counted from 1970: what is new and in season. */
  readonly day: number
  /** Indexes of products that the shopper owns. */
  readonly owned?: ReadonlySet<number>
  /** True multiplier of the chance of a purchase, in [0, 2]; 1 when it is left out. */
  readonly effect?: number
}

export const EFFECT_MAX = 2

/** A match of a half is not half as interesting, but 0.6 times. */
const TASTE_POWER = 0.75
const CLICK = 0.55
const RANK_FADES = 0.12
const OWNED = 0.1
const CART = 0.3
/** Who has it in the cart wants to buy it; half of them do when the effect is 1. */
const WANT = 0.8
const TWO_PAIRS = 0.06
const RETURN_BASE = 0.05
const RETURN_OF_MISFITS = 0.3

const MINUTE = 60
const DAY = 86_400

/** What happens after a slate is shown; null stands for an item that is not the shop's. Delays ascend. */
export function reactTo(
  shopper: Shopper,
  slate: readonly (Product | null)[],
  random: Random,
  { day, owned, effect = 1 }: Circumstances,
): readonly Reaction[] {
  assert(effect >= 0 && effect <= EFFECT_MAX, `an effect lies between 0 and ${EFFECT_MAX}, not ${effect}`)
  const reactions: Reaction[] = [{ type: 'view', rank: null, quantity: 1, valueMinor: 0, delaySeconds: 0 }]
  let seconds = 0
  for (const [rank, product] of slate.entries()) {
    if (product === null) continue
    seconds += 1 + 3 * drawExponential(random)
    const interest = interestOf(shopper, product, day) * (owned?.has(product.index) ? OWNED : 1)
    if (random.uniform() >= (CLICK * interest) / (1 + RANK_FADES * rank)) continue
    const told = { rank, quantity: 1, valueMinor: 0 }
    reactions.push({ ...told, type: 'click', delaySeconds: seconds })
    seconds += 20 + 40 * drawExponential(random)
    if (random.uniform() >= CART) continue
    reactions.push({ ...told, type: 'add-to-cart', delaySeconds: seconds })
    if (random.uniform() >= WANT) continue
    const buys = random.uniform() < effect / EFFECT_MAX
    const bought = purchaseOf(shopper, product, random, seconds)
    if (buys) for (const reaction of bought) reactions.push({ rank, ...reaction })
    break
  }
  return reactions
}

/** In [0, 1]: how much the shopper would like the product that day. */
export function interestOf(shopper: Shopper, product: Product, day: number): number {
  const buzz = buzzOf(product, day)
  return buzz === 0 ? 0 : matchOf(shopper, product) ** TASTE_POWER * product.appeal * (1 / 3 + (2 / 3) * buzz)
}

/** The purchase and, perhaps, its return. Draws the same chance whether or not it comes about. */
function purchaseOf(shopper: Shopper, product: Product, random: Random, from: number): readonly Omit<Reaction, 'rank'>[] {
  const quantity = random.uniform() < TWO_PAIRS ? 2 : 1
  const valueMinor = quantity * product.priceMinor
  const delaySeconds = from + 20 * MINUTE * drawExponential(random)
  const isReturned = random.uniform() < RETURN_BASE + RETURN_OF_MISFITS * (1 - matchOf(shopper, product))
  const back = delaySeconds + (3 + 8 * random.uniform()) * DAY
  const purchase = { type: 'purchase', quantity, valueMinor, delaySeconds } as const
  return isReturned ? [purchase, { type: 'return', quantity, valueMinor: -valueMinor, delaySeconds: back }] : [purchase]
}
