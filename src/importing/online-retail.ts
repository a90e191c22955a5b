/**
 * The preset for Online Retail: a year of sales of a British gift wholesaler, 541,909 rows.
 *
 * Rules in their order, a row is counted at the first that holds: an exact copy of a recent row · a code that is no product (postage,
 * fees, vouchers, samples, manual entries) · a negative quantity without a cancellation (a stock adjustment) · a price ≤ 0. What
 * remains is a purchase, or a return when the invoice number begins with C. Rows without a customer stay, for popularity, without a
 * shopper.
 * @see Chen, Sain & Guo (2012), doi:10.1057/dbm.2012.17; UCI Machine Learning Repository 352, CC BY 4.0
 */
import { itemSummary } from './item-summary.ts'
import type { Unmappable } from './mapping.ts'
import { retailFacts } from './online-retail-facts.ts'
import { CURRENCY, type Sale, saleColumns, saleReader } from './online-retail-sale.ts'
import type { Preset, PresetReading } from './preset.ts'
import { recentRecords } from './recent-records.ts'
import { type Accepted, isRefused } from './refusal.ts'
import type { InteractionRow } from './row-reader.ts'

const RULES = {
  'exact-duplicate': 'an exact copy of one of the last 500 rows',
  'not-a-product': 'postage, carriage, fees, vouchers, samples, discounts, manual entries, tests',
  'stock-adjustment': 'a negative quantity without a cancellation',
  'price-not-positive': 'a price of zero or less',
} as const
const NOTES = { none: [], returned: ['cancellations, taken as returns'], nobody: ['without a shopper'] } as const

export const onlineRetail: Preset = {
  key: 'online-retail',
  title: 'Online Retail (UCI 352)',
  rulesVersion: 1,
  rules: RULES,
  remarks: [
    'Times carry no zone and are read as UTC; the shop was in the United Kingdom.',
    'Stock codes that differ in upper and lower case only are one item.',
    `An item’s title is its most frequent description, its price the lower median of the unit prices, in ${CURRENCY}.`,
  ],
  open,
}

function open(columns: readonly string[]): PresetReading | Unmappable {
  const at = saleColumns(columns)
  if ('because' in at) return at
  const facts = retailFacts()
  const summary = itemSummary()
  const isCopy = recentRecords()
  const readSale = saleReader(at)
  return {
    kind: 'reading',
    items: () => summary.items(CURRENCY),
    facts: () => facts.list(),
    read(cells, raw) {
      const sale = readSale(cells)
      if (isRefused(sale)) return sale
      const copy = isCopy(raw)
      facts.add(sale, copy)
      const rule = copy ? 'exact-duplicate' : ruleAgainst(sale)
      if (rule) return { kind: 'skipped', rule }
      summary.add(sale.item.itemId, sale.description ?? '', sale.priceMinor)
      return interactionOf(sale)
    },
  }
}

/** The first rule that leaves a sale out. */
function ruleAgainst(sale: Sale): keyof typeof RULES | null {
  if (!sale.item.isProduct) return 'not-a-product'
  if (sale.quantity < 0 && !sale.cancelled) return 'stock-adjustment'
  return sale.price.units <= 0 ? 'price-not-positive' : null
}

function interactionOf(sale: Sale): Accepted<InteractionRow> {
  const sign = sale.cancelled ? -1 : 1
  const row: InteractionRow = {
    unit: sale.customer,
    itemId: sale.item.itemId,
    title: '',
    type: sale.cancelled ? 'return' : 'purchase',
    quantity: sign * Math.abs(sale.quantity),
    valueMinor: sign * Math.abs(sale.valueMinor),
    currency: CURRENCY,
    basket: sale.invoice,
    occurredAt: sale.occurredAt,
  }
  if (sale.customer !== null) return { kind: 'accepted', row, notes: sale.cancelled ? NOTES.returned : NOTES.none }
  return { kind: 'accepted', row, notes: sale.cancelled ? [...NOTES.returned, ...NOTES.nobody] : NOTES.nobody }
}
