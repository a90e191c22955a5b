/**
 * The shape of an arm's values: what says whether its mean can be trusted.
 *
 * Skewness by one-pass central moments, the largest value and the total (does one unit own it?), and how many values are not 0.
 * @see Pébay (2008), doi:10.2172/1028931
 */
export interface Shape {
  readonly n: number
  readonly total: number
  readonly largest: number
  readonly nonZero: number
  /** 0 when all values agree. */
  readonly skewness: number
}

export interface ShapeAccumulator {
  add(value: number): void
  shape(): Shape
}

/** Opens an empty accumulator. */
export function openShapeAccumulator(): ShapeAccumulator {
  let [n, mean, m2, m3] = [0, 0, 0, 0]
  let [total, lost] = [0, 0]
  let largest = Number.NEGATIVE_INFINITY
  let nonZero = 0
  return {
    add(value) {
      n++
      const delta = value - mean
      const share = delta / n
      const square = delta * share * (n - 1)
      mean += share
      m3 += square * share * (n - 2) - 3 * share * m2
      m2 += square
      // compensated sum: whole counts stay whole, cents stay cents
      const sum = total + (value - lost)
      lost = sum - total - (value - lost)
      total = sum
      if (value > largest) largest = value
      if (value !== 0) nonZero++
    },
    shape: () => ({ n, total, largest, nonZero, skewness: m2 > 0 ? (m3 / n) * (m2 / n) ** -1.5 : 0 }),
  }
}
