import { normalCdf } from '../../src/stats/normal.ts'

/** P(A > B) of two normal draws, in closed form. */
export function normalTwo(meanA: number, deviationA: number, meanB: number, deviationB: number): number {
  return normalCdf((meanA - meanB) / Math.hypot(deviationA, deviationB))
}
