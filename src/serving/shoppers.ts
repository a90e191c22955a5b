/**
 * Shoppers as they are now: what training knows of each, and on top of it what they have done since.
 *
 *     outcome ─▶ note ─▶ live (in this process, the latest to act kept) ─┐
 *     training ─▶ histories ─────────────────────────────────────────────┴▶ pastOf ─▶ the very next slate
 *
 * Memory is bounded by the number of noted items and trades, not of shoppers: when there are too many, those who have been silent longest are
 * forgotten here; training has them by then. Noting the same thing twice changes nothing, so that nodes may tell each other twice.
 */
import { type Deed, type Recent, standing } from '../policies/deed.ts'
import type { Past } from '../policies/past.ts'
import type { Histories } from './histories.ts'
import { isSameTrade, purchasesSince, type Trade } from './purchases-since.ts'

/** A shopper did something with an item. `unit` is a pseudonym of 16 bytes, `seconds` since 1970. */
export interface Noted {
  readonly unit: Uint8Array
  readonly item: number
  readonly deed: Deed
  readonly seconds: number
}

export interface Shoppers {
  note(noted: Noted): void
  /** Empty for an unknown shopper. */
  pastOf(unit: Uint8Array): Past
  /** How many shoppers are live, and how many items and trades are noted of them. */
  count(): { readonly shoppers: number; readonly items: number }
  /** Forgets what was noted of a shopper. */
  forget(unit: Uint8Array): void
}

export interface ShoppersOptions {
  /** What training knows, as of its latest run. */
  trained(): Histories
  /** Noted items and trades of all shoppers together; some 100 bytes each. */
  itemsMax?: number
}

const ITEMS_MAX = 500_000
/** As many as training keeps. */
const ITEMS_A_SHOPPER = 50

/** What was noted of one shopper: each item once, and what was bought and sent back, newest first. */
interface Live {
  readonly recent: readonly Recent[]
  readonly trades: readonly Trade[]
}
const NOTHING: Live = { recent: [], trades: [] }

export function openShoppers({ trained, itemsMax = ITEMS_MAX }: ShoppersOptions): Shoppers {
  /** In the order of their last deed. */
  const live = new Map<string, Live>()
  let items = 0

  const remove = (name: string): void => {
    items -= sizeOf(live.get(name) ?? NOTHING)
    live.delete(name)
  }
  const put = (name: string, theirs: Live): void => {
    remove(name)
    live.set(name, theirs)
    items += sizeOf(theirs)
    for (const silent of live.keys()) {
      if (items <= itemsMax || silent === name) break
      remove(silent)
    }
  }

  return {
    note: ({ unit, item, deed, seconds }) => {
      const name = nameOf(unit)
      const { recent, trades } = live.get(name) ?? NOTHING
      put(name, {
        recent: merged([{ item, deed, seconds }], recent),
        trades: deed === 'bought' || deed === 'returned' ? withTrade(trades, { item, deed, seconds }) : trades,
      })
    },
    pastOf: (unit) => {
      const histories = trained()
      const past = histories.of(unit)
      const since = live.get(nameOf(unit))
      if (!since) return past
      const { purchases } = past
      return { recent: merged(since.recent, past.recent), purchases: purchasesSince({ purchases, until: histories.until }, since.trades) }
    },
    count: () => ({ shoppers: live.size, items }),
    forget: (unit) => remove(nameOf(unit)),
  }
}

function sizeOf({ recent, trades }: Live): number {
  return recent.length + trades.length
}

function withTrade(trades: readonly Trade[], trade: Trade): readonly Trade[] {
  if (trades.some((known) => isSameTrade(known, trade))) return trades
  return [trade, ...trades].sort((a, b) => b.seconds - a.seconds).slice(0, ITEMS_A_SHOPPER)
}

/** One list of two, newest first; of an item in both, what stands after both. Of equal moments the first list's come first. */
function merged(one: readonly Recent[], other: readonly Recent[]): readonly Recent[] {
  const byItem = new Map(one.map((recent) => [recent.item, recent]))
  for (const recent of other) {
    const known = byItem.get(recent.item)
    byItem.set(recent.item, known ? afterBoth(recent, known) : recent)
  }
  return [...byItem.values()].sort((a, b) => b.seconds - a.seconds).slice(0, ITEMS_A_SHOPPER)
}

function afterBoth(a: Recent, b: Recent): Recent {
  const [before, after] = a.seconds <= b.seconds ? [a, b] : [b, a]
  return { ...after, deed: standing(before.deed, after.deed) }
}

/** A short text of one byte a character, the cheapest key for a Map. */
function nameOf(unit: Uint8Array): string {
  return Buffer.from(unit.buffer, unit.byteOffset, unit.byteLength).toString('latin1')
}
