/**
 * The filter of a surface: which items may stand in its slates at all, decided before anybody ranks.
 *
 *     may be shown  =  in stock, not discontinued  ∧  sold in the shopper's country  ∧  what the surface asks  ∧  not bought, if it says so
 *
 * All but the last are the same for many requests: a byte an item, made once for each catalogue, filter, country and day, and then one look
 * an item. So a filter costs a ranking nothing, and no policy has to know of it; neither pins, boosts nor the last resort get past it.
 */
import { z } from 'zod'
import type { Catalogue } from './catalogue.ts'
import type { Past } from './past.ts'

const FIELDS = ['brand', 'category', 'seller'] as const
const CONDITIONS_MAX = 16
const VALUES_MAX = 256
const AGE_DAYS_MAX = 3650

const minor = z.number().int().min(0).max(1e12).nullable().default(null)

export const itemFilterSchema = z
  .strictObject({
    priceMinor: z
      .strictObject({ least: minor, most: minor })
      .refine(({ least, most }) => least === null || most === null || least <= most, 'least is above most')
      .prefault({})
      .meta({
        description: 'Price band in minor units (cents) of the item’s own currency; items without a price are outside of any band.',
      }),
    where: z
      .array(
        z.strictObject({
          field: z.enum(FIELDS),
          is: z.enum(['in', 'not-in']).default('in'),
          values: z.array(z.string().min(1).max(256)).min(1).max(VALUES_MAX),
        }),
      )
      .max(CONDITIONS_MAX)
      .default([])
      .meta({ description: 'All conditions have to hold; an item without the field fulfils only "not-in".' }),
    newestDays: z
      .number()
      .int()
      .min(1)
      .max(AGE_DAYS_MAX)
      .nullable()
      .default(null)
      .meta({ description: 'Only items that came into the catalogue in the last so many days.' }),
    hideBought: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether what the shopper bought and kept is left out, whatever the policy says.' }),
  })
  .meta({
    id: 'ItemFilter',
    description: 'Which items may stand in the slates of the surface. The defaults let everything pass that is sold.',
  })
export type ItemFilter = z.output<typeof itemFilterSchema>

export interface FilterRequest {
  readonly catalogue: Catalogue
  /** Absent in a surface that was stored before there were filters. */
  readonly filter?: ItemFilter | undefined
  /** As the request says it, ISO 3166-1 alpha-2; where it is unknown only items pass that may be shown everywhere. */
  readonly country: string | null
  /** Seconds since 1970. */
  readonly now: number
  readonly past: Pick<Past, 'purchases'>
}

const DAY_SECONDS = 86_400
/** Masks that are kept of one catalogue: surfaces × countries of a day, and what is left of the day before. */
const MASKS_MAX = 512
const masks = new WeakMap<Catalogue, Map<string, Uint8Array>>()

/** By item number, 1 where the item may be shown. Not to be written to. */
export function allowedItems({ catalogue, filter, country, now, past }: FilterRequest): Uint8Array {
  const mask = maskOf(catalogue, { filter, country: knownCountry(catalogue, country), day: Math.floor(now / DAY_SECONDS) })
  const { items: bought } = past.purchases
  if (!filter?.hideBought || bought.length === 0) return mask
  const own = mask.slice()
  for (let k = 0; k < bought.length; k++) own[bought[k]!] = 0
  return own
}

interface MaskKey {
  readonly filter: ItemFilter | undefined
  readonly country: string | null
  readonly day: number
}

/** A country that no item names is like none: strangers' words make no masks. */
function knownCountry({ countryNames }: Catalogue, country: string | null): string | null {
  const code = country?.toUpperCase() ?? null
  return code !== null && countryNames.has(code) ? code : null
}

function maskOf(catalogue: Catalogue, key: MaskKey): Uint8Array {
  const { filter, country, day } = key
  const isOpen = catalogue.countryNames.size === 0 && (filter === undefined || passesAll(filter))
  if (isOpen) return catalogue.allowed
  const kept = masks.get(catalogue) ?? new Map<string, Uint8Array>()
  masks.set(catalogue, kept)
  const name = JSON.stringify([filter ?? null, country, filter?.newestDays ? day : 0])
  const known = kept.get(name)
  if (known) return known
  if (kept.size >= MASKS_MAX) kept.clear()
  const mask = newMask(catalogue, key)
  kept.set(name, mask)
  return mask
}

function passesAll({ priceMinor, where, newestDays }: ItemFilter): boolean {
  return priceMinor.least === null && priceMinor.most === null && where.length === 0 && newestDays === null
}

function newMask(catalogue: Catalogue, { filter, country, day }: MaskKey): Uint8Array {
  const { size, allowed, countries } = catalogue
  const passes = filter ? conditionOf(filter, { catalogue, day }) : () => true
  const mask = new Uint8Array(size)
  for (let item = 0; item < size; item++) {
    if (allowed[item] !== 1) continue
    const only = countries[item] ?? null
    const isSoldHere = only === null || (country !== null && only.includes(country))
    if (isSoldHere && passes(item)) mask[item] = 1
  }
  return mask
}

function conditionOf(
  { priceMinor, where, newestDays }: ItemFilter,
  { catalogue, day }: { readonly catalogue: Catalogue; readonly day: number },
): (item: number) => boolean {
  const { pricesMinor, addedSeconds } = catalogue
  const columns = { brand: catalogue.brands, category: catalogue.categories, seller: catalogue.sellers }
  const conditions = where.map(({ field, is, values }) => ({ column: columns[field], wanted: is === 'in', values: new Set(values) }))
  const least = priceMinor.least ?? Number.NEGATIVE_INFINITY
  const most = priceMinor.most ?? Number.POSITIVE_INFINITY
  const anyPrice = priceMinor.least === null && priceMinor.most === null
  const since = newestDays === null ? Number.NEGATIVE_INFINITY : (day + 1 - newestDays) * DAY_SECONDS
  return (item) => {
    const price = pricesMinor[item]!
    if (!anyPrice && !(price >= least && price <= most)) return false
    if (newestDays !== null && !(addedSeconds[item]! >= since)) return false
    return conditions.every(({ column, wanted, values }) => values.has(column[item] ?? '') === wanted)
  }
}
