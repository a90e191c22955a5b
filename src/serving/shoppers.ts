/**
 * Shoppers as they are now: what training knows of each, and on top of it what they have done since.
 *
 *     outcome ─▶ note ─▶ live (in this process, the latest to act kept) ─┐
 *     training ─▶ histories ─────────────────────────────────────────────┴▶ recentOf ─▶ the very next slate
 *
 * Memory is bounded by the number of noted items, not of shoppers: when there are too many, those who have been silent longest are
 * forgotten here; training has them by then. Noting the same thing twice changes nothing, so that nodes may tell each other twice.
 */
import { type Deed, type Recent, standing } from '../policies/deed.ts'

/** A shopper did something with an item. `unit` is a pseudonym of 16 bytes, `seconds` since 1970. */
export interface Noted {
  readonly unit: Uint8Array
  readonly item: number
  readonly deed: Deed
  readonly seconds: number
}

export interface Shoppers {
  note(noted: Noted): void
  /** Newest first, each item once; empty for an unknown shopper. */
  recentOf(unit: Uint8Array): readonly Recent[]
  /** How many shoppers are live, and how many items are noted of them. */
  count(): { readonly shoppers: number; readonly items: number }
  /** Forgets what was noted of a shopper. */
  forget(unit: Uint8Array): void
}

export interface ShoppersOptions {
  /** What training knows, newest first. */
  trained(unit: Uint8Array): readonly Recent[]
  /** Noted items of all shoppers together; some 100 bytes each. */
  itemsMax?: number
}

const ITEMS_MAX = 500_000
/** As many as training keeps. */
const ITEMS_A_SHOPPER = 50

export function openShoppers({ trained, itemsMax = ITEMS_MAX }: ShoppersOptions): Shoppers {
  /** In the order of their last deed. */
  const live = new Map<string, readonly Recent[]>()
  let items = 0

  const put = (name: string, recent: readonly Recent[]): void => {
    items += recent.length - (live.get(name)?.length ?? 0)
    live.delete(name)
    live.set(name, recent)
    for (const [silent, theirs] of live) {
      if (items <= itemsMax || silent === name) break
      live.delete(silent)
      items -= theirs.length
    }
  }

  return {
    note: ({ unit, item, deed, seconds }) => {
      const name = nameOf(unit)
      put(name, merged([{ item, deed, seconds }], live.get(name) ?? []))
    },
    recentOf: (unit) => {
      const since = live.get(nameOf(unit))
      return since ? merged(since, trained(unit)) : trained(unit)
    },
    count: () => ({ shoppers: live.size, items }),
    forget: (unit) => {
      const name = nameOf(unit)
      items -= live.get(name)?.length ?? 0
      live.delete(name)
    },
  }
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
