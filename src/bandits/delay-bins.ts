/**
 * Delay bins: how long after a decision its first outcome came, in steps that grow with the delay.
 *
 *     bin 0 = [0, 1 min)      bin j = [2^((j−1)/2), 2^(j/2)) min, j = 1 … 34      bin 34 ends after 91 days and takes what is longer
 *
 * Two bins an octave: a click's minutes are told apart and so are a purchase's days, with 35 numbers, whatever the window. Edges are whole
 * milliseconds, so that a recount in another language puts every delay into the same bin.
 */

const MINUTE_MS = 60_000
const BINS = 35

/** Where bins 0 … 33 end, in milliseconds. */
export const DELAY_EDGES_MS: readonly number[] = Array.from({ length: BINS - 1 }, (_, j) => Math.round(MINUTE_MS * 2 ** (j / 2)))

/** The bin of a delay from 0 on, in milliseconds. */
export function delayBinOf(delayMs: number): number {
  let bin = 0
  while (bin < DELAY_EDGES_MS.length && delayMs >= DELAY_EDGES_MS[bin]!) bin++
  return bin
}

/** A bin as it is cut by a window; both in milliseconds. */
export interface DelayBin {
  readonly from: number
  readonly to: number
}

/** The bins of a window, the last one ending with it. */
export function delayBinsOf(windowMs: number): readonly DelayBin[] {
  const ends = [...DELAY_EDGES_MS.filter((edge) => edge < windowMs), windowMs]
  return ends.map((to, bin) => ({ from: bin === 0 ? 0 : ends[bin - 1]!, to }))
}

/** Ages of decisions that were made evenly from one moment to another, in milliseconds: the youngest and the oldest. */
export interface AgeSpan {
  readonly youngest: number
  readonly oldest: number
}

/**
 * The share of a bin that decisions of these ages have lived through, on average: 0 for what lies ahead of all, 1 for what lies behind all.
 *
 *     E[ clamp((age − from)/(to − from), 0, 1) ] = (R(from) − R(to))/(to − from)      R(e) = E[(age − e)₊] for ages spread evenly
 */
export function shareSeen({ from, to }: DelayBin, ages: AgeSpan): number {
  if (ages.youngest >= to) return 1
  if (ages.oldest <= from) return 0
  return Math.min(1, (meanBeyond(ages, from) - meanBeyond(ages, to)) / (to - from))
}

function meanBeyond({ youngest, oldest }: AgeSpan, edge: number): number {
  if (oldest <= youngest) return Math.max(0, oldest - edge)
  const square = (age: number) => Math.max(0, age - edge) ** 2 / 2
  return (square(oldest) - square(youngest)) / (oldest - youngest)
}
