/**
 * The scores that the gate judges by, from the sums of the log: the plain comparison inside the uniform stratum.
 *
 *     S/n = Σ cₐ·ȳₐ of the uniform stratum + realised·ȳ of the bandit's          W/n² = Σ cₐ²·sₐ²/nₐ + realised²·s²/n
 *
 * The uniform stratum is a randomised comparison whatever the bandit learns. Days before a person's word are left out where asked.
 */

import { type OutcomeSums, rewardMomentsOf } from '../bandits/outcome-sums.ts'
import type { ContrastSums } from '../stats/adaptive-contrast.ts'
import { nonZeroUnitsAtLeast } from '../stats/always-valid-gate.ts'
import { type Unknown, unknown } from '../stats/estimate.ts'
import { type Moments, mergeMoments, NO_MOMENTS } from '../stats/moments.ts'
import type { GateQuestion, GateScores } from './gate-test.ts'

/** `armIds` in the order of the epoch's arms. */
export function gateScoresOf(sums: readonly OutcomeSums[], armIds: readonly number[]): GateScores {
  const rewards = (slots: readonly number[], of: (sum: OutcomeSums) => boolean) =>
    sums
      .filter(of)
      .map((sum) => rewardMomentsOf(sum, slots))
      .reduce(mergeMoments, NO_MOMENTS)
  return {
    contrast: (question) =>
      contrastOf(question, (arm, fromDay) =>
        rewards(
          question.slots,
          ({ armId, stratum, day }) =>
            (arm === null ? stratum === 'bandit' : armId === armIds[arm] && stratum === 'uniform') && (fromDay === null || day >= fromDay),
        ),
      ),
    events(arm, slots) {
      const moments = rewards(slots, ({ armId }) => armId === armIds[arm])
      return { n: moments.n, conversions: moments.n === 0 ? 0 : nonZeroUnitsAtLeast(moments) }
    },
    outcomeVariance(slots) {
      const arms = armIds.map((id) => rewards(slots, ({ armId }) => armId === id))
      const n = arms.reduce((sum, arm) => sum + arm.n, 0)
      return n === 0 ? 0 : arms.reduce((sum, arm) => sum + arm.m2, 0) / n
    },
  }
}

function contrastOf(
  { arms, realised, fromDay }: GateQuestion,
  momentsOf: (arm: number | null, fromDay: number | null) => Moments,
): ContrastSums | Unknown {
  const all = momentsOf(null, fromDay)
  const parts = [...arms.map((coefficient, arm) => ({ coefficient, arm })), { coefficient: realised, arm: null }]
    .filter(({ coefficient }) => coefficient !== 0)
    .map(({ coefficient, arm }) => ({ coefficient, moments: arm === null ? all : momentsOf(arm, fromDay) }))
  const least = Math.min(...parts.map(({ moments }) => moments.n))
  if (least < 2) return unknown('no-overlap', { have: least, need: 2 })
  const n = all.n
  const within = parts.reduce((sum, { moments }) => sum + moments.m2, 0) / parts.reduce((sum, { moments }) => sum + moments.n, 0)
  const pooled = parts.reduce((sum, { coefficient, moments }) => sum + (coefficient * coefficient) / moments.n, 0) * within
  const variance = parts.reduce((sum, { coefficient, moments: { n, m2 } }) => sum + (coefficient * coefficient * m2) / (n - 1) / n, 0)
  return {
    ...{ kind: 'contrast', rows: n, rowsLeftOut: 0, weight: n },
    pooledVariance: n * n * pooled,
    sum: n * parts.reduce((sum, { coefficient, moments }) => sum + coefficient * moments.mean, 0),
    empiricalVariance: n * n * variance,
  }
}
