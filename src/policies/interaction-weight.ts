/** What each thing that a shopper does with an item says about wanting it. A return takes back what the purchase said. */

export const PURCHASE_WEIGHT = 5

/** By type of interaction or outcome; other types (being shown an item, rating it) teach nothing here. */
export const INTERACTION_WEIGHTS: Readonly<Record<string, number>> = {
  click: 1,
  'add-to-cart': 3,
  purchase: PURCHASE_WEIGHT,
  return: -PURCHASE_WEIGHT,
}

/** In the shop's own history a view is the opening of an item's page; in outcomes it is the sight of a slate, and teaches nothing. */
export const HISTORY_WEIGHTS: Readonly<Record<string, number>> = { view: 1, ...INTERACTION_WEIGHTS }
