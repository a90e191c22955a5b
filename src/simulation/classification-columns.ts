/**
 * Columns of a table as features, at most `most` of them.
 *
 *     words, and whole numbers of at most 50 values    one feature a value (a code: "7")
 *     other numbers                                    one standardised feature (a measurement: "7.0"); a missing one counts as the mean
 *     one value                                        nothing
 *
 * Where that is too many, whole numbers are measurements after all, those with the most values first; then words give up their rarest
 * values, which share a feature.
 */

/** One column's cells, as text. */
type Column = readonly string[]

/** How a column will be told: with a feature for each of its `kept` values (and one for the rest), or as one number. */
interface Plan {
  readonly column: Column
  /** Values by how often they occur, the most frequent first; of equals the one that came first. */
  readonly values: readonly string[]
  readonly isNumber: boolean
  features: number
}

/** Codes of whole numbers have at most this many values; more are counts. */
const CODES_MAX = 50
const MISSING: ReadonlySet<string> = new Set(['', '?', 'na', 'nan', 'null'])

/**
 * One array of cells' numbers a feature, in the order of the columns.
 * @throws when there are more columns than `most`
 */
export function featuresOfColumns(columns: readonly Column[], most: number): readonly Float64Array[] {
  const plans = columns.map(planOf).filter(({ values }) => values.length > 1)
  if (plans.length > most) throw new Error(`${plans.length} columns vary, and ${most} features are the most: leave some out.`)
  narrow(plans, most)
  return plans.flatMap((plan) => (plan.isNumber && plan.features === 1 ? [standardised(plan.column)] : oneHot(plan)))
}

function planOf(column: Column): Plan {
  const counts = new Map<string, number>()
  for (const cell of column) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  const values = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!)
  const told = values.filter((value) => !isMissing(value))
  const isNumber = told.length > 0 && told.every((value) => Number.isFinite(Number(value)))
  const isCode = !isNumber || (values.length <= CODES_MAX && told.every((value) => /^[+-]?\d+$/.test(value)))
  return { column, values, isNumber, features: isCode ? values.length : 1 }
}

/** Narrows the widest plans until all of them together have at most `most` features. */
function narrow(plans: readonly Plan[], most: number): void {
  const tooMany = () => plans.reduce((sum, { features }) => sum + features, 0) - most
  const widest = (some: readonly Plan[]) => some.reduce((a, b) => (b.features > a.features ? b : a))
  const codes = plans.filter(({ isNumber, features }) => isNumber && features > 1)
  while (tooMany() > 0 && codes.length > 0) {
    const [code] = codes.splice(codes.indexOf(widest(codes)), 1)
    code!.features = 1
  }
  const words = plans.filter(({ isNumber }) => !isNumber)
  while (tooMany() > 0) widest(words).features -= 1
}

function oneHot({ column, values, features }: Plan): Float64Array[] {
  const isWhole = features === values.length
  const place = new Map(values.map((value, i) => [value, isWhole ? i : Math.min(i, features - 1)]))
  const places = column.map((cell) => place.get(cell)!)
  return Array.from({ length: features }, (_, feature) => Float64Array.from(places, (at) => (at === feature ? 1 : 0)))
}

function standardised(column: Column): Float64Array {
  const numbers = column.filter((cell) => !isMissing(cell)).map(Number)
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  const spread = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length)
  return Float64Array.from(column, (cell) => (isMissing(cell) || spread === 0 ? 0 : (Number(cell) - mean) / spread))
}

function isMissing(cell: string): boolean {
  return MISSING.has(cell.trim().toLowerCase())
}
