/** A numeric[] of whole numbers in the text that PostgreSQL sends, {12,0,-5}: as plain numbers when all of them are safe. */

export type Wholes = readonly bigint[] | Float64Array

const MINUS = 45
const COMMA = 44
const ZERO = 48
const CLOSE = 125

export function wholesOf(text: string): Wholes {
  if (text === '{}') return new Float64Array(0)
  let length = 1
  for (let at = 1; at < text.length; at++) if (text.charCodeAt(at) === COMMA) length++
  const values = new Float64Array(length)
  let i = 0
  let value = 0
  let isNegative = false
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === MINUS) isNegative = true
    else if (code === COMMA || code === CLOSE) {
      if (value > Number.MAX_SAFE_INTEGER) return text.slice(1, -1).split(',').map(BigInt)
      values[i++] = isNegative ? -value : value
      value = 0
      isNegative = false
    } else value = 10 * value + (code - ZERO)
  }
  return values
}
