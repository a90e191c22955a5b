/**
 * Error spending: how much of the error probability may have been used up by the time a share t of the information is in.
 *
 *     O'Brien–Fleming type    2 − 2Φ(z_{1−a/2}/√t)
 *     Pocock type             a·ln(1 + (e − 1)·t)
 *     power                   a·tᵖ
 *     Hwang–Shih–DeCani       a·(1 − e^{−γt})/(1 − e^{−γ})      γ = 0 gives a·t
 *
 * a is the error of one side: a two-sided test at 5 % spends 2.5 % on either side. (Using a = 5 % in the first formula is a common slip
 * and gives other bounds: 4.38, 3.10, … in place of 4.88, 3.36, …)
 * @see Lan & DeMets (1983), doi:10.1093/biomet/70.3.659; Hwang, Shih & DeCani (1990), doi:10.1002/sim.4780091207
 */
import { assert } from './assert.ts'
import { normalSurvival, normalUpperQuantile } from './normal.ts'

export type Spending =
  | { readonly kind: 'obrien-fleming' }
  | { readonly kind: 'pocock' }
  /** exponent > 0; 1 spends evenly, 3 is close to O'Brien–Fleming. */
  | { readonly kind: 'power'; readonly exponent: number }
  /** gamma < 0 spends late (−4 is close to O'Brien–Fleming), gamma > 0 early (1 is close to Pocock). */
  | { readonly kind: 'hwang-shih-decani'; readonly gamma: number }

/** Error of one side spent by information fraction t; all of it from t = 1 on. */
export function errorSpent(spending: Spending, { error, fraction }: { readonly error: number; readonly fraction: number }): number {
  assert(error > 0 && error < 0.5, `the error of one side lies between 0 and ½, got ${error}`)
  assert(fraction >= 0, `an information fraction is not negative, got ${fraction}`)
  if (fraction >= 1) return error
  if (fraction === 0) return 0
  switch (spending.kind) {
    case 'obrien-fleming':
      return 2 * normalSurvival(normalUpperQuantile(error / 2) / Math.sqrt(fraction))
    case 'pocock':
      return error * Math.log1p((Math.E - 1) * fraction)
    case 'power':
      assert(spending.exponent > 0, `power spending needs a positive exponent, got ${spending.exponent}`)
      return error * fraction ** spending.exponent
    case 'hwang-shih-decani':
      if (spending.gamma === 0) return error * fraction
      return (error * Math.expm1(-spending.gamma * fraction)) / Math.expm1(-spending.gamma)
  }
}
