/**
 * Decimals as they stand in a file: digits and a scale, never a float, so that quantity × unit price is exact before it is rounded once.
 *
 *     value = quantity · units / 10^scale        minor = round(quantity · units · 10^(exponent − scale)), half away from zero
 */
import { isRefused, type Refused, refused, shown } from './refusal.ts'

export interface Decimal {
  /** All digits as one integer, at most 15 of them, so that it is exact. */
  readonly units: number
  /** Digits after the point. */
  readonly scale: number
}

export type DecimalMark = 'point' | 'comma'

const DIGITS_MAX = 15
/** A larger amount in minor units is a mistake of the file (ten billion euros), and sums stay far below 2⁵³ · 10³. */
export const MINOR_MAX = 1e12

const ZERO = 48
const POINT = 46
const COMMA = 44
const PLUS = 43
const MINUS = 45

/** Reads "12.50", "-3", ".5"; refuses "1e309", "1,234.00", "NaN", "€ 5". One pass over the characters: this runs for every row. */
export function decimalOf(cell: string, field: string, mark: DecimalMark = 'point'): Decimal | Refused {
  const markCode = mark === 'point' ? POINT : COMMA
  const first = cell.charCodeAt(0)
  let units = 0
  let digits = 0
  let scale = -1
  let significant = 0
  for (let at = first === PLUS || first === MINUS ? 1 : 0; at < cell.length; at++) {
    const code = cell.charCodeAt(at)
    if (code >= ZERO && code <= ZERO + 9) {
      digits++
      if (scale >= 0) scale++
      if (units > 0 || code > ZERO) significant++
      if (significant <= DIGITS_MAX) units = units * 10 + (code - ZERO)
    } else if (code === markCode && scale === -1) scale = 0
    else return notPlain(cell, field, mark)
  }
  if (digits === 0) return notPlain(cell, field, mark)
  while (scale > 0 && significant <= DIGITS_MAX && units % 10 === 0) {
    units /= 10
    scale--
  }
  if (significant > DIGITS_MAX) return refused('number-out-of-range', `${field} ${shown(cell)} has more than ${DIGITS_MAX} digits`)
  return { units: first === MINUS && units !== 0 ? -units : units, scale: Math.max(scale, 0) }
}

function notPlain(cell: string, field: string, mark: DecimalMark): Refused {
  const hint = mark === 'point' && /^[+-]?\d+,\d{1,2}$/.test(cell) ? ' (see --decimal comma)' : ''
  return refused('not-a-number', `${field} ${shown(cell)} is not a plain decimal number${hint}`)
}

/** Minor units of `quantity` times a decimal, in a currency with `exponent` digits; rounded once, half away from zero. */
export function minorOfDecimal(decimal: Decimal, exponent: number, quantity: number, field: string): number | Refused {
  const product = quantity * decimal.units
  const shift = exponent - decimal.scale
  const minor = Number.isSafeInteger(product) && shift >= -DIGITS_MAX ? scaled(product, shift) : Number.POSITIVE_INFINITY
  if (Math.abs(minor) > MINOR_MAX) return refused('number-out-of-range', `${field} is beyond ten billion`)
  return minor
}

/** An integer within ±`most`. */
export function integerOf(cell: string, field: string, most: number): number | Refused {
  const decimal = decimalOf(cell, field)
  if (isRefused(decimal)) return decimal
  if (decimal.scale > 0) return refused('not-an-integer', `${field} ${shown(cell)} is not a whole number`)
  if (Math.abs(decimal.units) > most) return refused('number-out-of-range', `${field} ${shown(cell)} is beyond ${most}`)
  return decimal.units
}

/** integer · 10^shift, rounded half away from zero; exact, because remainders of safe integers are. */
function scaled(integer: number, shift: number): number {
  if (shift >= 0) return integer * 10 ** shift
  const divisor = 10 ** -shift
  const size = Math.abs(integer)
  const rest = size % divisor
  const rounded = (size - rest) / divisor + (2 * rest >= divisor ? 1 : 0)
  return integer < 0 && rounded !== 0 ? -rounded : rounded
}
