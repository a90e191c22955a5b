/** What kind of text a file is, from its beginning: NDJSON or CSV, which delimiter, which columns. What the caller says wins. */

import { damageOf } from './cell.ts'
import { csvSplitter } from './csv.ts'
import { columnsOfLines } from './ndjson.ts'

export type Format = { readonly kind: 'csv'; readonly delimiter: string } | { readonly kind: 'ndjson' }

export interface Sniffed {
  readonly format: Format
  readonly columns: readonly string[]
}

export interface FormatOptions {
  readonly format: 'auto' | 'csv' | 'ndjson'
  /** One character, or 'auto'. */
  readonly delimiter: string
}

/** How much text is looked at. */
export const SNIFFED_CHARS = 262_144
const DELIMITERS = [',', ';', '\t', '|'] as const

/** Looks at the first text of a file. `asked`: columns that the caller names. Throws a sentence when there is nothing to read. */
export function sniff(text: string, options: FormatOptions, asked: readonly string[]): Sniffed {
  if (text.trim() === '') throw new Error('The file has no rows.')
  const ndjson = options.format === 'ndjson' || (options.format === 'auto' && text.trimStart().startsWith('{'))
  if (ndjson) return { format: { kind: 'ndjson' }, columns: columnsOfLines(text, asked) }
  const delimiter = options.delimiter === 'auto' ? delimiterOf(text) : options.delimiter
  const columns = headerOf(text, delimiter).map((column) => column.trim())
  if (columns.some((column) => damageOf(column) !== null)) throw new Error('The header is not UTF-8 text (see --encoding).')
  return { format: { kind: 'csv', delimiter }, columns }
}

/** The delimiter that makes the most columns of the header. */
function delimiterOf(text: string): string {
  const widths = DELIMITERS.map((delimiter) => headerOf(text, delimiter).length)
  return DELIMITERS[widths.indexOf(Math.max(...widths))]!
}

/** The first record; empty when it does not end within the text or its quotes do not add up. */
function headerOf(text: string, delimiter: string): readonly string[] {
  let header: readonly string[] | null = null
  const keep = (cells: readonly string[]): void => {
    header ??= [...cells]
  }
  const splitter = csvSplitter(delimiter, {
    record: keep,
    broken: (_reason, _line, raw) => keep([raw]),
  })
  splitter.push(text)
  if (header === null) splitter.end()
  return header ?? []
}
