/**
 * Proportions: how many units out of n did something, and the difference between two arms.
 *
 *     Wilson      ( p + z²/2n ± z·√(pq/n + z²/4n²) ) / (1 + z²/n)
 *     Newcombe    d − √((p₁−l₁)² + (u₂−p₂)²)  …  d + √((u₁−p₁)² + (p₂−l₂)²)      l, u Wilson's ends of each arm
 *     pooled z    d / √(p̂q̂(1/n₁ + 1/n₂))      p̂ = (x₁+x₂)/(n₁+n₂)      z² is Pearson's χ²
 *
 * Wilson's and Newcombe's intervals stay inside their range and say something at 0 of n, where p ± z·√(pq/n) shrinks to a point.
 * @see Newcombe (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E and 17:8<873::AID-SIM779>3.0.CO;2-I
 */
import type { ArmEstimate, ArmPair } from './arm-estimate.ts'
import { assert } from './assert.ts'
import { criticalValue, logPValue } from './effect-test.ts'
import { type Effect, effectOf, type Interval, isUnknown, pValueOfLog, type TestResult, type Unknown, unknown } from './estimate.ts'

/** Units, and those among them that did it. */
export interface Counts {
  readonly n: number
  readonly events: number
}

/** Refuses counts that are no proportion. */
export function assertCounts({ n, events }: Counts): void {
  assert(Number.isFinite(n) && n >= 0 && events >= 0 && events <= n, `${events} of ${n} is no proportion`)
}

/** Wilson's score interval for one proportion; unknown without units. */
export function wilsonInterval({ n, events }: Counts, { level }: { readonly level: number }): Interval | Unknown {
  assertCounts({ n, events })
  if (n === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const z = criticalValue({ level, degreesOfFreedom: Number.POSITIVE_INFINITY })
  const square = z * z
  const p = events / n
  const centre = p + square / (2 * n)
  const half = z * Math.sqrt((p * (1 - p)) / n + square / (4 * n * n))
  const scale = 1 + square / n
  return { low: events === 0 ? 0 : (centre - half) / scale, high: events === n ? 1 : (centre + half) / scale }
}

/** Newcombe's hybrid score interval for the difference of two proportions, treatment minus control. */
export function newcombeInterval({ control, treatment }: ArmPair<Counts>, options: { readonly level: number }): Interval | Unknown {
  const c = wilsonInterval(control, options)
  const t = wilsonInterval(treatment, options)
  if ('kind' in c) return c
  if ('kind' in t) return t
  const pc = control.events / control.n
  const pt = treatment.events / treatment.n
  return { low: pt - pc - Math.hypot(pt - t.low, c.high - pc), high: pt - pc + Math.hypot(t.high - pt, pc - c.low) }
}

/** The rate of an arm with Wald's variance pq/n: for strata and other sums of rates. Unknown without units. */
export function armRateOf({ n, events }: Counts): ArmEstimate | Unknown {
  assertCounts({ n, events })
  if (n === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const rate = events / n
  return { kind: 'arm', n, estimate: rate, variance: (rate * (1 - rate)) / n, degreesOfFreedom: Number.POSITIVE_INFINITY }
}

/** Wald's effect with unpooled variances: what sequential and Bayesian methods take in. Unknown without variance. */
export function differenceOfProportions({ control, treatment }: ArmPair<Counts>): Effect | Unknown {
  const c = armRateOf(control)
  if (isUnknown(c)) return c
  const t = armRateOf(treatment)
  return isUnknown(t) ? t : effectOf(t.estimate - c.estimate, c.variance + t.variance)
}

/** The pooled z-test (Pearson's χ² without correction), with Newcombe's interval as its companion. An alternate: see the score test. */
export function pooledTest(arms: ArmPair<Counts>, { level }: { readonly level: number }): TestResult | Unknown {
  const { control, treatment } = arms
  const interval = newcombeInterval(arms, { level })
  if ('kind' in interval) return interval
  const events = control.events + treatment.events
  const units = control.n + treatment.n
  if (events === 0 || events === units) return unknown('no-events', { have: 0, need: 1 })
  const pooled = events / units
  const estimate = treatment.events / treatment.n - control.events / control.n
  const standardError = Math.sqrt(pooled * (1 - pooled) * (1 / control.n + 1 / treatment.n))
  const statistic = estimate / standardError
  return {
    kind: 'test',
    estimate,
    standardError,
    statistic,
    degreesOfFreedom: Number.POSITIVE_INFINITY,
    ...pValueOfLog(logPValue(statistic, Number.POSITIVE_INFINITY, 'two-sided')),
    interval,
    level,
    significant: Math.abs(statistic) > criticalValue({ level, degreesOfFreedom: Number.POSITIVE_INFINITY }),
  }
}
