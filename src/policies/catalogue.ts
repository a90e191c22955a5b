/** The catalogue in memory: items by number, and which of them may be shown. Columns, not objects, so that a filter is one array. */

/** One item as the store reads it; `itemNo` is the database's number and the index in every column. */
export interface CatalogueItem {
  readonly itemNo: number
  readonly itemId: string
  readonly title: string
  readonly category: string | null
  readonly brand: string | null
  readonly priceMinor: number | null
  readonly marginMinor: number | null
  readonly stock: number | null
  readonly discontinued: boolean
  readonly seller?: string | null
  /** Part of the purchases that comes back, from 0 to 1. */
  readonly returnRate?: number | null
  /** When it came into the catalogue, seconds since 1970. */
  readonly addedSeconds?: number | null
  /** Where it may be shown, ISO 3166-1 alpha-2; null: everywhere. */
  readonly countries?: readonly string[] | null
}

export interface Catalogue {
  /** Largest item number + 1; index 0 is unused. */
  readonly size: number
  /** '' where there is no item. */
  readonly ids: readonly string[]
  readonly titles: readonly string[]
  readonly categories: readonly (string | null)[]
  readonly brands: readonly (string | null)[]
  readonly sellers: readonly (string | null)[]
  readonly countries: readonly (readonly string[] | null)[]
  /** Every country that some item names. */
  readonly countryNames: ReadonlySet<string>
  /** NaN where unknown. */
  readonly pricesMinor: Float64Array
  readonly marginsMinor: Float64Array
  readonly returnRates: Float64Array
  readonly stocks: Float64Array
  readonly addedSeconds: Float64Array
  /** 1 when the business rules let the item be shown: not discontinued, and in stock unless stock is not kept. */
  readonly allowed: Uint8Array
  /** Item numbers that may be shown, ascending: the last rung of the fallback ladder. */
  readonly shown: readonly number[]
  numberOf(itemId: string): number | undefined
}

/** Builds the columns; O(items). */
export function catalogueOf(items: readonly CatalogueItem[]): Catalogue {
  const size = items.reduce((largest, item) => Math.max(largest, item.itemNo), 0) + 1
  const ids = new Array<string>(size).fill('')
  const titles = new Array<string>(size).fill('')
  const categories = new Array<string | null>(size).fill(null)
  const brands = new Array<string | null>(size).fill(null)
  const sellers = new Array<string | null>(size).fill(null)
  const countries = new Array<readonly string[] | null>(size).fill(null)
  const unknown = () => new Float64Array(size).fill(Number.NaN)
  const [pricesMinor, marginsMinor, returnRates, stocks, addedSeconds] = [unknown(), unknown(), unknown(), unknown(), unknown()]
  const allowed = new Uint8Array(size)
  const numbers = new Map<string, number>()
  for (const item of items) {
    const i = item.itemNo
    ids[i] = item.itemId
    titles[i] = item.title
    categories[i] = item.category
    brands[i] = item.brand
    sellers[i] = item.seller ?? null
    countries[i] = item.countries ?? null
    pricesMinor[i] = item.priceMinor ?? Number.NaN
    marginsMinor[i] = item.marginMinor ?? Number.NaN
    returnRates[i] = item.returnRate ?? Number.NaN
    stocks[i] = item.stock ?? Number.NaN
    addedSeconds[i] = item.addedSeconds ?? Number.NaN
    allowed[i] = mayBeShown(item) ? 1 : 0
    numbers.set(item.itemId, i)
  }
  const shown: number[] = []
  for (let i = 0; i < size; i++) if (allowed[i] === 1) shown.push(i)
  const texts = { ids, titles, categories, brands, sellers, countries, countryNames: new Set(countries.flatMap((names) => names ?? [])) }
  const known = { pricesMinor, marginsMinor, returnRates, stocks, addedSeconds }
  return { size, ...texts, ...known, allowed, shown, numberOf: (itemId) => numbers.get(itemId) }
}

/** The business rules that every slate keeps. */
function mayBeShown(item: CatalogueItem): boolean {
  return !item.discontinued && (item.stock === null || item.stock > 0)
}
