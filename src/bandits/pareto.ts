/**
 * The Pareto curve of arms: who is best at some weighting, who is best at none, and who is worse than somebody in everything.
 *
 *     dominated   another arm is at least as good in every objective and better in one
 *     supported   for some weights w ≥ 0 the arm maximises w·v; with two objectives these are the corners of the upper right hull
 *
 * An arm may be neither: not dominated, yet never the choice of any weighting. A slider skips it.
 */
import { assert } from '../stats/assert.ts'

/** Whether each arm is beaten in everything; one row of values an arm, more is better. */
export function dominated(values: readonly (readonly number[])[]): readonly boolean[] {
  return values.map((own) =>
    values.some((other) => other.every((value, k) => value >= own[k]!) && other.some((value, k) => value > own[k]!)),
  )
}

/** A stretch of the slider: from this share of the first objective on, the arm is the choice. */
export interface SliderStep {
  /** s in [0, 1]: r = s·v₁ + (1 − s)·v₂. */
  readonly from: number
  readonly arm: number
}

/** Who is the choice for which share of the first of two objectives, ascending from s = 0. */
export function sliderSteps(values: readonly (readonly [number, number])[]): readonly SliderStep[] {
  assert(values.length > 0, 'a slider needs arms')
  let arm = bestAt(values, 0)
  let from = 0
  const steps: SliderStep[] = [{ from, arm }]
  for (;;) {
    const next = nextCrossing(values, arm, from)
    if (!next) return steps
    ;({ from, arm } = next)
    steps.push(next)
  }
}

/** At s = 0 the second objective decides, ties by the first. */
function bestAt(values: readonly (readonly [number, number])[], start: number): number {
  return values.reduce((best, [first, second], arm) => {
    const [bestFirst, bestSecond] = values[best]!
    return second > bestSecond || (second === bestSecond && first > bestFirst) ? arm : best
  }, start)
}

/** The first arm that overtakes: the smallest s, and of those the one with the most of the first objective. */
function nextCrossing(values: readonly (readonly [number, number])[], arm: number, from: number): SliderStep | null {
  const [first, second] = values[arm]!
  let found: SliderStep | null = null
  values.forEach(([otherFirst, otherSecond], other) => {
    if (otherFirst <= first) return
    // s·v₁ + (1 − s)·v₂ of both are equal here
    const at = Math.max(from, (second - otherSecond) / (second - otherSecond + otherFirst - first))
    if (!found || at < found.from || (at === found.from && otherFirst > values[found.arm]![0])) found = { from: at, arm: other }
  })
  return found
}
