/**
 * The checks that come before any reading: did every arm get its share of units, was every unit in one arm only, do the books balance?
 *
 * A failed first or last one blocks every verdict: then the numbers compare two different crowds, or are not whole. Learned shares block
 * it too, until there are estimates that allow for them.
 */
import { isUnknown } from '../stats/estimate.ts'
import { MISMATCH_BELOW, sampleRatio } from '../stats/sample-ratio.ts'
import type { EpochArm } from './epoch-arms.ts'
import type { Integrity, Report, SampleRatio, Trust } from './report-shape.ts'

/** One unit in a thousand seen in two arms: more than shared devices explain. */
const TWO_ARMS_MOST = 0.001
/** A bandit draws anew for every decision: no share is planned, and a unit may well meet every arm. */
const LEARNED: SampleRatio = { kind: 'does-not-apply', because: 'shares-are-learned' }

export function trustOf(arms: readonly EpochArm[], integrity: Integrity, allocation: Report['epoch']['allocation']): Trust {
  const isLearned = allocation === 'thompson'
  const ratio = isLearned ? LEARNED : sampleRatioOf(arms)
  const twoArms = twoArmsOf(arms)
  return {
    blockedBy: blockOf(ratio, integrity) ?? (isLearned ? 'adaptive-allocation' : null),
    sampleRatio: ratio,
    twoArms: { ...twoArms, alarm: twoArms.alarm && !isLearned },
  }
}

/** While an arm is switched off its units go to the others, so the planned shares are no longer what to expect. */
function sampleRatioOf(arms: readonly EpochArm[]): SampleRatio {
  if (arms.some((arm) => arm.exposures.masked > 0n)) return { kind: 'does-not-apply', because: 'arms-were-switched-off' }
  const counts = arms.map((arm) => Number(arm.moments.units))
  const result = sampleRatio({ counts, weights: arms.map((arm) => arm.share) })
  if (isUnknown(result)) return result
  const { statistic, degreesOfFreedom, pValue, log10PValue, expected, mismatch } = result
  return {
    ...{ kind: 'tested', chiSquare: statistic, degreesOfFreedom, pValue, log10PValue, threshold: MISMATCH_BELOW, alarm: mismatch },
    arms: arms.map(({ key }, i) => ({ arm: key, units: counts[i]!, expected: expected[i]! })),
  }
}

function twoArmsOf(arms: readonly EpochArm[]): Trust['twoArms'] {
  const excluded = arms.reduce((sum, arm) => sum + arm.moments.excluded, 0n)
  const all = arms.reduce((sum, arm) => sum + arm.moments.units, excluded)
  const share = all > 0n ? Number(excluded) / Number(all) : 0
  return { units: Number(excluded), share, threshold: TWO_ARMS_MOST, alarm: share > TWO_ARMS_MOST }
}

function blockOf(ratio: SampleRatio, integrity: Integrity): Trust['blockedBy'] {
  if (!integrity.equal) return 'exposures-do-not-add-up'
  return ratio.kind === 'tested' && ratio.alarm ? 'sample-ratio-mismatch' : null
}
