/**
 * A generated shop with planted structure: items stand in clusters of taste, shoppers love one or two of them, and
 * fashions change.
 *
 * Most purchases come from the loved clusters, some are whatever is popular anywhere: a strategy that finds the clusters must beat
 * popularity, and one that sees the fashion as well must beat both. Everything follows from the seed.
 */
import { type Catalogue, type CatalogueItem, catalogueOf } from '../../src/policies/catalogue.ts'
import type { TrainingData } from '../../src/policies/policy.ts'
import { textOf } from '../../src/policies/words.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'

export interface PlantedShop {
  readonly data: TrainingData
  readonly catalogue: Catalogue
  readonly items: readonly CatalogueItem[]
  /** Shoppers with what they had before and what new they bought afterwards. */
  readonly shoppers: readonly { readonly history: readonly number[]; readonly bought: readonly number[] }[]
}

interface Event {
  readonly unit: number
  readonly item: number
  readonly weight: number
  readonly seconds: number
}

export const CLUSTERS = 8
export const ITEMS_A_CLUSTER = 40
const SHOPPERS = 1200
const PURCHASES = 14
const DAY = 86_400
const DAYS = 60
/** The last days are not trained on. */
const TEST_DAYS = 10
const START = 1_700_000_000
const WORDS = ['trail', 'road', 'racing', 'winter', 'kids', 'walking', 'gym', 'beach']

export function clusterOf(item: number): number {
  return Math.floor((item - 1) / ITEMS_A_CLUSTER)
}

/** Of four items one comes into fashion half-way, one goes out of it, and two are for ever. */
function inFashion(item: number, day: number): boolean {
  if (item % 4 === 3) return day > DAYS / 2
  return item % 4 !== 1 || day < DAYS / 2
}

export function plantedShop(seed: number): PlantedShop {
  const random = randomOf(seed)
  const items = Array.from({ length: CLUSTERS * ITEMS_A_CLUSTER }, (_, i) => itemOf(i + 1))
  const events = Array.from({ length: SHOPPERS }, (_, unit) => purchasesOf(unit, random))
    .flat()
    .sort((a, b) => a.seconds - b.seconds || a.unit - b.unit)
  const split = START + (DAYS - TEST_DAYS) * DAY
  const before = events.filter(({ seconds }) => seconds < split)
  const shoppers = Array.from({ length: SHOPPERS }, (_, unit) => {
    const history = [
      ...new Set(
        before
          .filter((event) => event.unit === unit)
          .map(({ item }) => item)
          .reverse(),
      ),
    ]
    const bought = [...new Set(events.filter((event) => event.unit === unit && event.seconds >= split).map(({ item }) => item))]
    return { history, bought: bought.filter((item) => !history.includes(item)) }
  })
  return { data: dataOf(before, items, SHOPPERS), catalogue: catalogueOf(items), items, shoppers }
}

export function dataOf(events: readonly Event[], items: readonly CatalogueItem[], unitCount: number): TrainingData {
  const itemCount = items.reduce((largest, { itemNo }) => Math.max(largest, itemNo), 0) + 1
  const texts = new Array<string>(itemCount).fill('')
  const categories = new Array<string | null>(itemCount).fill(null)
  for (const item of items) {
    texts[item.itemNo] = textOf(item)
    categories[item.itemNo] = item.category
  }
  return {
    units: Int32Array.from(events, ({ unit }) => unit),
    items: Int32Array.from(events, ({ item }) => item),
    weights: Float32Array.from(events, ({ weight }) => weight),
    seconds: Float64Array.from(events, ({ seconds }) => seconds),
    unitCount,
    itemCount,
    texts,
    categories,
    now: START + DAYS * DAY,
  }
}

/** A log without rows and a shop without items. */
export const NO_DATA: TrainingData = dataOf([], [], 0)

export function itemOf(itemNo: number, fields: Partial<CatalogueItem> = {}): CatalogueItem {
  return {
    itemNo,
    itemId: `sku-${itemNo}`,
    title: `${WORDS[clusterOf(itemNo) % CLUSTERS]} shoe number${itemNo}`,
    category: `category ${clusterOf(itemNo) % 4}`,
    brand: `brand ${itemNo % 7}`,
    priceMinor: null,
    marginMinor: null,
    stock: null,
    discontinued: itemNo % 37 === 0,
    ...fields,
  }
}

function purchasesOf(unit: number, random: Random): Event[] {
  const loved = [Math.floor(random.uniform() * CLUSTERS), Math.floor(random.uniform() * CLUSTERS)]
  return Array.from({ length: PURCHASES }, () => {
    const day = random.uniform() * DAYS
    const cluster = random.uniform() < 0.8 ? loved[Math.floor(random.uniform() * 2)]! : Math.floor(random.uniform() * CLUSTERS)
    return { unit, item: itemIn(cluster, day, random), weight: 5, seconds: START + Math.floor(day * DAY) }
  })
}

/** A few items of a cluster sell most; what is out of fashion hardly sells. */
function itemIn(cluster: number, day: number, random: Random): number {
  for (;;) {
    const item = 1 + cluster * ITEMS_A_CLUSTER + Math.floor(ITEMS_A_CLUSTER * random.uniform() ** 2)
    if (inFashion(item, day) || random.uniform() < 0.05) return item
  }
}
