/**
 * Dunnett's test: many treatments against one control, with their shared control taken into account.
 *
 *     P(max |T_i| ≤ c) = ∫∫ Π [ Φ((c·s + λ_i·u)/√(1−λ_i²)) − Φ((−c·s + λ_i·u)/√(1−λ_i²)) ] φ(u) du f(s) ds      λ_i² = V_c/(V_c + V_i)
 *
 * Sharper than Bonferroni because the treatments share the control's chance: c = 2.21 for two treatments of equal size where Bonferroni
 * needs 2.24. s = √(χ²_ν/ν) is 1 when variances count as known.
 * @see Dunnett (1955), doi:10.1080/01621459.1955.10501294; Dunnett (1964), doi:10.2307/2528490
 */
import { assert } from './assert.ts'
import { bulkOf } from './bulk.ts'
import { assertLevel, pValueOfLog } from './estimate.ts'
import { normalDensity, normalSurvival } from './normal.ts'
import { integrate } from './quadrature.ts'
import { rootByBracket } from './root.ts'
import { HALF_LOG_2PI, stirlingError } from './special.ts'

const CRITICAL_MAX = 60
/** Beyond c + 10 the shared part has nothing left. */
const SHARED_MAX = 10
/** Sixteen nodes resolve this many widths of the sharpest treatment to eleven digits. */
const PANEL_WIDTHS = 4

/** λ of each treatment: the square root of the control's share in the variance of its difference; √½ for arms of equal size. */
export interface Contrasts {
  readonly loadings: readonly number[]
  /** Infinity (the default) when variances count as known. */
  readonly degreesOfFreedom?: number
}

/** Loadings from the variances of the arm estimates. */
export function loadingsOf({
  control,
  treatments,
}: {
  readonly control: number
  readonly treatments: readonly number[]
}): readonly number[] {
  assert(control > 0 && treatments.every((variance) => variance > 0), "Dunnett's test needs variance in every arm")
  return treatments.map((variance) => Math.sqrt(control / (control + variance)))
}

/** The c that max |T_i| exceeds with probability 1 − level when no treatment has an effect. */
export function dunnettCritical(contrasts: Contrasts, { level }: { readonly level: number }): number {
  assertLevel(level)
  assert(contrasts.loadings.length > 0, "Dunnett's test needs a treatment")
  const target = Math.log(1 - level)
  return rootByBracket((c) => logExceedance(c, contrasts) - target, { low: 0, high: CRITICAL_MAX })
}

/** Adjusted two-sided p-values of the statistics of all treatments. */
export function dunnettPValues(statistics: readonly number[], contrasts: Contrasts) {
  assert(statistics.length === contrasts.loadings.length, `${contrasts.loadings.length} treatments need as many statistics`)
  return statistics.map((statistic) => pValueOfLog(logExceedance(Math.abs(statistic), contrasts)))
}

/** ln P(max |T_i| > c), from positive integrands only, so that small tails keep their digits. */
function logExceedance(c: number, { loadings, degreesOfFreedom = Number.POSITIVE_INFINITY }: Contrasts): number {
  if (c === 0) return 0
  if (degreesOfFreedom === Number.POSITIVE_INFINITY) return Math.log(exceedance(c, loadings))
  // over u = ln s, where s has a smooth density at both ends
  const half = degreesOfFreedom / 2
  const constant = Math.LN2 - HALF_LOG_2PI + 0.5 * Math.log(half) - stirlingError(half)
  const logDensity = (u: number) => constant + degreesOfFreedom * (u - Math.expm1(2 * u) / 2)
  const logIntegrand = (u: number) => logDensity(u) + Math.log(exceedance(c * Math.exp(u), loadings))
  const { low, peak, high } = bulkOf(logIntegrand, { start: 0, scale: 1 / Math.sqrt(2 * degreesOfFreedom), drop: 36 })
  const top = logIntegrand(peak)
  return Math.min(0, top + Math.log(integrate((u) => Math.exp(logIntegrand(u) - top), { low, high, panels: 8, points: 16 })))
}

/** P(max |Z_i| > c) = 2·∫₀^∞ (1 − Π(1 − q_i(u)))·φ(u) du with q_i the two tails of Z_i given the shared part u. */
function exceedance(c: number, loadings: readonly number[]): number {
  const outside = (u: number) => {
    let logInside = 0
    for (const loading of loadings) {
      const own = Math.sqrt(1 - loading * loading)
      logInside += Math.log1p(-Math.min(1, normalSurvival((c - loading * u) / own) + normalSurvival((c + loading * u) / own)))
    }
    return -Math.expm1(logInside)
  }
  const high = c + SHARED_MAX
  const sharpest = Math.sqrt(1 - Math.max(...loadings) ** 2)
  const panels = Math.ceil(high / (PANEL_WIDTHS * Math.min(0.5, sharpest)))
  return Math.min(1, 2 * integrate((u) => outside(u) * normalDensity(u), { low: 0, high, panels, points: 16 }))
}
