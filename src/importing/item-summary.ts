/** Makes a catalogue of a list of sales: the title an item most often has, and the price in the middle of those that were asked. */
import { detached } from './memory.ts'
import type { ItemRow } from './row-reader.ts'

export interface ItemSummary {
  add(itemId: string, title: string, priceMinor: number): void
  items(currency: string): readonly ItemRow[]
}

interface Seen {
  readonly titles: Map<string, number>
  readonly prices: Map<number, number>
  /** The last title and price, and how often they came in a row: most rows of an item repeat them, and a map is slower than ===. */
  title: string
  titleTimes: number
  price: number
  priceTimes: number
}

/** O(items × different titles and prices) memory. */
export function itemSummary(): ItemSummary {
  const seen = new Map<string, Seen>()
  return {
    add(itemId, title, priceMinor) {
      let item = seen.get(itemId)
      if (!item) {
        item = { titles: new Map(), prices: new Map(), title: detached(title), titleTimes: 0, price: priceMinor, priceTimes: 0 }
        seen.set(detached(itemId), item)
      }
      if (title !== item.title) {
        settleTitle(item)
        item.title = detached(title)
      }
      if (priceMinor !== item.price) {
        settlePrice(item)
        item.price = priceMinor
      }
      item.titleTimes++
      item.priceTimes++
    },
    items: (currency) =>
      [...seen].map(([itemId, item]) => {
        settleTitle(item)
        settlePrice(item)
        return { itemId, title: mostFrequent(item.titles), priceMinor: lowerMedian(item.prices), currency }
      }),
  }
}

function settleTitle(item: Seen): void {
  if (item.title !== '' && item.titleTimes > 0) item.titles.set(item.title, (item.titles.get(item.title) ?? 0) + item.titleTimes)
  item.titleTimes = 0
}

function settlePrice(item: Seen): void {
  if (item.priceTimes > 0) item.prices.set(item.price, (item.prices.get(item.price) ?? 0) + item.priceTimes)
  item.priceTimes = 0
}

/** Descriptions of products are written in capitals; notes of the staff ("damaged?", "check") are not. */
const PROPER = /[A-Z]{3}/

/** The title that stands most often, a proper one if there is any; the first one seen among equals. */
function mostFrequent(titles: ReadonlyMap<string, number>): string {
  const proper = [...titles].filter(([title]) => PROPER.test(title) && !title.includes('?'))
  let best = ''
  let most = 0
  for (const [title, times] of proper.length > 0 ? proper : titles) {
    if (times <= most) continue
    best = title
    most = times
  }
  return best
}

/** The lower median, so that it is a price that was really asked. */
function lowerMedian(prices: ReadonlyMap<number, number>): number {
  const ascending = [...prices].sort((a, b) => a[0] - b[0])
  const half = ascending.reduce((sum, [, times]) => sum + times, 0) / 2
  let below = 0
  for (const [price, times] of ascending) {
    below += times
    if (below >= half) return price
  }
  return 0
}
