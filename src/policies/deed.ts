/**
 * Deeds: what a shopper did with an item, as far as it still stands.
 *
 * Looking at something again does not undo that it lies in the cart or was bought; everything else is replaced by what comes after it. So
 * the standing deed is the latest that is no view, and its moment that of the latest event of any kind.
 */
import { INTERACTION_WEIGHTS, PURCHASE_WEIGHT } from './interaction-weight.ts'

/** In the order of their codes; 'unknown' is of a body that was written before deeds were kept. */
export const DEEDS = ['unknown', 'viewed', 'carted', 'bought', 'returned'] as const
export type Deed = (typeof DEEDS)[number]

/** The last that a shopper had to do with an item. */
export interface Recent {
  readonly item: number
  readonly deed: Deed
  /** Of the latest event, seconds since 1970; 0 where nobody knows. */
  readonly seconds: number
}

const BY_TYPE: Readonly<Record<string, Deed>> = {
  view: 'viewed',
  click: 'viewed',
  'add-to-cart': 'carted',
  purchase: 'bought',
  return: 'returned',
}

/**
 * The deed of an outcome about an item; null for types that teach nothing. A view that names a decision is the sight of a slate and teaches
 * nothing either: whoever was shown an item did not ask for it. One that names none is the opening of the item's page.
 */
export function deedOfOutcome(type: string, ofDecision: boolean): Deed | null {
  return type === 'view' && ofDecision ? null : (BY_TYPE[type] ?? null)
}

/** The deed behind a weight of training data. */
export function deedOfWeight(weight: number): Deed {
  if (weight < 0) return 'returned'
  if (weight >= PURCHASE_WEIGHT) return 'bought'
  return weight >= INTERACTION_WEIGHTS['add-to-cart']! ? 'carted' : 'viewed'
}

/** What stands after `next` when `before` stood. */
export function standing(before: Deed, next: Deed): Deed {
  return next === 'viewed' && before !== 'unknown' ? before : next
}
