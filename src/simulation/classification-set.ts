/**
 * A classification set as a bandit's world: a row is a context, a class an arm, and only whether the chosen class was right is seen.
 *
 * Columns written as whole numbers ("7") are codes and become one feature a value, those with a decimal point ("7.0") are measurements
 * and are standardised; a column with one value says nothing and is left out. An intercept comes first.
 */
import { assert } from '../stats/assert.ts'
import type { Random } from '../stats/random.ts'

export interface ClassificationSet {
  readonly name: string
  readonly rows: number
  readonly arms: number
  /** Of a context, without the intercept. */
  readonly features: number
  /** One context a row: the intercept and the features. */
  readonly contexts: readonly Float64Array[]
  /** The right arm of each row. */
  readonly labels: Int32Array
}

/** Beyond this a set is refused: covariances are square. */
export const FEATURES_MAX = 128

/** A set from a table: the columns' names, and rows of text; `target` names the class. */
export function classificationSet(name: string, header: readonly string[], rows: readonly (readonly string[])[]): ClassificationSet {
  const target = header.indexOf('target')
  if (target < 0) throw new Error(`${name} has no column "target".`)
  if (rows.length === 0) throw new Error(`${name} has no rows.`)
  const classes = valuesOf(rows, target)
  const columns = header.flatMap((_, column) => (column === target ? [] : featuresOfColumn(rows, column)))
  if (columns.length > FEATURES_MAX) throw new Error(`${name} has ${columns.length} features, more than ${FEATURES_MAX}.`)
  const contexts = rows.map((_, row) => Float64Array.from([1, ...columns.map((column) => column[row]!)]))
  const labels = Int32Array.from(rows, (row) => classes.get(row[target]!)!)
  return { name, rows: rows.length, arms: classes.size, features: columns.length, contexts, labels }
}

/** An order of rows, every one as likely as the next. */
export function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(random.uniform() * (i + 1))
    const kept = order[i]!
    order[i] = order[other]!
    order[other] = kept
  }
  return order
}

/** Values in order of first appearance, numbered. */
function valuesOf(rows: readonly (readonly string[])[], column: number): ReadonlyMap<string, number> {
  const values = new Map<string, number>()
  for (const row of rows) if (!values.has(row[column]!)) values.set(row[column]!, values.size)
  return values
}

function featuresOfColumn(rows: readonly (readonly string[])[], column: number): readonly Float64Array[] {
  const values = valuesOf(rows, column)
  if (values.size < 2) return []
  const isCode = [...values.keys()].every((value) => /^-?\d+$/.test(value))
  if (isCode) return [...values.keys()].map((value) => Float64Array.from(rows, (row) => (row[column] === value ? 1 : 0)))
  const numbers = Float64Array.from(rows, (row) => Number(row[column]))
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  const spread = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length)
  assert(spread > 0, `a column of different numbers varies; is there one that is no number in column ${column + 1}?`)
  return [numbers.map((value) => (value - mean) / spread)]
}
