/** Figures: medians of interleaved rounds, and their ratios taken round by round. */

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The median of a/b over rounds in which both were measured one after the other. */
export function ratioOf(a: readonly number[], b: readonly number[]): number {
  return medianOf(a.map((value, i) => value / b[i]!))
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}
