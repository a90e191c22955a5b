/**
 * The catalogue of a running-shoe shop that does not exist: brands, lines, versions and colours, all of it from a seed.
 *
 * A line (brand, name, type) comes out in versions; a version that follows another takes its place, so that the older one is marked down
 * and in the end discontinued. Days are counted from 1970 (UTC).
 */
import { drawLognormal, drawNormal } from '../stats/draws.ts'
import { type Random, randomOf } from '../stats/random.ts'
import { oneOf, seedOf, weightedIndex } from './picking.ts'

export const SHOE_TYPES = ['road', 'trail', 'race', 'track', 'walking'] as const
export type ShoeType = (typeof SHOE_TYPES)[number]

/** From least to most. */
export const CUSHIONINGS = ['minimal', 'light', 'balanced', 'plush', 'maximal'] as const

export interface Product {
  /** Position in the catalogue. */
  readonly index: number
  readonly itemId: string
  readonly title: string
  readonly brand: string
  readonly type: ShoeType
  /** Position in CUSHIONINGS. */
  readonly cushioning: number
  readonly dropMm: number
  readonly weightG: number
  readonly colour: string
  readonly priceMinor: number
  readonly marginMinor: number
  readonly stock: number
  readonly launchDay: number
  /** When the next version came out; null while there is none. */
  readonly succeededDay: number | null
  /** No longer sold on the last day. */
  readonly discontinued: boolean
  /** How good it is, whoever looks at it: around 0.65, at most 1. */
  readonly appeal: number
}

export interface CatalogueSpan {
  readonly products: number
  /** The first and the last day of the history; the newest versions are launched between them. */
  readonly firstDay: number
  readonly lastDay: number
}

interface Build {
  readonly share: number
  readonly noun: string
  readonly priceMajor: number
  readonly weightG: number
  readonly cushioning: number
  readonly drops: readonly number[]
  readonly names: readonly string[]
}

const BUILDS: Readonly<Record<ShoeType, Build>> = {
  road: {
    ...{ share: 34, noun: 'Road Running Shoe', priceMajor: 125, weightG: 260, cushioning: 2.6, drops: [6, 8, 8, 10, 10, 12] },
    names: ['Boulevard', 'Cadence', 'Milestone', 'Daybreak', 'Avenue', 'Longstride', 'Tempo', 'Commons', 'Quayside', 'Embankment'],
  },
  trail: {
    ...{ share: 26, noun: 'Trail Running Shoe', priceMajor: 145, weightG: 305, cushioning: 2.2, drops: [0, 4, 4, 6, 8] },
    names: ['Scree', 'Heather', 'Cairn', 'Bracken', 'Ridgeway', 'Gully', 'Moorhen', 'Switchback', 'Fellside', 'Thicket'],
  },
  race: {
    ...{ share: 14, noun: 'Carbon Racing Shoe', priceMajor: 215, weightG: 205, cushioning: 2, drops: [4, 6, 8, 8] },
    names: ['Podium', 'Splitsecond', 'Breakaway', 'Negative', 'Chrono', 'Lastlap'],
  },
  track: {
    ...{ share: 9, noun: 'Track Spike', priceMajor: 110, weightG: 165, cushioning: 0.4, drops: [0, 2, 4] },
    names: ['Bend', 'Staccato', 'Blocks', 'Homestraight', 'Lane Eight'],
  },
  walking: {
    ...{ share: 17, noun: 'Walking Shoe', priceMajor: 95, weightG: 335, cushioning: 3.4, drops: [8, 10, 12] },
    names: ['Promenade', 'Sunday', 'Meander', 'Towpath', 'Footbridge', 'Weekender', 'Garden Mile'],
  },
}

/** Names that no maker of shoes has; what a brand asks compared with others. */
const BRANDS: readonly (readonly [name: string, price: number])[] = [
  ['Fellmark', 1.05],
  ['Windlark', 1.2],
  ['Tarnwick', 0.85],
  ['Quillon', 1.35],
  ['Osterhav', 1],
  ['Brambleway', 0.75],
  ['Pacelith', 1.1],
  ['Kitemoor', 0.9],
  ['Solvanta', 0.95],
  ['Strideholm', 1.15],
]
export const BRAND_NAMES: readonly string[] = BRANDS.map(([name]) => name)
const COLOURS = ['slate', 'ember', 'moss', 'chalk', 'midnight', 'saffron', 'glacier', 'plum', 'coral', 'graphite'] as const

const VERSION_DAYS = 330
const MARKDOWN = 0.8
/** A version is sold so long beside the one that follows it. */
const SELL_OFF_DAYS = 45
const SOLD_OUT_SHARE = 0.03

/** The products, in the order of their item ids; the same seed and span give the same. */
export function catalogueOf(seed: number, span: CatalogueSpan): readonly Product[] {
  const random = randomOf(seedOf(seed, 1))
  const products: Product[] = []
  for (let line = 0; products.length < span.products; line++) {
    for (const product of lineOf(random, line, span)) if (products.length < span.products) products.push(at(product, products.length))
  }
  return products
}

type Unplaced = Omit<Product, 'index' | 'itemId'>

function at(product: Unplaced, index: number): Product {
  return { index, itemId: `SHOE-${String(index + 1).padStart(4, '0')}`, ...product }
}

/** All versions and colours of one line. */
function lineOf(random: Random, line: number, span: CatalogueSpan): readonly Unplaced[] {
  const type =
    SHOE_TYPES[
      weightedIndex(
        random,
        Object.values(BUILDS).map(({ share }) => share),
      )
    ]!
  const build = BUILDS[type]
  const [brand, price] = oneOf(random, BRANDS)
  const cushioning = Math.min(4, Math.max(0, Math.round(build.cushioning + 0.9 * drawNormal(random))))
  const name = build.names[line % build.names.length]!
  const model = {
    type,
    brand,
    cushioning,
    dropMm: oneOf(random, build.drops),
    weightG: Math.round(build.weightG * (0.86 + 0.055 * cushioning) + 8 * drawNormal(random)),
  }
  const priceMajor = build.priceMajor * price * (0.88 + 0.05 * cushioning) * drawLognormal(random, { mu: 0, sigma: 0.12 })
  const quality = Math.min(0.92, Math.max(0.35, 0.65 + 0.14 * drawNormal(random)))
  return versionsOf(random, span).flatMap(({ version, launchDay, succeededDay }) =>
    coloursOf(random).map((colour): Unplaced => {
      const sold = succeededDay !== null && span.lastDay >= succeededDay
      const priceMinor = shopPriceOf(sold ? priceMajor * MARKDOWN : priceMajor)
      return {
        ...model,
        title: `${brand} ${name} ${version} ${build.noun}, ${colour}`,
        colour,
        priceMinor,
        marginMinor: Math.round(priceMinor * (0.3 + 0.2 * random.uniform()) * (sold ? 0.6 : 1)),
        stock: random.uniform() < SOLD_OUT_SHARE ? 0 : 10 + Math.floor(190 * random.uniform()),
        launchDay,
        succeededDay,
        discontinued: succeededDay !== null && span.lastDay - succeededDay > SELL_OFF_DAYS,
        appeal: Math.min(1, Math.max(0.2, quality + 0.08 * drawNormal(random))),
      }
    }),
  )
}

interface Version {
  readonly version: number
  readonly launchDay: number
  readonly succeededDay: number | null
}

/** One or two versions; the newest of three in ten lines is launched while the history goes on. */
function versionsOf(random: Random, { firstDay, lastDay }: CatalogueSpan): readonly Version[] {
  const isNew = random.uniform() < 0.3
  const newest = isNew
    ? firstDay + Math.floor(random.uniform() * (lastDay - firstDay))
    : firstDay - 20 - Math.floor(random.uniform() * VERSION_DAYS)
  const version = 1 + Math.floor(random.uniform() * 6)
  const versions: Version[] = [{ version, launchDay: newest, succeededDay: null }]
  if (version > 1 && random.uniform() < 0.45) {
    const launchDay = newest - VERSION_DAYS - Math.floor(60 * random.uniform())
    versions.unshift({ version: version - 1, launchDay, succeededDay: newest })
  }
  return versions
}

function coloursOf(random: Random): readonly string[] {
  const first = Math.floor(random.uniform() * COLOURS.length)
  const count = 1 + weightedIndex(random, [3, 4, 2])
  return Array.from({ length: count }, (_, i) => COLOURS[(first + 3 * i) % COLOURS.length]!)
}

/** Shops end their prices on 4.95 or 9.95. */
function shopPriceOf(major: number): number {
  return Math.max(20, Math.round(major / 5) * 5) * 100 - 5
}
