/**
 * Non-inferiority: is the treatment not worse than the control by more than a margin that was agreed beforehand?
 *
 *     relative margin m    H₀: μ_t ≤ (1 − m)·μ_c    z = (t − (1−m)·c)/√(V_t + (1−m)²·V_c)        less is better: 1 + m, other side
 *     absolute margin m    H₀: μ_t ≤ μ_c − m        z = (t − c + m)/√(V_t + V_c)
 *     rates                the score test of Miettinen and Nurminen at the margin
 *
 * The contrast is linear in the means, so the test is exact in the margin; no ratio is linearised. One-sided at `level`. This is the
 * test for guardrails: a guardrail that is merely "not significantly worse" has often only been looked at by too few people.
 * @see Miettinen & Nurminen (1985), doi:10.1002/sim.4780040211
 */
import { type ArmEstimate, type ArmPair, differenceOfArms } from './arm-estimate.ts'
import { assert } from './assert.ts'
import { criticalValue, logPValue, testEffect } from './effect-test.ts'
import { type Effect, isUnknown, pValueOfLog, type Unknown, unknown } from './estimate.ts'
import { assertCounts, type Counts } from './proportion.ts'
import { scoreOfDifference, scoreOfRatio } from './score-test.ts'

export interface Margin {
  readonly kind: 'relative' | 'absolute'
  /** How much worse is still acceptable; not negative. 0.01 relative is one percent of the control mean. */
  readonly size: number
}

export interface NonInferiorityOptions {
  readonly margin: Margin
  /** One-sided confidence level, usually 0.95 or 0.975. */
  readonly level: number
  /** Which way is better. */
  readonly direction?: 'increase' | 'decrease'
  /**
   * `normal` takes the variances as known; Student's t with Welch's degrees of freedom of the shifted contrast otherwise. `difference`
   * takes those of t − c, so that at level (1 + L)/2 the test agrees with Fieller's interval of the lift at level L.
   */
  readonly reference?: 'student' | 'normal' | 'difference'
}

export interface NonInferiority {
  readonly kind: 'non-inferiority'
  readonly statistic: number
  readonly degreesOfFreedom: number
  /** One-sided. */
  readonly pValue: number
  readonly log10PValue: number
  readonly nonInferior: boolean
  /** Shown to be worse by more than the margin: the same test, the other way. */
  readonly inferior: boolean
  readonly level: number
}

/** Tests the means (or ratios, or adjusted means) of two arms. */
export function testNonInferiority(
  { control, treatment }: ArmPair<ArmEstimate>,
  { margin, level, direction = 'increase', reference = 'student' }: NonInferiorityOptions,
): NonInferiority | Unknown {
  const effect = excessOverMargin({ control, treatment }, { margin, direction, reference })
  if (isUnknown(effect)) return effect
  const test = testEffect(effect, { level, alternative: 'greater' })
  return {
    kind: 'non-inferiority',
    statistic: test.statistic,
    degreesOfFreedom: effect.degreesOfFreedom,
    pValue: test.pValue,
    log10PValue: test.log10PValue,
    nonInferior: test.significant,
    inferior: testEffect(effect, { level, alternative: 'less' }).significant,
    level,
  }
}

/** By how much the treatment is above the worst that the margin accepts, as an effect with its variance: at most 0 under H₀. */
export function excessOverMargin(
  { control, treatment }: ArmPair<ArmEstimate>,
  { margin, direction = 'increase', reference = 'student' }: Omit<NonInferiorityOptions, 'level'>,
): Effect | Unknown {
  assertMargin(margin)
  const sign = direction === 'increase' ? 1 : -1
  // a control mean below 0 is worse by a share of its size
  const shift = margin.kind === 'relative' ? 0 : margin.size
  const factor = margin.kind === 'relative' ? 1 - sign * Math.sign(control.estimate) * margin.size : 1
  if (margin.kind === 'relative' && control.estimate === 0) return unknown('control-mean-zero')
  const effect = differenceOfArms({
    control: { ...control, estimate: sign * factor * control.estimate, variance: factor * factor * control.variance },
    treatment: { ...treatment, estimate: sign * treatment.estimate },
  })
  if (isUnknown(effect)) return effect
  const plain = reference === 'difference' ? differenceOfArms({ control, treatment }) : effect
  if (isUnknown(plain)) return plain
  const degreesOfFreedom = reference === 'normal' ? Number.POSITIVE_INFINITY : plain.degreesOfFreedom
  // what both arms share leaves t − c, but not t − factor·c
  const variance = effect.variance + (1 - factor) ** 2 * (control.sharedVariance ?? 0)
  return { ...effect, estimate: effect.estimate + shift, variance, degreesOfFreedom }
}

/** Tests two rates by their score statistic at the margin. */
export function testNonInferiorityOfRates(
  arms: ArmPair<Counts>,
  { margin, level, direction = 'increase' }: Omit<NonInferiorityOptions, 'reference'>,
): NonInferiority | Unknown {
  assertMargin(margin)
  assertCounts(arms.control)
  assertCounts(arms.treatment)
  const fewest = Math.min(arms.control.n, arms.treatment.n)
  if (fewest === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const sign = direction === 'increase' ? 1 : -1
  if (margin.kind === 'absolute') assert(margin.size < 1, `rates differ by less than 1, got a margin of ${margin.size}`)
  if (margin.kind === 'relative' && arms.control.events + arms.treatment.events === 0) return unknown('no-events', { have: 0, need: 1 })
  const statistic =
    sign * (margin.kind === 'absolute' ? scoreOfDifference(arms, -sign * margin.size) : scoreOfRatio(arms, 1 - sign * margin.size))
  const degreesOfFreedom = Number.POSITIVE_INFINITY
  const critical = criticalValue({ level, degreesOfFreedom, alternative: 'greater' })
  return {
    kind: 'non-inferiority',
    statistic,
    degreesOfFreedom,
    ...pValueOfLog(logPValue(statistic, degreesOfFreedom, 'greater')),
    nonInferior: statistic > critical,
    inferior: statistic < -critical,
    level,
  }
}

function assertMargin({ kind, size }: Margin): void {
  assert(size >= 0 && Number.isFinite(size), `a margin is not negative, got ${size}`)
  assert(kind === 'absolute' || size < 1, `a relative margin is below 1, got ${size}`)
}
