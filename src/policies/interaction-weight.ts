/** What each thing that a shopper does with an item says about wanting it. A return takes back what the purchase said. */

export const PURCHASE_WEIGHT = 5

/** By type of interaction or outcome; other types (being shown a slate, rating an item) teach nothing here. */
export const INTERACTION_WEIGHTS: Readonly<Record<string, number>> = {
  /** The opening of an item's page. An outcome of this type that names a decision is the sight of a slate and does not count. */
  view: 1,
  click: 1,
  'add-to-cart': 3,
  purchase: PURCHASE_WEIGHT,
  return: -PURCHASE_WEIGHT,
}
