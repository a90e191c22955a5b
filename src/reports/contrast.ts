/** Treatments against the control, in the words of the report: from what the tests say in minor units to estimates in major ones. */
import type { Comparison } from '../stats/comparison.ts'
import type { Corrected } from '../stats/corrected-status.ts'
import { type Interval, isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import type { Look } from './look.ts'
import { toMajor } from './measure.ts'
import type { AlwaysValid, Contrast, Estimate, Test } from './report-shape.ts'

/** A treatment's comparison as the statistics gave it. */
export interface Compared {
  readonly arm: string
  readonly fixed: Comparison | Unknown
  readonly look: Look | Unknown
}

export interface Against {
  /** Key of the control. */
  readonly control: string
  /** The power of ten between minor and major units; lifts have no unit. */
  readonly minorExponent: number
  /** Before the plan is reached the always-valid interval is the one to show. */
  readonly shown: Contrast['shown']
}

/** The contrasts of all treatments with one control; `corrected` has the p-values of their families, in the same order. A lift without an upper end says nothing about the baseline: its interval is unknown. */
export function contrastsOf(
  compared: readonly Compared[],
  corrected: readonly (Corrected | null)[],
  { control, minorExponent, shown }: Against,
): readonly Contrast[] {
  return compared.map(({ arm, fixed, look }, i) => {
    const head = { arm, control, shown }
    const alwaysValid = isUnknown(look) ? look : alwaysValidOf(look, minorExponent)
    if (isUnknown(fixed)) return { ...head, difference: fixed, lift: fixed, test: fixed, alwaysValid }
    const { difference, lift } = fixed
    return {
      ...head,
      difference: estimateOf(toMajor(difference.estimate, minorExponent), difference.interval, minorExponent),
      lift: isUnknown(lift) ? lift : estimateOf(lift.estimate, lift.interval, 0),
      test: testOf(fixed, minorExponent, corrected[i]!),
      alwaysValid,
    }
  })
}

function alwaysValidOf({ comparison: { difference, lift }, fraction }: Look, minorExponent: number): AlwaysValid {
  return {
    kind: 'always-valid',
    difference: estimateOf(toMajor(difference.estimate, minorExponent), difference.interval, minorExponent),
    lift: isUnknown(lift) ? lift : estimateOf(lift.estimate, lift.interval, 0),
    ...{ pValue: difference.pValue, log10PValue: difference.log10PValue, fraction },
  }
}

function estimateOf(value: number, { low, high, unbounded }: Interval, minorExponent: number): Estimate {
  const interval = unbounded
    ? unknown('baseline-not-established')
    : { low: toMajor(low, minorExponent), high: toMajor(high, minorExponent) }
  return { kind: 'estimate', value, interval }
}

function testOf({ method, difference }: Comparison, minorExponent: number, corrected: Corrected): Test {
  const { standardError, statistic, degreesOfFreedom, pValue, log10PValue } = difference
  return {
    ...{ kind: 'test', method, standardError: toMajor(standardError, minorExponent), statistic },
    ...(Number.isFinite(degreesOfFreedom) ? { degreesOfFreedom } : {}),
    ...{ pValue, log10PValue, adjustedPValue: corrected.pValue, family: corrected.family },
  }
}
