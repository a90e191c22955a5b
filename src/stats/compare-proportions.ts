/**
 * The comparison of two proportions, by one test: the score test while counts are small, Welch's test on unit totals afterwards.
 *
 * Below ten events (or non-events) in an arm the normal approximation of Welch's test is off and the score test is not; above it the
 * two agree to the digits shown, and Welch's test is the one that covariates and sequential methods share.
 */
import type { ArmPair } from './arm-estimate.ts'
import type { Comparison } from './comparison.ts'
import { criticalValue, logPValue } from './effect-test.ts'
import { pValueOfLog, type TestResult, type Unknown, unknown } from './estimate.ts'
import { momentsOfCounts } from './moments.ts'
import { assertCounts, type Counts } from './proportion.ts'
import type { RelativeLift } from './relative-lift.ts'
import { scoreIntervalOfDifference, scoreIntervalOfLift, scoreOfDifference } from './score-test.ts'
import { compareMeans } from './welch.ts'

/** The smallest cell with which Welch's test is used. */
const CELL_MIN = 10

/** Compares two proportions; unknown when nobody or everybody did it in both arms. */
export function compareProportions(arms: ArmPair<Counts>, options: { readonly level: number }): Comparison | Unknown {
  const { control, treatment } = arms
  const cells = [control.events, control.n - control.events, treatment.events, treatment.n - treatment.events]
  if (Math.min(...cells) < CELL_MIN) return compareByScore(arms, options)
  return compareMeans({ control: momentsOfCounts(control), treatment: momentsOfCounts(treatment) }, options)
}

/** Compares two proportions by Miettinen and Nurminen's score test at any size. */
export function compareByScore(arms: ArmPair<Counts>, { level }: { readonly level: number }): Comparison | Unknown {
  const { control, treatment } = arms
  assertCounts(control)
  assertCounts(treatment)
  if (control.n === 0 || treatment.n === 0) return unknown('too-few-units', { have: Math.min(control.n, treatment.n), need: 1 })
  const events = control.events + treatment.events
  if (events === 0 || events === control.n + treatment.n) return unknown('no-events', { have: 0, need: 1 })
  const critical = criticalValue({ level, degreesOfFreedom: Number.POSITIVE_INFINITY })
  return {
    kind: 'comparison',
    method: 'score',
    difference: scoreTest(arms, { level, critical }),
    lift: scoreLift(arms, { level, critical }),
  }
}

interface Cut {
  readonly level: number
  readonly critical: number
}

function scoreTest(arms: ArmPair<Counts>, { level, critical }: Cut): TestResult {
  const { control, treatment } = arms
  const units = control.n + treatment.n
  const pooled = (control.events + treatment.events) / units
  const statistic = scoreOfDifference(arms, 0)
  return {
    kind: 'test',
    estimate: treatment.events / treatment.n - control.events / control.n,
    standardError: Math.sqrt((pooled * (1 - pooled) * (1 / control.n + 1 / treatment.n) * units) / (units - 1)),
    statistic,
    degreesOfFreedom: Number.POSITIVE_INFINITY,
    ...pValueOfLog(logPValue(statistic, Number.POSITIVE_INFINITY, 'two-sided')),
    interval: scoreIntervalOfDifference(arms, critical),
    level,
    significant: Math.abs(statistic) > critical,
  }
}

function scoreLift(arms: ArmPair<Counts>, { level, critical }: Cut): RelativeLift | Unknown {
  const { control, treatment } = arms
  if (control.events === 0) return unknown('control-mean-zero')
  const interval = scoreIntervalOfLift(arms, critical)
  return {
    kind: 'relative-lift',
    method: 'score',
    estimate: treatment.events / treatment.n / (control.events / control.n) - 1,
    interval,
    level,
    negativeBaseline: false,
  }
}
