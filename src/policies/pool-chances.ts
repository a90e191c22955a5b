/**
 * The chance that each item of a pool is bought, best first, and whose word that is.
 *
 *     learned     the calibration of the policy that served
 *     settings    it has none (a fixed list, another recommender, too few purchases), or so wanted:  purchaseRate·(sᵢ/s₁)^sharpness
 *
 * Where scores are 1/rank, as those of a fixed list and of a recommender that names none, the second is a rank curve. A score of 0 has no chance.
 */
import type { Assembly } from './assembly.ts'
import { type Calibration, chanceOf } from './calibration.ts'

export type ChancesBy = 'learned' | 'settings'

export interface PoolChances {
  readonly by: ChancesBy
  /** Id of the calibration; null for settings. */
  readonly calibration: string | null
  /** Position by position, in [0, 1]. */
  readonly chances: Float64Array
}

type ChanceSettings = Pick<Assembly, 'purchaseRate' | 'sharpness'> & { readonly chances?: Assembly['chances'] }

/** Chances of a pool by its scores, best first. A surface that was stored before chances were learned gets the learned ones. */
export function poolChances(scores: readonly number[], learned: Calibration | null, settings: ChanceSettings): PoolChances {
  const best = scores.reduce((most, score) => Math.max(most, score), 0)
  if (learned && settings.chances !== 'settings') {
    const chances = Float64Array.from(scores, (score, k) => chanceOf(learned, { rank: k + 1, score, best }))
    return { by: 'learned', calibration: learned.id, chances }
  }
  const { purchaseRate, sharpness } = settings
  const chances = Float64Array.from(scores, (score) => (score > 0 ? (score / best) ** sharpness * purchaseRate : 0))
  return { by: 'settings', calibration: null, chances }
}
