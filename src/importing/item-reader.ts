/** Reads items: one record, one item. Only mapped columns are set; an empty cell of a mapped column empties the field. */
import { ATTRIBUTE_CHARS_MAX, currencyOf, digitsOf, flagOf, ID_CHARS_MAX, optionalText, requiredText, TITLE_CHARS_MAX } from './cell.ts'
import { decimalOf, integerOf, minorOfDecimal } from './decimal.ts'
import type { Mapping } from './mapping.ts'
import { isRefused, type Refused, refused, whole } from './refusal.ts'
import type { ItemRow, ReadingOptions, RowReader } from './row-reader.ts'

const STOCK_MAX = 1_000_000_000

type CellOf = (field: string) => string | undefined

/** Opens a reader of items under a mapping. */
export function itemReader(mapping: Mapping, options: ReadingOptions): RowReader<ItemRow> {
  return (cells) => {
    const cellOf: CellOf = (field) => cells[mapping.positions.get(field) ?? -1]
    const parts = whole({
      itemId: requiredText(cellOf('itemId') ?? '', 'itemId', ID_CHARS_MAX),
      title: textOf(cellOf, 'title', TITLE_CHARS_MAX),
      category: textOf(cellOf, 'category', ID_CHARS_MAX),
      brand: textOf(cellOf, 'brand', ID_CHARS_MAX),
      seller: textOf(cellOf, 'seller', ID_CHARS_MAX),
      ...moneyOf(cellOf, options),
      stock: stockOf(cellOf('stock')),
      countries: countriesOf(cellOf('countries')),
      discontinued: discontinuedOf(cellOf('discontinued')),
      attributes: attributesOf(cells, mapping),
    })
    if (isRefused(parts)) return parts
    if ((parts.priceMinor ?? 0) < 0) return refused('number-out-of-range', 'price is negative')
    const title = parts.title === null ? '' : parts.title
    return { kind: 'accepted', row: withoutAbsent({ ...parts, title }), notes: [] }
  }
}

function textOf(cellOf: CellOf, field: string, charsMax: number): string | null | undefined | Refused {
  const cell = cellOf(field)
  return cell === undefined ? undefined : optionalText(cell, field, charsMax)
}

/** Money and its currency; all undefined when the file has no column for them. */
function moneyOf(cellOf: CellOf, options: ReadingOptions) {
  const price = cellOf('price')
  const margin = cellOf('margin')
  const named = cellOf('currency')
  if (price === undefined && margin === undefined && named === undefined) return {}
  const currency = currencyOf(named ?? '', options.currency)
  const digits = isRefused(currency) ? 0 : digitsOf(currency)
  const amountOf = (cell: string | undefined, field: string): number | null | undefined | Refused => {
    if (cell === undefined) return undefined
    if (cell.trim() === '') return null
    const decimal = decimalOf(cell.trim(), field, options.decimal)
    return isRefused(decimal) ? decimal : minorOfDecimal(decimal, digits, 1, field)
  }
  return { currency, priceMinor: amountOf(price, 'price'), marginMinor: amountOf(margin, 'margin') }
}

function stockOf(cell: string | undefined): number | null | undefined | Refused {
  if (cell === undefined) return undefined
  return cell.trim() === '' ? null : integerOf(cell.trim(), 'stock', STOCK_MAX)
}

/** Codes with anything but letters between them. */
function countriesOf(cell: string | undefined): readonly string[] | null | undefined | Refused {
  if (cell === undefined) return undefined
  const codes = cell
    .toUpperCase()
    .split(/[^\p{L}\d]+/u)
    .filter((code) => code !== '')
  const wrong = codes.find((code) => !/^[A-Z]{2}$/.test(code))
  if (wrong !== undefined) return refused('not-a-country', `countries has "${wrong}", which is no ISO 3166-1 alpha-2 code such as DE`)
  return codes.length === 0 ? null : [...new Set(codes)]
}

function discontinuedOf(cell: string | undefined): boolean | undefined | Refused {
  return cell === undefined ? undefined : flagOf(cell, 'discontinued')
}

/** Attributes with a text; an item without any has an empty object. */
function attributesOf(cells: readonly string[], mapping: Mapping): Readonly<Record<string, string>> | undefined | Refused {
  if (mapping.attributes.length === 0) return undefined
  const attributes: [string, string][] = []
  for (const { name, position } of mapping.attributes) {
    const text = optionalText(cells[position]!, `attributes.${name}`, ATTRIBUTE_CHARS_MAX)
    if (isRefused(text)) return text
    if (text !== null) attributes.push([name, text])
  }
  return Object.fromEntries(attributes)
}

/** Fields without a column are left out, so that they leave alone what is stored. */
function withoutAbsent(row: { readonly [Key in keyof ItemRow]: ItemRow[Key] | undefined }): ItemRow {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as unknown as ItemRow
}
