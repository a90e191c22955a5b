/** A column of the catalogue for the items of a pool: what is unknown about an item counts like the mean of the others. */

/** A column's values for the pool; null when none is known. NaN is unknown. */
export function withMeanForUnknown(items: readonly number[], column: Float64Array): Float64Array | null {
  return filledWithMean(Float64Array.from(items, (item) => column[item] ?? Number.NaN))
}

/** The values with their mean in the place of NaN; null when there is nothing else. */
export function filledWithMean(values: Float64Array): Float64Array | null {
  const known = values.filter((value) => !Number.isNaN(value))
  if (known.length === 0) return null
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  return values.map((value) => (Number.isNaN(value) ? mean : value))
}
