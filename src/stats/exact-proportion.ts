/**
 * Exact answers for counts: Clopper and Pearson's interval, and Fisher's test of a 2 × 2 table.
 *
 *     Clopper–Pearson   [ B⁻¹(α/2; x, n−x+1),  B⁻¹(1−α/2; x+1, n−x) ]
 *     Fisher            Σ P(tables with the same margins that are no likelier than the one seen)
 *
 * Both never claim more than their level, and claim clearly less at small counts. The interval suits guardrails such as "no incident in
 * n"; Fisher's test suits tables with single events, where the score test of `compareProportions` is the default.
 * @see Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404; Fisher (1935), The Design of Experiments
 */
import type { ArmPair } from './arm-estimate.ts'
import { betaQuantile, betaUpperQuantile } from './beta.ts'
import { binomialLogProbability } from './binomial.ts'
import { assertLevel, type Interval, pValueOfLog, type Unknown, unknown } from './estimate.ts'
import { assertCounts, type Counts } from './proportion.ts'
import { logAddExp } from './special.ts'

/** Tables whose probability exceeds the observed one by less than this share count as equally likely (rounding, as in R). */
const TIE = 1e-7

/** Clopper and Pearson's interval for one proportion; unknown without units. */
export function clopperPearsonInterval({ n, events }: Counts, { level }: { readonly level: number }): Interval | Unknown {
  assertCounts({ n, events })
  assertLevel(level)
  if (n === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const tail = (1 - level) / 2
  return {
    low: events === 0 ? 0 : betaQuantile(tail, { a: events, b: n - events + 1 }),
    high: events === n ? 1 : betaUpperQuantile(tail, { a: events + 1, b: n - events }),
  }
}

/** Fisher's two-sided p-value; unknown when nobody or everybody did it. */
export function fisherTest({ control, treatment }: ArmPair<Counts>): { readonly pValue: number; readonly log10PValue: number } | Unknown {
  assertCounts(control)
  assertCounts(treatment)
  const events = control.events + treatment.events
  const units = control.n + treatment.n
  if (control.n === 0 || treatment.n === 0) return unknown('too-few-units', { have: 0, need: 1 })
  if (events === 0 || events === units) return unknown('no-events', { have: 0, need: 1 })
  // hypergeometric probabilities up to a constant: the counts of each arm as binomials with the pooled rate
  const rate = events / units
  const log = (x: number) =>
    binomialLogProbability(x, { trials: treatment.n, probability: rate }) +
    binomialLogProbability(events - x, { trials: control.n, probability: rate })
  const seen = log(treatment.events)
  let logUnlikely = Number.NEGATIVE_INFINITY
  let logTotal = Number.NEGATIVE_INFINITY
  for (let x = Math.max(0, events - control.n); x <= Math.min(events, treatment.n); x++) {
    const one = log(x)
    logTotal = logAddExp(logTotal, one)
    if (one <= seen + TIE) logUnlikely = logAddExp(logUnlikely, one)
  }
  return pValueOfLog(logUnlikely - logTotal)
}
