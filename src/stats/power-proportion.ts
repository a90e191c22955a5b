/**
 * Power for two rates: the pooled variance decides when the test rejects, the separate ones what it sees.
 *
 *     √n_c·|p_t − p_c| = k·√( p̄q̄·(1 + 1/r) ) + z_power·√( p_c q_c + p_t q_t/r )        p̄ = (p_c + r·p_t)/(1 + r)
 *
 * @see Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, ch. 4
 */
import { assert } from './assert.ts'
import { normalCdf } from './normal.ts'
import { type Sample, zOfPower } from './power.ts'
import { rootByBracket } from './root.ts'

/** Rates that the plan supposes. */
export interface Rates {
  readonly control: number
  readonly treatment: number
}

/** Control units (not rounded). */
export function unitsForRates(
  rates: Rates,
  { power, critical, ratio }: { readonly power: number; readonly critical: number; readonly ratio: number },
): number {
  assert(rates.control !== rates.treatment, 'no sample shows an effect of 0')
  const { underNull, underEffect } = deviations(rates, ratio)
  return ((critical * underNull + zOfPower(power) * underEffect) / (rates.treatment - rates.control)) ** 2
}

/** Probability of showing the difference in its direction. */
export function powerOfRates(rates: Rates, { critical, sample }: { readonly critical: number; readonly sample: Sample }): number {
  const { underNull, underEffect } = deviations(rates, sample.ratio)
  return normalCdf((Math.sqrt(sample.controlUnits) * Math.abs(rates.treatment - rates.control) - critical * underNull) / underEffect)
}

/** The treatment rate nearest above the control's that is shown with this power; null when not even 1 is. */
export function smallestRate(
  control: number,
  { power, critical, sample }: { readonly power: number; readonly critical: number; readonly sample: Sample },
): number | null {
  const excess = (treatment: number): number => powerOfRates({ control, treatment }, { critical, sample }) - power
  const most = 1 - 1e-12
  return excess(most) < 0 ? null : rootByBracket(excess, { low: control, high: most })
}

function deviations({ control, treatment }: Rates, ratio: number): { readonly underNull: number; readonly underEffect: number } {
  assert(control > 0 && control < 1 && treatment > 0 && treatment < 1, `rates lie between 0 and 1, got ${control} and ${treatment}`)
  assert(ratio > 0, `a ratio of arms is positive, got ${ratio}`)
  const pooled = (control + ratio * treatment) / (1 + ratio)
  return {
    underNull: Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio)),
    underEffect: Math.sqrt(control * (1 - control) + (treatment * (1 - treatment)) / ratio),
  }
}
