/**
 * The past of a shopper, in two views that do not stand in for each other: `recent` holds each item once with the deed that stands, views
 * and carts included; `purchases` holds every purchase that was not returned with its time, so that an item may stand there often.
 */
import type { Recent } from './deed.ts'
import type { Purchases } from './policy.ts'

export interface Past {
  /** Newest first, each item once. */
  readonly recent: readonly Recent[]
  readonly purchases: Purchases
}

export const NO_PURCHASES: Purchases = { items: [], seconds: [] }
/** Of an unknown shopper. */
export const NO_PAST: Past = { recent: [], purchases: NO_PURCHASES }
