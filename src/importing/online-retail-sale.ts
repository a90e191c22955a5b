/** One row of Online Retail as the shop wrote it, typed: before any rule says what it means for us. */
import { ID_CHARS_MAX, optionalText, requiredText, TITLE_CHARS_MAX } from './cell.ts'
import { type Decimal, decimalOf, integerOf, minorOfDecimal } from './decimal.ts'
import { plainName } from './fields.ts'
import { instantReader } from './instant.ts'
import { QUANTITY_MAX } from './interaction-reader.ts'
import type { Unmappable } from './mapping.ts'
import { remembered } from './memory.ts'
import { isRefused, type Refused, whole } from './refusal.ts'

export const CURRENCY = 'GBP'
const CURRENCY_DIGITS = 2
const REMEMBERED = 20_000
/** 22016 is a voucher, 23444 next-day carriage, 23702 a picture file. */
const NO_PRODUCTS = /^(POST|DOT|M|D|S|B|C2|CRUK|PADS|BANK CHARGES|AMAZONFEE|22016|23444|23702|GIFT_.*|TEST.*|ADJUST.*)$/

/** What a stock code means; one object a code, so that the look-ups behind it meet the same strings again. */
export interface Code {
  /** As written. */
  readonly code: string
  /** In capitals. */
  readonly itemId: string
  readonly isProduct: boolean
}

export interface Sale {
  readonly invoice: string
  readonly cancelled: boolean
  readonly item: Code
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
  const codeOf = remembered(REMEMBERED, readCode)
  const customerOf = remembered(REMEMBERED, readCustomer)
  return (cells) => {
    const parts = whole({
      invoice: requiredText(cells[at.invoice]!, 'InvoiceNo', ID_CHARS_MAX),
      item: codeOf(cells[at.code]!),
      description: optionalText(cells[at.description]!, 'Description', TITLE_CHARS_MAX),
      quantity: integerOf(cells[at.quantity]!, 'Quantity', QUANTITY_MAX),
      price: decimalOf(cells[at.price]!, 'UnitPrice'),
      customer: customerOf(cells[at.customer]!),
      country: optionalText(cells[at.country]!, 'Country', ID_CHARS_MAX),
      occurredAt: instant(cells[at.date]!, 'InvoiceDate'),
    })
    if (isRefused(parts)) return parts
    const priceMinor = minorOfDecimal(parts.price, CURRENCY_DIGITS, 1, 'UnitPrice')
    if (isRefused(priceMinor)) return priceMinor
    const valueMinor = minorOfDecimal(parts.price, CURRENCY_DIGITS, parts.quantity, 'Quantity · UnitPrice')
    if (isRefused(valueMinor)) return valueMinor
    return {
      ...parts,
      customer: parts.customer === '' ? null : parts.customer,
      cancelled: parts.invoice.startsWith('C'),
      priceMinor,
      valueMinor,
    }
  }
}

function readCode(cell: string): Code | Refused {
  const code = requiredText(cell, 'StockCode', ID_CHARS_MAX)
  if (isRefused(code)) return code
  const itemId = code.toUpperCase()
  return { code, itemId, isProduct: !NO_PRODUCTS.test(itemId) }
}

/** Customers came through a spreadsheet: "17850.0". Empty when nobody knows who. */
function readCustomer(cell: string): string | Refused {
  const customer = optionalText(cell, 'CustomerID', ID_CHARS_MAX)
  return isRefused(customer) ? customer : (customer ?? '').replace(/\.0$/, '')
}
