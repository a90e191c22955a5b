/**
 * How far from its mean, in its own scale, each arm cuts the line for the quadrature.
 *
 *     normal, many degrees of freedom    1, 3, 6, q         a piece is as long as a Gaussian is smooth
 *     few degrees of freedom             ¾, 1½, 3, 6, … q  a piece doubles: on a power law one octave is as smooth as the next
 *
 * q is the quantile that leaves 1e-13 outside, whatever the tail: Gaussian edges would lose 4e-4 of the mass at five degrees. Many arms
 * make the largest draw's distribution steeper than any single one's, so that pieces get shorter.
 */
import { studentTUpperQuantileOfLog } from '../stats/student-t.ts'

/** `exact`: 1e-9. `serving`: 1e-6, for a third of the time. */
export type Precision = 'exact' | 'serving'

const LOG_OUTSIDE = { exact: Math.log(1e-13), serving: Math.log(1e-9) }
/** Up to here tails are cut in octaves. */
const FEW_DEGREES = 100
const FIRST_OCTAVE = 0.75
const MANY_ARMS = 4

/** Positive distances, ascending; the last is where the tail is cut. */
export function reachesOf(degreesOfFreedom: number, arms: number, precision: Precision): Float64Array {
  const farthest = studentTUpperQuantileOfLog(LOG_OUTSIDE[precision], degreesOfFreedom)
  const inner = degreesOfFreedom <= FEW_DEGREES ? octaves(farthest) : arms > MANY_ARMS ? [1, 2, 3, 4, 5.5] : [1, 3, 6]
  return Float64Array.from([...inner.filter((reach) => reach < farthest * 0.9), farthest])
}

function octaves(farthest: number): readonly number[] {
  const inner: number[] = []
  for (let reach = FIRST_OCTAVE; reach < farthest; reach *= 2) inner.push(reach)
  return inner
}
