/**
 * History: weeks of what the shop's shoppers did before Croupier came, day by day, oldest first.
 *
 * Shoppers search and browse, so what they come across leans to their taste and to what is new. A generator: besides the event at hand it
 * holds one day, what is still to come of earlier ones (returns), and 4 bytes for each shopper and product.
 */
import { drawPoisson } from '../stats/draws.ts'
import { type Random, randomOf } from '../stats/random.ts'
import { type Reaction, reactTo } from './behaviour.ts'
import type { Product } from './catalogue.ts'
import { buzzOf, crowdOf, HOURS } from './demand.ts'
import { pickBySums, seedOf, weightedIndex } from './picking.ts'
import { matchOf, type Shopper } from './shoppers.ts'

export interface PastEvent {
  readonly shopper: Shopper
  readonly product: Product
  /** A view is the look at a product's page. */
  readonly type: 'view' | 'add-to-cart' | 'purchase' | 'return'
  readonly quantity: number
  /** Below 0 for a return. */
  readonly valueMinor: number
  /** Of purchases and returns; '' otherwise. */
  readonly basket: string
  /** Since 1970, whole. */
  readonly seconds: number
}

export interface Past {
  readonly seed: number
  readonly products: readonly Product[]
  readonly shoppers: readonly Shopper[]
  /** Counted from 1970; the day `lastDay` is the last one with visits. */
  readonly firstDay: number
  readonly lastDay: number
}

const DAY = 86_400
const HOUR = 3_600
/** What a shopper comes across in a visit, on average beyond the first. */
const SEEN_MORE = 11
/** How likely one comes across what does not suit at all. */
const BY_CHANCE = 0.05

const PAST_TYPES = { click: 'view', 'add-to-cart': 'add-to-cart', purchase: 'purchase', return: 'return' } as const

/** All events until the end of the last day, oldest first; what would come later is left out. */
export function* historyOf({ seed, products, shoppers, firstDay, lastDay }: Past): Generator<PastEvent> {
  const random = randomOf(seedOf(seed, 3))
  const owned = shoppers.map(() => new Set<number>())
  const tastes = shoppers.map((shopper) => Float32Array.from(products, (product) => BY_CHANCE + matchOf(shopper, product)))
  const sums = new Float64Array(products.length)
  const pending = new Map<number, PastEvent[]>()
  for (let day = firstDay; day <= lastDay; day++) {
    const demand = Float64Array.from(products, (product) => product.appeal * buzzOf(product, day))
    for (const [i, shopper] of shoppers.entries()) {
      const visits = drawPoisson(random, shopper.activity * crowdOf(day))
      for (let no = 0; no < visits; no++) {
        const seen = browse(random, products, { demand, taste: tastes[i]!, sums })
        const seconds = day * DAY + weightedIndex(random, HOURS) * HOUR + Math.floor(random.uniform() * HOUR)
        const visit = { shopper, seen, seconds, basket: `order-${day}-${shopper.number + 1}-${no + 1}` }
        for (const reaction of reactTo(shopper, seen, random, { day, owned: owned[i]! })) {
          const event = pastOf(reaction, visit)
          if (event?.type === 'purchase') owned[i]!.add(event.product.index)
          if (event) keep(pending, event)
        }
      }
    }
    const today = pending.get(day) ?? []
    pending.delete(day)
    yield* today.sort((a, b) => a.seconds - b.seconds || a.shopper.number - b.shopper.number)
  }
}

interface Mood {
  /** By index of the product. */
  readonly demand: Float64Array
  readonly taste: Float32Array
  /** Scratch. */
  readonly sums: Float64Array
}

/** What the shopper comes across, each once. */
function browse(random: Random, products: readonly Product[], { demand, taste, sums }: Mood): readonly Product[] {
  let total = 0
  for (let i = 0; i < sums.length; i++) {
    total += demand[i]! * taste[i]!
    sums[i] = total
  }
  const seen = new Set<number>()
  const wanted = 1 + drawPoisson(random, SEEN_MORE)
  for (let tries = 0; tries < wanted; tries++) seen.add(pickBySums(random, sums))
  return Array.from(seen, (index) => products[index]!)
}

interface Visit {
  readonly shopper: Shopper
  readonly seen: readonly Product[]
  readonly seconds: number
  readonly basket: string
}

/** A reaction as the shop's books have it; null for what they do not have. */
function pastOf({ type, rank, quantity, valueMinor, delaySeconds }: Reaction, { shopper, seen, seconds, basket }: Visit): PastEvent | null {
  if (type === 'view' || rank === null) return null
  return {
    shopper,
    product: seen[rank]!,
    type: PAST_TYPES[type],
    quantity,
    valueMinor,
    basket: valueMinor === 0 ? '' : basket,
    seconds: seconds + Math.floor(delaySeconds),
  }
}

function keep(pending: Map<number, PastEvent[]>, event: PastEvent): void {
  const day = Math.floor(event.seconds / DAY)
  const events = pending.get(day)
  if (events) events.push(event)
  else pending.set(day, [event])
}
