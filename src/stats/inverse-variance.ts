/**
 * Independent effects as one: weighted by what they know.
 *
 *     μ̂ = Σ x_k/v_k / Σ 1/v_k      V = 1/Σ 1/v_k      Q = Σ (x_k − μ̂)²/v_k ~ χ²_{K−1} when all measure the same thing
 *
 * The combination is precise and says something only about effects that agree; Q says whether they do.
 * @see Cochran (1954), doi:10.2307/3001666
 */
import { chiSquareLogSurvival } from './chi-square.ts'
import { type Effect, pValueOfLog, type Unknown, unknown } from './estimate.ts'

export interface Agreement {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
  readonly log10PValue: number
  /** Share of the scatter that is more than chance, in [0, 1). */
  readonly iSquared: number
}

/** The common effect; unknown without any. */
export function commonEffect(effects: readonly Effect[]): Effect | Unknown {
  if (effects.length === 0) return unknown('no-information', { have: 0, need: 1 })
  let precision = 0
  let weighted = 0
  for (const { estimate, variance } of effects) {
    precision += 1 / variance
    weighted += estimate / variance
  }
  return { kind: 'effect', estimate: weighted / precision, variance: 1 / precision, degreesOfFreedom: Number.POSITIVE_INFINITY }
}

/** Cochran's test that all effects are one; needs two. */
export function agreementOf(effects: readonly Effect[]): Agreement | Unknown {
  const common = commonEffect(effects)
  if (effects.length < 2 || common.kind === 'unknown') return unknown('too-few-segments', { have: effects.length, need: 2 })
  const statistic = effects.reduce((sum, { estimate, variance }) => sum + (estimate - common.estimate) ** 2 / variance, 0)
  const degreesOfFreedom = effects.length - 1
  return {
    statistic,
    degreesOfFreedom,
    ...pValueOfLog(chiSquareLogSurvival(statistic, degreesOfFreedom)),
    iSquared: statistic > degreesOfFreedom ? 1 - degreesOfFreedom / statistic : 0,
  }
}
