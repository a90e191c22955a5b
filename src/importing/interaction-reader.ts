/**
 * Reads interactions: one record, one thing that a shopper did with an item.
 *
 * A return is money and goods going back: it is stored with a quantity and a value ≤ 0 whichever sign the file uses. Without a type
 * column a negative quantity means a return; a row that calls itself anything else must not be negative.
 */
import { currencyOf, digitsOf, ID_CHARS_MAX, optionalText, requiredText, TITLE_CHARS_MAX, typeOf } from './cell.ts'
import { type Decimal, decimalOf, integerOf, minorOfDecimal } from './decimal.ts'
import { instantReader } from './instant.ts'
import type { Mapping } from './mapping.ts'
import { remembered } from './memory.ts'
import { isRefused, type Refused, refused, whole } from './refusal.ts'
import type { InteractionRow, ReadingOptions, RowReader } from './row-reader.ts'

/** More pieces in one row are a mistake of the file. */
export const QUANTITY_MAX = 1_000_000
const REMEMBERED = 10_000
const DEFAULT_TYPE = 'purchase'
const NO_NOTES: readonly string[] = []
const WITHOUT_SHOPPER: readonly string[] = ['without a shopper']

/** Opens a reader of interactions under a mapping. */
export function interactionReader(mapping: Mapping, options: ReadingOptions): RowReader<InteractionRow> {
  const position = (field: string): number => mapping.positions.get(field) ?? -1
  const at = {
    unit: position('unit'),
    itemId: position('itemId'),
    title: position('title'),
    type: position('type'),
    quantity: position('quantity'),
    occurredAt: position('occurredAt'),
    basket: position('basket'),
  }
  const instant = instantReader()
  const types = remembered(REMEMBERED, (cell) => (cell === '' ? '' : typeOf(cell)))
  const quantities = remembered(REMEMBERED, (cell) => integerOf(cell, 'quantity', QUANTITY_MAX))
  const money = moneyReader(mapping, options)

  return (cells) => {
    const occurred = cells[at.occurredAt]!.trim()
    const parts = whole({
      itemId: requiredText(cells[at.itemId]!, 'itemId', ID_CHARS_MAX),
      occurredAt: occurred === '' ? refused('missing', 'occurredAt is empty') : instant(occurred, 'occurredAt'),
      unit: optionalText(cells[at.unit] ?? '', 'unit', ID_CHARS_MAX),
      title: optionalText(cells[at.title] ?? '', 'title', TITLE_CHARS_MAX),
      basket: optionalText(cells[at.basket] ?? '', 'basket', ID_CHARS_MAX),
      quantity: quantities((cells[at.quantity] ?? '').trim() || '1'),
      named: types((cells[at.type] ?? '').trim()),
    })
    if (isRefused(parts)) return parts
    const { named, quantity, ...rest } = parts
    const paid = money(cells, quantity)
    if (isRefused(paid)) return paid
    const type = named !== '' ? named : quantity < 0 ? 'return' : DEFAULT_TYPE
    if (quantity === 0 && (type === 'purchase' || type === 'return')) return refused('number-out-of-range', `a ${type} of 0 pieces`)
    const signed = type === 'return' ? returned(quantity, paid) : { quantity, ...paid }
    if (type !== 'return' && (quantity < 0 || (paid.valueMinor ?? 0) < 0))
      return refused('negative-purchase', `a ${type} with a negative ${quantity < 0 ? 'quantity' : 'value'}; a return has the type return`)
    const notes = parts.unit === null ? WITHOUT_SHOPPER : NO_NOTES
    return { kind: 'accepted', row: { ...rest, title: rest.title ?? '', type, ...signed }, notes }
  }
}

interface Paid {
  readonly valueMinor: number | null
  readonly currency: string | null
}
const NOTHING_PAID: Paid = { valueMinor: null, currency: null }

/** The money of a row: its value, else its unit price times its quantity. */
function moneyReader(mapping: Mapping, options: ReadingOptions): (cells: readonly string[], quantity: number) => Paid | Refused {
  const valueAt = mapping.positions.get('value') ?? -1
  const priceAt = mapping.positions.get('unitPrice') ?? -1
  const currencyAt = mapping.positions.get('currency') ?? -1
  const values = remembered(REMEMBERED, (cell) => decimalOf(cell, 'value', options.decimal))
  const prices = remembered(REMEMBERED, (cell) => decimalOf(cell, 'unitPrice', options.decimal))
  const currencies = remembered(REMEMBERED, (cell) => currencyOf(cell, options.currency))
  return (cells, quantity) => {
    const value = (cells[valueAt] ?? '').trim()
    const price = value === '' ? (cells[priceAt] ?? '').trim() : ''
    if (value === '' && price === '') return NOTHING_PAID
    const currency = currencies((cells[currencyAt] ?? '').trim() || options.currency)
    if (isRefused(currency)) return currency
    const decimal: Decimal | Refused = value === '' ? prices(price) : values(value)
    if (isRefused(decimal)) return decimal
    if (value === '' && decimal.units < 0) return refused('number-out-of-range', 'unitPrice is negative')
    const valueMinor = minorOfDecimal(decimal, digitsOf(currency), value === '' ? quantity : 1, 'value')
    return isRefused(valueMinor) ? valueMinor : { valueMinor, currency }
  }
}

/** Goods and money going back, whichever sign the file uses. */
function returned(quantity: number, paid: Paid): Paid & { readonly quantity: number } {
  return { quantity: downOf(quantity), valueMinor: paid.valueMinor === null ? null : downOf(paid.valueMinor), currency: paid.currency }
}

function downOf(amount: number): number {
  return amount > 0 ? -amount : amount
}
