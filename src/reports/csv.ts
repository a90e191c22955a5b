/**
 * Comma-separated values (RFC 4180), safe to open in a spreadsheet.
 *
 * A spreadsheet runs a text that begins with = + - or @ as a formula, and some skip a leading tab or line break to get there. Such texts
 * get a leading apostrophe, which spreadsheets hide. Numbers are numbers: −0.5 stays −0.5.
 * @see RFC 4180, doi:10.17487/RFC4180
 */

/** `decimal`: a number written out, exact beyond what a double holds. */
export type Cell = string | number | boolean | { readonly decimal: string } | undefined

const FORMULA = /^[=+\-@\t\r\n]/
const NEEDS_QUOTES = /[",\r\n]/

/** Rows with the same columns, the header first; every line ends with CR LF. */
export function csvOf<Column extends string>(columns: readonly Column[], rows: readonly Partial<Record<Column, Cell>>[]): string {
  const lines = [columns.map(cellOf).join(',')]
  for (const row of rows) lines.push(columns.map((column) => cellOf(row[column])).join(','))
  return `${lines.join('\r\n')}\r\n`
}

function cellOf(cell: Cell): string {
  if (cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  if (typeof cell === 'object') return cell.decimal
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  if (FORMULA.test(cell)) return quoted(`'${cell}`)
  return NEEDS_QUOTES.test(cell) ? quoted(cell) : cell
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
