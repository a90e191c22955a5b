/** The mean of a few runs, and how sure it is. */
import { momentsOf, sampleVariance } from '../stats/moments.ts'

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** 0 for a single run, about which nothing is known. */
export function standardErrorOf(values: readonly number[]): number {
  return values.length < 2 ? 0 : Math.sqrt(sampleVariance(momentsOf(values)) / values.length)
}
