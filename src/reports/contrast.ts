/** Treatments against the control, in the words of the report: from what the test says in minor units to estimates in major ones. */
import type { Comparison } from '../stats/comparison.ts'
import { type Interval, isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import { adjustPValues } from '../stats/multiplicity.ts'
import { toMajor } from './measure.ts'
import type { Contrast, Estimate, Test } from './report-shape.ts'

/** A treatment's comparison as the statistics gave it. */
export interface Compared {
  readonly arm: string
  readonly comparison: Comparison | Unknown
}

/**
 * The contrasts of all treatments with one control. `minorExponent` is the power of ten between minor and major units; lifts have no unit.
 * A lift without an upper end says nothing about the baseline, so its interval is unknown.
 */
export function contrastsOf(
  compared: readonly Compared[],
  { control, minorExponent }: { readonly control: string; readonly minorExponent: number },
): readonly Contrast[] {
  const adjusted = corrected(compared)
  return compared.map(({ arm, comparison }) => {
    if (isUnknown(comparison)) return { arm, control, difference: comparison, lift: comparison, test: comparison }
    const { difference, lift } = comparison
    return {
      ...{ arm, control },
      difference: estimateOf(toMajor(difference.estimate, minorExponent), difference.interval, minorExponent),
      lift: isUnknown(lift) ? lift : estimateOf(lift.estimate, lift.interval, 0),
      test: testOf(comparison, minorExponent, adjusted.get(arm)!),
    }
  })
}

function estimateOf(value: number, { low, high, unbounded }: Interval, minorExponent: number): Estimate {
  const interval = unbounded
    ? unknown('baseline-not-established')
    : { low: toMajor(low, minorExponent), high: toMajor(high, minorExponent) }
  return { kind: 'estimate', value, interval }
}

function testOf({ method, difference }: Comparison, minorExponent: number, adjustedPValue: number): Test {
  const { standardError, statistic, degreesOfFreedom, pValue, log10PValue } = difference
  return {
    ...{ kind: 'test', method, standardError: toMajor(standardError, minorExponent), statistic },
    ...(Number.isFinite(degreesOfFreedom) ? { degreesOfFreedom } : {}),
    ...{ pValue, log10PValue, adjustedPValue },
  }
}

/** Holm's correction over the treatments whose test is known, in their order; a single one needs none. */
function corrected(compared: readonly Compared[]): ReadonlyMap<string, number> {
  const tests = compared.flatMap(({ arm, comparison }) => (isUnknown(comparison) ? [] : [{ arm, ...comparison.difference }]))
  if (tests.length === 1) return new Map([[tests[0]!.arm, tests[0]!.pValue]])
  const adjusted = adjustPValues(
    tests.map(({ log10PValue }) => log10PValue),
    'holm',
  )
  return new Map(tests.map(({ arm }, i) => [arm, adjusted[i]!.pValue]))
}
