/** One row of Online Retail as the shop wrote it, typed: before any rule says what it means for us. */
import { ID_CHARS_MAX, optionalText, requiredText, TITLE_CHARS_MAX } from './cell.ts'
import { type Decimal, decimalOf, integerOf, minorOfDecimal } from './decimal.ts'
import { plainName } from './fields.ts'
import { instantReader } from './instant.ts'
import { QUANTITY_MAX } from './interaction-reader.ts'
import type { Unmappable } from './mapping.ts'
import { isRefused, type Refused, whole } from './refusal.ts'

export const CURRENCY = 'GBP'
const CURRENCY_DIGITS = 2

export interface Sale {
  readonly invoice: string
  readonly cancelled: boolean
  /** The stock code as written, and the same in capitals. */
  readonly code: string
  readonly itemId: string
  readonly description: string | null
  readonly quantity: number
  readonly price: Decimal
  readonly priceMinor: number
  readonly valueMinor: number
  readonly customer: string | null
  readonly country: string | null
  readonly occurredAt: number
}

const NAMES = {
  invoice: ['invoiceno', 'invoice'],
  code: ['stockcode'],
  description: ['description'],
  quantity: ['quantity'],
  date: ['invoicedate'],
  price: ['unitprice', 'price'],
  customer: ['customerid'],
  country: ['country'],
} as const
export type SaleColumns = Readonly<Record<keyof typeof NAMES, number>>

/** Where the columns stand in a file. */
export function saleColumns(columns: readonly string[]): SaleColumns | Unmappable {
  const plain = columns.map(plainName)
  const found = Object.entries(NAMES).map(([name, names]) => [
    name,
    plain.findIndex((column) => (names as readonly string[]).includes(column)),
  ])
  const absent = found.filter(([, position]) => position === -1).map(([name]) => NAMES[name as keyof typeof NAMES][0])
  if (absent.length === 0) return Object.fromEntries(found) as SaleColumns
  return { kind: 'unmappable', because: `the preset looks for ${absent.join(', ')}; the file has ${columns.join(', ')}` }
}

/** Reads rows of that form. */
export function saleReader(at: SaleColumns): (cells: readonly string[]) => Sale | Refused {
  const instant = instantReader()
  return (cells) => {
    const parts = whole({
      invoice: requiredText(cells[at.invoice]!, 'InvoiceNo', ID_CHARS_MAX),
      code: requiredText(cells[at.code]!, 'StockCode', ID_CHARS_MAX),
      description: optionalText(cells[at.description]!, 'Description', TITLE_CHARS_MAX),
      quantity: integerOf(cells[at.quantity]!, 'Quantity', QUANTITY_MAX),
      price: decimalOf(cells[at.price]!, 'UnitPrice'),
      customer: optionalText(cells[at.customer]!, 'CustomerID', ID_CHARS_MAX),
      country: optionalText(cells[at.country]!, 'Country', ID_CHARS_MAX),
      occurredAt: instant(cells[at.date]!, 'InvoiceDate'),
    })
    if (isRefused(parts)) return parts
    const priceMinor = minorOfDecimal(parts.price, CURRENCY_DIGITS, 1, 'UnitPrice')
    if (isRefused(priceMinor)) return priceMinor
    const valueMinor = minorOfDecimal(parts.price, CURRENCY_DIGITS, parts.quantity, 'Quantity · UnitPrice')
    if (isRefused(valueMinor)) return valueMinor
    const customer = parts.customer?.replace(/\.0$/, '') ?? null
    return { ...parts, customer, itemId: parts.code.toUpperCase(), cancelled: parts.invoice.startsWith('C'), priceMinor, valueMinor }
  }
}
