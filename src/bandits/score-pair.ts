/**
 * Two arms of a bandit and their difference from its scores, for a quantity that is a sum over draws or a ratio of two such sums.
 *
 *     sum      μ̂ₐ = Σψₐ/n                        Δ̂ = μ̂ₜ − μ̂_c
 *     ratio    Rₐ = Σψₐₘ/Σψₐ_d                   Δ̂ = Rₜ − R_c           each arm linearised at its own ratio: sₐ = (ψₐₘ − Rₐ·ψₐ_d)/D̂ₐ
 *
 * Whatever the true ratios are, Σ(sₜ − s_c) − n·Δ is the same number for every value of R_c that is put in, because both arms are divided by their own
 * D̂ = Σψ_d/n; only D̂ in place of its mean is an approximation, of second order. So the interval of every look holds as an asymptotic
 * confidence sequence does, once the denominators are established. Clustered by unit-day, as all scores are.
 * @see Deng, Knoblich & Lu (2018), doi:10.1145/3219819.3219919; Waudby-Smith et al. (2024), doi:10.1214/24-AOS2408
 */
import type { ArmPair } from '../stats/arm-estimate.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import { weakDenominator } from '../stats/ratio.ts'
import { armAgainst, contrastOf, type ScoreContrast } from './score-contrast.ts'
import type { ScoreMoments } from './score-moments.ts'
import { plannedVariance } from './score-variance.ts'

/** What is measured of a draw: coefficients by slot, per stored integer. */
export type ScoreQuantity =
  | { readonly kind: 'sum'; readonly slots: readonly number[] }
  | { readonly kind: 'ratio'; readonly numerator: readonly number[]; readonly denominator: readonly number[] }

export interface ScorePair extends ArmPair<ScoreContrast> {
  readonly kind: 'pair'
  /** Treatment minus control. */
  readonly difference: ScoreContrast
}

/** Both arms and their difference, from the cells in which both could be drawn. Unknown when there is none, or nothing to divide by. */
export function scorePair(
  cells: readonly ScoreMoments[],
  { places, arms, quantity }: { readonly places: ArmPair<number>; readonly arms: number; readonly quantity: ScoreQuantity },
): ScorePair | Unknown {
  const shared = cells.filter(({ eligible }) => eligible[places.control] && eligible[places.treatment])
  const [control, treatment] = [places.control, places.treatment].map((place) => scoreOfArm(shared, { place, arms, quantity })) as [
    LinearScore | Unknown,
    LinearScore | Unknown,
  ]
  if (isUnknown(control)) return control
  if (isUnknown(treatment)) return treatment
  const counted = quantity.kind === 'sum' ? quantity.slots : quantity.numerator
  const slots = (arm: number) => (arm === places.treatment ? treatment : control).slots
  // Of all cells, so that it knows how many draws were left out.
  const linear = contrastOf(cells, { arms: armAgainst(arms, places), slots, counted })
  if (isUnknown(linear)) return linear
  const difference = quantity.kind === 'sum' ? linear : at(linear, treatment.contrast.estimate - control.contrast.estimate)
  return { kind: 'pair', control: control.contrast, treatment: treatment.contrast, difference }
}

/** An arm's value with what its scores are made of. */
interface LinearScore {
  readonly contrast: ScoreContrast
  /** Coefficients of the scores whose variance is that of the value. */
  readonly slots: readonly number[]
}

/** One arm, from the cells in which it could be drawn. */
export function scoreOfArm(
  cells: readonly ScoreMoments[],
  { place, arms, quantity }: { readonly place: number; readonly arms: number; readonly quantity: ScoreQuantity },
): LinearScore | Unknown {
  const only = Array.from({ length: arms }, (_, arm) => (arm === place ? 1 : 0))
  const counted = quantity.kind === 'sum' ? quantity.slots : quantity.numerator
  const of = (slots: readonly number[]) => contrastOf(cells, { arms: only, slots, counted })
  if (quantity.kind === 'sum') {
    const contrast = of(quantity.slots)
    return isUnknown(contrast) ? contrast : { contrast, slots: quantity.slots }
  }
  const { numerator, denominator } = quantity
  const [above, below] = [of(numerator), of(denominator)]
  if (isUnknown(above)) return above
  if (isUnknown(below)) return below
  const weak = weakDenominator({ estimate: below.estimate, variance: plannedVariance(below) / below.weight ** 2 })
  if (weak) return weak
  const ratio = above.estimate / below.estimate
  const slots = numerator.map((weight, k) => (weight - ratio * denominator[k]!) / below.estimate)
  const linear = of(slots)
  return isUnknown(linear) ? linear : { contrast: at(linear, ratio), slots }
}

/** Linearised scores add up to nothing; what they are scores of is put in their place. */
function at(contrast: ScoreContrast, estimate: number): ScoreContrast {
  return { ...contrast, estimate, sum: estimate * contrast.weight }
}
