/**
 * Words that always stand together count as one: a brand, and the same brand as an attribute.
 *
 *     v_b, ρv_b   →   √(1 + ρ²)·v_b      where two columns hold the same texts in one proportion ρ; every product of rows stays the same
 *
 * Rows become shorter by a third, and columns are numbered without gaps, so that a profile of a request fits the processor's cache.
 */
import { type Rows, transposed } from './sparse.ts'

export interface JoinedWords {
  /** The same rows with fewer, renumbered columns, ascending. */
  readonly vectors: Rows
  readonly columnCount: number
}

/** Weights are 32-bit floats: proportions that agree so far are one. */
const SAME = 1e-5

/** Joins what can be joined. O(entries + columnCount). */
export function joinedWords(vectors: Rows, columnCount: number): JoinedWords {
  const index = transposed(vectors, columnCount)
  const leaders = leadersOf(index)
  const factors = factorsOf(index, leaders)
  const numbers = new Int32Array(columnCount)
  let count = 0
  for (let column = 0; column < columnCount; column++) if (leaders[column] === column) numbers[column] = count++
  return { vectors: renumbered(vectors, { leaders, factors, numbers }), columnCount: count }
}

/** Of each column the first that it is proportional to, itself where there is none; −1 for empty ones. */
function leadersOf(index: Rows): Int32Array {
  const columnCount = index.starts.length - 1
  const leaders = new Int32Array(columnCount).fill(-1)
  const alike = new Map<number, number[]>()
  for (let column = 0; column < columnCount; column++) {
    if (index.starts[column] === index.starts[column + 1]) continue
    const hash = hashOf(index, column)
    const firsts = alike.get(hash) ?? []
    const leader = firsts.find((first) => isProportional(index, first, column))
    leaders[column] = leader ?? column
    if (leader === undefined) alike.set(hash, [...firsts, column])
  }
  return leaders
}

/** FNV-1a over the texts of a column. */
function hashOf({ starts, columns }: Rows, column: number): number {
  let hash = 0x811c9dc5
  for (let k = starts[column]!; k < starts[column + 1]!; k++) hash = Math.imul(hash ^ columns[k]!, 0x01000193)
  return hash
}

function isProportional({ starts, columns, values }: Rows, a: number, b: number): boolean {
  const from = starts[a]!
  const shift = starts[b]! - from
  if (starts[a + 1]! - from !== starts[b + 1]! - starts[b]!) return false
  const ratio = values[from + shift]! / values[from]!
  for (let k = from; k < starts[a + 1]!; k++) {
    if (columns[k] !== columns[k + shift] || Math.abs(values[k + shift]! - ratio * values[k]!) > SAME * values[k + shift]!) return false
  }
  return true
}

/** √Σρ² over what a leader stands for, itself included; 0 for the others. */
function factorsOf({ starts, values }: Rows, leaders: Int32Array): Float64Array {
  const factors = new Float64Array(leaders.length)
  leaders.forEach((leader, column) => {
    if (leader >= 0) factors[leader]! += (values[starts[column]!]! / values[starts[leader]!]!) ** 2
  })
  return factors.map(Math.sqrt)
}

interface Renumbering {
  readonly leaders: Int32Array
  readonly factors: Float64Array
  readonly numbers: Int32Array
}

function renumbered({ starts, columns, values }: Rows, { leaders, factors, numbers }: Renumbering): Rows {
  const joined = { starts: new Int32Array(starts.length), columns: new Int32Array(columns.length), values: new Float32Array(values.length) }
  let at = 0
  for (let row = 0; row + 1 < starts.length; row++) {
    for (let k = starts[row]!; k < starts[row + 1]!; k++) {
      const column = columns[k]!
      if (leaders[column] !== column) continue
      joined.columns[at] = numbers[column]!
      joined.values[at++] = values[k]! * factors[column]!
    }
    joined.starts[row + 1] = at
  }
  return { starts: joined.starts, columns: joined.columns.slice(0, at), values: joined.values.slice(0, at) }
}
