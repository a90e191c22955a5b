/**
 * Purchases as they are now: those that training knows, and what was bought or sent back since.
 *
 *     trained ∪ bought since ─▶ each return takes back the latest purchase of its item before it ─▶ newest first
 *
 * A purchase is known by its item and its minute, the grain of what is trained, so that hearing of one from both sides makes one. What was
 * trained has its returns taken back already: a return before the training takes back only what the training does not have.
 */
import { NO_PURCHASES } from '../policies/past.ts'
import type { Purchases } from '../policies/policy.ts'
import { PURCHASES_MAX } from '../policies/purchases.ts'

/** Something was bought or sent back, seconds since 1970. */
export interface Trade {
  readonly item: number
  readonly deed: 'bought' | 'returned'
  readonly seconds: number
}

/** What training knows of a shopper's purchases, and up to when. */
export interface TrainedPurchases {
  readonly purchases: Purchases
  readonly until: number
}

const MINUTE_SECONDS = 60

/** Whether two are the same trade, told twice. */
export function isSameTrade(a: Trade, b: Trade): boolean {
  return a.item === b.item && a.deed === b.deed && minuteOf(a.seconds) === minuteOf(b.seconds)
}

/** O((n + m)·m) for n trained purchases and m trades, of which there are few. */
export function purchasesSince({ purchases, until }: TrainedPurchases, trades: readonly Trade[]): Purchases {
  if (trades.length === 0) return purchases
  const trained = Array.from(purchases.items, (item, at): Bought => ({ item, seconds: purchases.seconds[at]!, isTrained: true }))
  const isKnown = (trade: Trade) => trained.some((one) => one.item === trade.item && minuteOf(one.seconds) === minuteOf(trade.seconds))
  const since = trades.filter((trade) => trade.deed === 'bought' && !isKnown(trade)).map((trade) => ({ ...trade, isTrained: false }))
  let bought: readonly Bought[] = [...since, ...trained].sort((a, b) => b.seconds - a.seconds)
  const returns = trades.filter(({ deed }) => deed === 'returned').sort((a, b) => a.seconds - b.seconds)
  for (const { item, seconds } of returns) {
    const takenBack = bought.findIndex((one) => one.item === item && one.seconds <= seconds && !(one.isTrained && seconds <= until))
    bought = bought.filter((_, at) => at !== takenBack)
  }
  if (bought.length === 0) return NO_PURCHASES
  const kept = bought.slice(0, PURCHASES_MAX)
  return { items: kept.map(({ item }) => item), seconds: kept.map(({ seconds }) => seconds) }
}

interface Bought {
  readonly item: number
  readonly seconds: number
  readonly isTrained: boolean
}

function minuteOf(seconds: number): number {
  return Math.floor(seconds / MINUTE_SECONDS)
}
