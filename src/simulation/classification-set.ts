/**
 * A classification set as a bandit's world: a row is a context, a class an arm, and only whether the chosen class was right is seen.
 * An intercept comes first, then what the columns say (classification-columns.ts).
 */
import type { Random } from '../stats/random.ts'
import { featuresOfColumns } from './classification-columns.ts'

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

/** Covariances are square. */
export const FEATURES_MAX = 128

/** A set from a table: the columns' names, and rows of text; `target` names the class. */
export function classificationSet(name: string, header: readonly string[], rows: readonly (readonly string[])[]): ClassificationSet {
  const target = header.indexOf('target')
  if (target < 0) throw new Error('There is no column "target".')
  if (rows.length === 0) throw new Error('There are no rows.')
  const classes = valuesOf(rows, target)
  const columns = header.flatMap((_, column) => (column === target ? [] : [rows.map((row) => row[column]!)]))
  const features = featuresOfColumns(columns, FEATURES_MAX)
  const contexts = rows.map((_, row) => Float64Array.from([1, ...features.map((feature) => feature[row]!)]))
  const labels = Int32Array.from(rows, (row) => classes.get(row[target]!)!)
  return { name, rows: rows.length, arms: classes.size, features: features.length, contexts, labels }
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
