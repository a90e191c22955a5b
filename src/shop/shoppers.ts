/**
 * Shoppers and their tastes. Each is one of a few kinds of runner, with wishes of their own around the kind's.
 *
 *     match = type × brand × exp(−½(Δcushioning/1.1)²) × exp(−½(ln price ratio/0.4)²)      in (0, 1]
 *
 * The match is what nobody can see and every strategy tries to guess. A shopper follows from the seed and a number alone, so that there is
 * always another one.
 */
import { drawLognormal, drawNormal } from '../stats/draws.ts'
import { randomOf } from '../stats/random.ts'
import { BRAND_NAMES, type Product, SHOE_TYPES, type ShoeType } from './catalogue.ts'
import { oneOf, seedOf, weightedIndex } from './picking.ts'

export interface Shopper {
  readonly number: number
  /** The name that the shop knows the shopper by. */
  readonly unit: string
  /** Position in KINDS. */
  readonly kind: number
  /** By type: 1 for the favourite. */
  readonly types: Readonly<Record<ShoeType, number>>
  readonly brands: readonly string[]
  readonly cushioning: number
  readonly priceMinor: number
  /** Visits on a working day, on average. */
  readonly activity: number
  readonly device: 'mobile' | 'desktop' | 'tablet'
  readonly country: string
}

interface Kind {
  readonly name: string
  readonly share: number
  readonly types: Readonly<Record<ShoeType, number>>
  readonly cushioning: number
  readonly priceMajor: number
}

export const KINDS: readonly Kind[] = [
  { name: 'road', share: 32, types: { road: 1, trail: 0.12, race: 0.2, track: 0.03, walking: 0.15 }, cushioning: 2.8, priceMajor: 125 },
  { name: 'trail', share: 24, types: { road: 0.15, trail: 1, race: 0.05, track: 0.02, walking: 0.15 }, cushioning: 2.2, priceMajor: 145 },
  { name: 'racer', share: 14, types: { road: 0.35, trail: 0.05, race: 1, track: 0.2, walking: 0.02 }, cushioning: 1.8, priceMajor: 205 },
  { name: 'track', share: 10, types: { road: 0.2, trail: 0.03, race: 0.3, track: 1, walking: 0.02 }, cushioning: 0.6, priceMajor: 115 },
  { name: 'walker', share: 20, types: { road: 0.15, trail: 0.15, race: 0.02, track: 0.02, walking: 1 }, cushioning: 3.5, priceMajor: 90 },
]

const BRANDS_LOVED = 3
const OTHER_BRAND = 0.55
const CUSHIONING_SPREAD = 1.1
const PRICE_SPREAD = 0.4
const DEVICES = ['mobile', 'desktop', 'tablet'] as const
const COUNTRIES = ['DE', 'FR', 'NL', 'AT', 'IT', 'ES'] as const
const VISITS_A_DAY = 0.25

/** The shopper with this number, from 0. */
export function shopperOf(seed: number, number: number): Shopper {
  const random = randomOf(seedOf(seed, 2, number))
  const kind = weightedIndex(
    random,
    KINDS.map(({ share }) => share),
  )
  const { types, cushioning, priceMajor } = KINDS[kind]!
  const own = SHOE_TYPES.map((type) => types[type] * drawLognormal(random, { mu: 0, sigma: 0.3 }))
  const most = Math.max(...own)
  return {
    number,
    unit: `shopper-${number + 1}`,
    kind,
    types: Object.fromEntries(SHOE_TYPES.map((type, i) => [type, own[i]! / most])) as Record<ShoeType, number>,
    brands: Array.from({ length: BRANDS_LOVED }, () => oneOf(random, BRAND_NAMES)),
    cushioning: cushioning + 0.6 * drawNormal(random),
    priceMinor: 100 * priceMajor * drawLognormal(random, { mu: 0, sigma: 0.2 }),
    activity: VISITS_A_DAY * drawLognormal(random, { mu: -0.18, sigma: 0.6 }),
    device: DEVICES[weightedIndex(random, [6, 3, 1])]!,
    country: COUNTRIES[weightedIndex(random, [50, 15, 10, 10, 8, 7])]!,
  }
}

/** How well a product suits a shopper, in (0, 1]. */
export function matchOf(shopper: Shopper, product: Product): number {
  const brand = shopper.brands.includes(product.brand) ? 1 : OTHER_BRAND
  const cushioning = (product.cushioning - shopper.cushioning) / CUSHIONING_SPREAD
  const price = Math.log(product.priceMinor / shopper.priceMinor) / PRICE_SPREAD
  return shopper.types[product.type] * brand * Math.exp(-0.5 * (cushioning * cushioning + price * price))
}
