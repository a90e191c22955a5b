/** Numbers as they stand in a cell: plain decimals, with what counts as missing, and everything else refused. */

const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const COMMA = /^([+-]?\d*),(\d+)$/
const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none'])
const YES = new Set(['t', 'yes', 'y'])
const NO = new Set(['f', 'no', 'n'])

export type CellFault = 'missing' | 'not-a-number' | 'not-yes-or-no'

/** Reads "12.5", "-3e-2", ".5", true and false as 1 and 0; "12,5" where commas do not separate cells. Never NaN, never infinite. */
export function numberOf(cell: string, commaAllowed: boolean): number | CellFault {
  const text = cell.trim()
  const plain = commaAllowed ? text.replace(COMMA, '$1.$2') : text
  if (PLAIN.test(plain)) {
    const value = Number(plain)
    return Number.isFinite(value) ? value : 'not-a-number'
  }
  const word = text.toLowerCase()
  if (MISSING.has(word)) return 'missing'
  return word === 'true' ? 1 : word === 'false' ? 0 : 'not-a-number'
}

/** Reads 0 and 1 in any spelling of numbers, and true, false, yes, no. */
export function flagOf(cell: string, commaAllowed: boolean): number | CellFault {
  const value = numberOf(cell, commaAllowed)
  if (value === 0 || value === 1 || value === 'missing') return value
  if (typeof value === 'number') return 'not-yes-or-no'
  const word = cell.trim().toLowerCase()
  return YES.has(word) ? 1 : NO.has(word) ? 0 : 'not-yes-or-no'
}
