/**
 * Live shoppers: they come at random moments, are shown the start page over HTTP, and what they do of it is told over HTTP.
 *
 * Their time is compressed: what takes an hour in a shop takes a second here, so that returns come back within minutes.
 */
import { decimalOf } from '../../experiments/money.ts'
import { type Reaction, reactTo } from '../../shop/behaviour.ts'
import { pickBySums } from '../../shop/picking.ts'
import type { Shopper } from '../../shop/shoppers.ts'
import { drawExponential } from '../../stats/draws.ts'
import { randomOf } from '../../stats/random.ts'
import { bodyOf, type Client } from './client.ts'
import type { DemoShop } from './demo-shop.ts'
import { openOutbox } from './outbox.ts'

export interface VisitOptions {
  readonly client: Client
  readonly shop: DemoShop
  /** Slates a second. */
  readonly rate: number
  /** Shop seconds in a second. */
  readonly speed: number
  /** True multipliers of the chance of a purchase, by arm. */
  readonly effects: ReadonlyMap<string, number>
  /** Of this run's chance. */
  readonly seed: number
}

export interface Visits {
  readonly tally: Tally
  /** Nobody comes any more; those inside finish at once, returns included. */
  close(): Promise<void>
}

export interface Tally {
  slates: number
  outcomes: number
  /** Purchases less returns. */
  netMinor: number
  /** Requests without a good answer, refused outcomes, and visits that found no room. */
  failures: number
  /** Of the latest slates, in milliseconds; a ring. */
  readonly latencies: number[]
}

/** Visits by somebody whom no history knows. */
const NEWCOMERS = 0.12
const NEWCOMER_NUMBERS = 1e9
const IN_HAND_MAX = 256
const LATENCIES = 1_000
const DAY_MS = 86_400_000

export function openVisits({ client, shop, rate, speed, effects, seed }: VisitOptions): Visits {
  const random = randomOf(seed)
  const sums = runningSums(shop.shoppers.map(({ activity }) => activity))
  const owned = new Map<string, Set<number>>()
  const tally: Tally = { slates: 0, outcomes: 0, netMinor: 0, failures: 0, latencies: [] }
  const inHand = new Set<Promise<void>>()
  const moneyOf = new Map<string, number>()
  const outbox = openOutbox(
    client,
    ({ outcomeId }) => {
      tally.outcomes++
      tally.netMinor += moneyOf.get(outcomeId) ?? 0
      moneyOf.delete(outcomeId)
    },
    (count) => {
      tally.failures += count
    },
  )

  const somebody = (): Shopper =>
    shop.shopper(
      random.uniform() < NEWCOMERS ? shop.shoppers.length + Math.floor(random.uniform() * NEWCOMER_NUMBERS) : pickBySums(random, sums),
    )

  async function visit(shopper: Shopper): Promise<void> {
    const { unit, device, country } = shopper
    const answer = await client.send('POST', '/v1/slates', { surface: 'home', unit, context: { device, country } })
    const slate = bodyOf(answer, 'Asking for a slate')
    tally.latencies[tally.slates++ % LATENCIES] = answer.milliseconds
    if (slate.token === null) return
    const items = (slate.items as readonly { readonly itemId: string }[]).map(({ itemId }) => shop.product(itemId))
    const own = owned.get(unit) ?? new Set<number>()
    const day = Math.floor(Date.now() / DAY_MS)
    const reactions = reactTo(shopper, items, random, { day, owned: own, effect: effects.get(slate.experiment?.arm) ?? 1 })
    const shownAt = performance.now()
    for (const [i, reaction] of reactions.entries()) {
      const itemId = reaction.rank === null ? null : slate.items[reaction.rank].itemId
      const outcomeId = `${slate.decisionId}-${i}`
      if (reaction.valueMinor !== 0) moneyOf.set(outcomeId, reaction.valueMinor)
      if (reaction.type === 'purchase') owned.set(unit, own.add(items[reaction.rank!]!.index))
      outbox.put(
        { outcomeId, token: slate.token, ...told(reaction, itemId, shop.settings.currency) },
        shownAt + (reaction.delaySeconds * 1000) / speed,
      )
    }
  }

  let due = performance.now()
  let timer: NodeJS.Timeout
  const arrivals = (): void => {
    for (; due <= performance.now(); due += (drawExponential(random) * 1000) / rate) {
      if (inHand.size >= IN_HAND_MAX) tally.failures++
      else {
        const one = visit(somebody()).catch(() => void tally.failures++)
        inHand.add(one)
        void one.then(() => inHand.delete(one))
      }
    }
    timer = setTimeout(arrivals, Math.max(1, due - performance.now()))
  }
  arrivals()

  return {
    tally,
    async close() {
      clearTimeout(timer)
      await Promise.all(inHand)
      await outbox.close()
    },
  }
}

function told({ type, quantity, valueMinor }: Reaction, itemId: string | null, currency: string): object {
  const paid = valueMinor === 0 ? {} : { value: decimalOf(BigInt(Math.abs(valueMinor)), currency), currency }
  return { type, quantity, ...(itemId === null ? {} : { itemId }), ...paid }
}

function runningSums(weights: readonly number[]): Float64Array {
  const sums = new Float64Array(weights.length)
  weights.forEach((weight, i) => {
    sums[i] = weight + (i > 0 ? sums[i - 1]! : 0)
  })
  return sums
}
