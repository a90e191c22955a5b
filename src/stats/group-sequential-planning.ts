/**
 * Planning a group-sequential test: power, the price of looking in units, and how many units it takes on average.
 *
 *     drift θ     mean of the final Z; power(θ) = Σ P(exit upwards at look k | θ)
 *     inflation   (θₚ/(z_{1−α/2} + z_{power}))²      θₚ has the wanted power: the final size over that of a fixed test
 *     expected    inflation · Σ tₖ·P(stop at look k)      the average size over that of a fixed test
 *
 * Power comes from crossing probabilities. Scaling a standard error by a "sequential factor" is wrong for anything but the last look.
 * @see Jennison & Turnbull (2000), Group Sequential Methods, tables 2.2 and 2.4
 */
import { assert } from './assert.ts'
import { errorOfSide, type Sides } from './group-sequential-bounds.ts'
import { exitProbabilities, type Look } from './group-sequential-walk.ts'
import { normalUpperQuantile } from './normal.ts'
import { rootByBracket } from './root.ts'

/** No plan asks for an effect of more standard errors than this. */
const DRIFT_MAX = 60

/** P(the test stops upwards at some look), when the mean of the final Z is `drift`. */
export function crossingPower(looks: readonly Look[], drift: number): number {
  return exitProbabilities(looks, drift).reduce((sum, exit) => sum + exit.upper, 0)
}

/** The drift at which the looks have this power. */
export function driftForPower(looks: readonly Look[], power: number): number {
  assert(power > 0 && power < 1, `a power lies between 0 and 1, got ${power}`)
  return rootByBracket((drift) => crossingPower(looks, drift) - power, { low: 0, high: DRIFT_MAX })
}

/** Average information at the stop, as a fraction of the planned. */
export function expectedFraction(looks: readonly Look[], drift: number): number {
  let inside = 1
  let expected = 0
  for (const [k, exit] of exitProbabilities(looks, drift).entries()) {
    const stops = k + 1 === looks.length ? inside : exit.lower + exit.upper
    expected += looks[k]!.fraction * stops
    inside -= stops
  }
  return expected
}

export interface SequentialCost {
  readonly drift: number
  /** Largest size over the size of a fixed test of the same level and power. */
  readonly inflation: number
  /** Average sizes over that of a fixed test: when there is no effect, and when there is the planned one. */
  readonly expectedWithoutEffect: number
  readonly expectedWithEffect: number
}

/** What looking costs at this level and power. The last look is the planned size (fraction 1). */
export function sequentialCost(
  looks: readonly Look[],
  { level, power, sides = 'two-sided' }: { readonly level: number; readonly power: number; readonly sides?: Sides },
): SequentialCost {
  const drift = driftForPower(looks, power)
  const fixed = normalUpperQuantile(errorOfSide({ level, sides })) + normalUpperQuantile(1 - power)
  const inflation = (drift / fixed) ** 2
  return {
    drift,
    inflation,
    expectedWithoutEffect: inflation * expectedFraction(looks, 0),
    expectedWithEffect: inflation * expectedFraction(looks, drift),
  }
}
