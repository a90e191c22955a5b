/**
 * A float8[] or float4[] in the text that PostgreSQL sends, {0.25,1e-05,-3}, as numbers: the same bits as Number makes of each.
 *
 *     digits / 10^decimals          one division of two exact doubles rounds once, as long as digits < 2⁵³ and decimals ≤ 22
 *
 * Everything else (more digits, exponents, NaN, Infinity) is left to Number.
 * @see Clinger (1990), How to read floating point numbers accurately, doi:10.1145/93542.93557
 */

const MINUS = 45
const COMMA = 44
const POINT = 46
const ZERO = 48
const NINE = 57
const CLOSE = 125
const DECIMALS_MAX = 22
const POWERS = Float64Array.from({ length: DECIMALS_MAX + 1 }, (_, i) => 10 ** i)

export function doublesOf(text: string): readonly number[] {
  const values: number[] = []
  if (text === '{}') return values
  let from = 1
  let digits = 0
  /** Decimals so far; −1 before the point. */
  let decimals = -1
  let isPlain = true
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= ZERO && code <= NINE) {
      digits = 10 * digits + (code - ZERO)
      if (decimals >= 0) decimals += 1
    } else if (code === POINT) decimals = 0
    else if (code === COMMA || code === CLOSE) {
      const isExact = isPlain && digits <= Number.MAX_SAFE_INTEGER && decimals <= DECIMALS_MAX
      const size = isExact ? digits / POWERS[Math.max(decimals, 0)]! : 0
      values.push(isExact ? (text.charCodeAt(from) === MINUS ? -size : size) : Number(text.slice(from, at)))
      from = at + 1
      digits = 0
      decimals = -1
      isPlain = true
    } else if (code !== MINUS || at !== from) isPlain = false
  }
  return values
}

/** A float4[]; null as it is. */
export function singlesOf(text: string | null): readonly number[] | null {
  return text === null ? null : doublesOf(text).map(Math.fround)
}
