/**
 * The test of an effect: statistic, p-value, flag and interval from one estimate and its variance.
 *
 *     t = (Δ̂ − Δ₀)/√V      p = 2·P(T_ν > |t|)      Δ̂ ± t_{ν,1−α/2}·√V
 *
 * The flag is |t| > critical value, so it always agrees with the interval. ν = Infinity gives the normal (Wald) test.
 */
import { type Alternative, assertLevel, type Effect, type Interval, intervalOf, pValueOfLog, type TestResult } from './estimate.ts'
import { studentTLogSurvival, studentTUpperQuantile } from './student-t.ts'

export interface TestOptions {
  /** Confidence level in (½, 1), usually 0.95. */
  readonly level: number
  readonly alternative?: Alternative
  readonly nullValue?: number
}

/** Tests an effect against a null value (0 by default). One-sided tests have an interval that is open to the other side. */
export function testEffect(effect: Effect, { level, alternative = 'two-sided', nullValue = 0 }: TestOptions): TestResult {
  const { estimate, variance, degreesOfFreedom } = effect
  const critical = criticalValue({ level, degreesOfFreedom, alternative })
  const standardError = Math.sqrt(variance)
  const statistic = (estimate - nullValue) / standardError
  return {
    kind: 'test',
    estimate,
    standardError,
    statistic,
    degreesOfFreedom,
    ...pValueOfLog(logPValue(statistic, degreesOfFreedom, alternative)),
    interval: intervalAround(estimate, critical * standardError, alternative),
    level,
    significant:
      alternative === 'two-sided' ? Math.abs(statistic) > critical : (alternative === 'less' ? -statistic : statistic) > critical,
  }
}

/** The t beyond which a test at this level rejects. */
export function criticalValue(options: {
  readonly level: number
  readonly degreesOfFreedom: number
  readonly alternative?: Alternative
}): number {
  assertLevel(options.level)
  const tail = 1 - options.level
  return studentTUpperQuantile((options.alternative ?? 'two-sided') === 'two-sided' ? tail / 2 : tail, options.degreesOfFreedom)
}

/** ln p of a t statistic. */
export function logPValue(statistic: number, degreesOfFreedom: number, alternative: Alternative): number {
  switch (alternative) {
    case 'two-sided':
      return Math.LN2 + studentTLogSurvival(Math.abs(statistic), degreesOfFreedom)
    case 'greater':
      return studentTLogSurvival(statistic, degreesOfFreedom)
    case 'less':
      return studentTLogSurvival(-statistic, degreesOfFreedom)
  }
}

function intervalAround(estimate: number, half: number, alternative: Alternative): Interval {
  switch (alternative) {
    case 'two-sided':
      return intervalOf(estimate - half, estimate + half)
    case 'greater':
      return intervalOf(estimate - half, Number.POSITIVE_INFINITY)
    case 'less':
      return intervalOf(Number.NEGATIVE_INFINITY, estimate + half)
  }
}
