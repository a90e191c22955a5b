/**
 * A confidence sequence for one proportion, exact for yes-and-no data at any count.
 *
 *     E(p) = B(x + mp, n − x + m(1−p)) / ( B(mp, m(1−p)) · pˣ(1−p)ⁿ⁻ˣ )      the set of all p with E(p) < 1/α
 *
 * For each p the alternatives are spread as Beta(mp, m(1−p)) around it; m is tuned so that the set is tightest at the planned units.
 * @see Howard et al. (2021), doi:10.1214/20-AOS1991 (beta-binomial mixture)
 */
import { tunedRatioInClosedForm } from './always-valid-mixture.ts'
import { assert } from './assert.ts'
import { assertLevel, type Interval, intervalOf, type Unknown, unknown } from './estimate.ts'
import { assertCounts, type Counts } from './proportion.ts'
import { rootByBracket } from './root.ts'
import { logBeta } from './special.ts'

const CONCENTRATION_MIN = 1e-3
const LOGIT_MAX = 700

/** The interval after n units, `plannedUnits` being where it is tightest. Unknown without units. */
export function proportionSequence(
  { n, events }: Counts,
  { level, plannedUnits }: { readonly level: number; readonly plannedUnits: number },
): Interval | Unknown {
  assertCounts({ n, events })
  assertLevel(level)
  assert(plannedUnits > 0, `a plan has units, got ${plannedUnits}`)
  if (n === 0) return unknown('too-few-units', { have: 0, need: 1 })
  const concentration = Math.max(plannedUnits / tunedRatioInClosedForm(level) - 1, CONCENTRATION_MIN)
  const threshold = -Math.log(1 - level)
  const excess = (logit: number): number => logEvidence({ n, events }, logit, concentration) - threshold
  const centre = Math.log((events + 0.5) / (n - events + 0.5))
  return intervalOf(
    excess(-LOGIT_MAX) <= 0 ? 0 : expit(rootByBracket(excess, { low: -LOGIT_MAX, high: centre })),
    excess(LOGIT_MAX) <= 0 ? 1 : expit(rootByBracket(excess, { low: centre, high: LOGIT_MAX })),
  )
}

/** ln E(p) at p = 1/(1 + e^−logit). */
function logEvidence({ n, events }: Counts, logit: number, concentration: number): number {
  const a = concentration * expit(logit)
  const b = concentration * expit(-logit)
  const logP = -Math.log1p(Math.exp(-logit))
  const logQ = -Math.log1p(Math.exp(logit))
  return logBeta(a + events, b + (n - events)) - logBeta(a, b) - events * logP - (n - events) * logQ
}

function expit(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}
