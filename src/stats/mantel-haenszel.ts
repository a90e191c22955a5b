/**
 * Two proportions over strata: Mantel and Haenszel's common difference and common odds ratio.
 *
 *     difference   Σ w_k·d_k / Σ w_k      w_k = nₜ·n꜀/N           with Sato's variance, valid for many small strata and for few large ones
 *     odds ratio   Σ xₜ·(n꜀−x꜀)/N  /  Σ x꜀·(nₜ−xₜ)/N              with Robins, Breslow and Greenland's variance of its logarithm
 *
 * Strata are epochs of a ramp, or segments. Pooling them instead is Simpson's paradox whenever the split changed.
 * @see Mantel & Haenszel (1959), doi:10.1093/jnci/22.4.719; Sato (1989), doi:10.2307/2531801;
 *      Robins, Breslow & Greenland (1986), doi:10.2307/2531052
 */
import type { ArmPair } from './arm-estimate.ts'
import { type Effect, effectOf, type Unknown, unknown } from './estimate.ts'
import { assertCounts, type Counts } from './proportion.ts'

type Strata = readonly ArmPair<Counts>[]

/** The common difference of rates. Strata without units in one of the arms have no weight. */
export function commonDifference(strata: Strata): Effect | Unknown {
  let weights = 0
  let weighted = 0
  let p = 0
  let q = 0
  for (const { control, treatment } of strata) {
    assertCounts(control)
    assertCounts(treatment)
    const units = control.n + treatment.n
    if (control.n === 0 || treatment.n === 0) continue
    weights += (treatment.n * control.n) / units
    weighted += (treatment.events * control.n - control.events * treatment.n) / units
    p +=
      (treatment.n * treatment.n * control.events -
        control.n * control.n * treatment.events +
        (treatment.n * control.n * (control.n - treatment.n)) / 2) /
      (units * units)
    q += (treatment.events * (control.n - control.events) + control.events * (treatment.n - treatment.events)) / (2 * units)
  }
  if (weights === 0) return unknown('no-overlap')
  const difference = weighted / weights
  return effectOf(difference, Math.max(0, difference * p + q) / (weights * weights))
}

/** The logarithm of the common odds ratio; unknown when one side of it has no events. */
export function commonLogOddsRatio(strata: Strata): Effect | Unknown {
  const sums = { r: 0, s: 0, pr: 0, mixed: 0, qs: 0 }
  for (const { control, treatment } of strata) {
    assertCounts(control)
    assertCounts(treatment)
    const units = control.n + treatment.n
    if (control.n === 0 || treatment.n === 0) continue
    const misses = control.n - control.events
    const missed = treatment.n - treatment.events
    const r = (treatment.events * misses) / units
    const s = (control.events * missed) / units
    const p = (treatment.events + misses) / units
    const q = (control.events + missed) / units
    sums.r += r
    sums.s += s
    sums.pr += p * r
    sums.mixed += p * s + q * r
    sums.qs += q * s
  }
  if (sums.r === 0 || sums.s === 0) return unknown('no-events', { have: 0, need: 1 })
  const { r, s, pr, mixed, qs } = sums
  return effectOf(Math.log(r / s), pr / (2 * r * r) + mixed / (2 * r * s) + qs / (2 * s * s))
}
