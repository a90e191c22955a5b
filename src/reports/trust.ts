/**
 * The checks that come before any reading: did every arm get its share of units, was every unit in one arm only, do the books balance?
 *
 * A failed first or last one blocks every verdict: then the numbers compare two different crowds, or are not whole. Of a
 * bandit the draws are held against the propensities that were logged (bandit-draws). The sample ratio is looked at every day while the experiment runs, so the test that
 * may be watched decides then, and χ² at the one look that counts: when the plan is reached, or the epoch has ended.
 */
import { assert } from '../stats/assert.ts'
import { isUnknown } from '../stats/estimate.ts'
import { MISMATCH_BELOW, sampleRatio } from '../stats/sample-ratio.ts'
import type { BanditReport } from './bandit-shape.ts'
import type { EpochArm } from './epoch-arms.ts'
import type { DayUnits } from './epoch-moments.ts'
import type { Integrity, Report, SampleRatio, Trust } from './report-shape.ts'
import { watchSampleRatio } from './sample-ratio-watch.ts'

/** One unit in a thousand seen in two arms: more than shared devices explain. */
const TWO_ARMS_MOST = 0.001
/** A bandit draws anew for every decision, unless it is sticky: no share is planned, and a unit may well meet every arm. */
const LEARNED: SampleRatio = { kind: 'does-not-apply', because: 'shares-are-learned' }

export interface TrustSource {
  readonly arms: readonly EpochArm[]
  readonly days: readonly DayUnits[]
  readonly integrity: Integrity
  readonly allocation: Report['epoch']['allocation']
  /** Whether a bandit's units keep their arm: then none may meet two. */
  readonly sticky: boolean
  /** Of a bandit: draws against logged propensities. */
  readonly strata: BanditReport['strata']
  /** Still on its way to the plan. */
  readonly watched: boolean
}

export function trustOf({ arms, days, integrity, allocation, sticky, strata, watched }: TrustSource): Trust {
  const isLearned = allocation === 'thompson'
  const ratio = isLearned ? LEARNED : sampleRatioOf(arms, days, watched)
  const twoArms = twoArmsOf(arms)
  return {
    blockedBy: blockOf(ratio, integrity) ?? (strata.some((each) => each.kind === 'tested' && each.alarm) ? 'sample-ratio-mismatch' : null),
    sampleRatio: ratio,
    twoArms: { ...twoArms, alarm: twoArms.alarm && (!isLearned || sticky) },
  }
}

/** While an arm is switched off its units go to the others, so the planned shares are no longer what to expect. */
function sampleRatioOf(arms: readonly EpochArm[], days: readonly DayUnits[], watched: boolean): SampleRatio {
  if (arms.some((arm) => arm.exposures.masked > 0n)) return { kind: 'does-not-apply', because: 'arms-were-switched-off' }
  const counts = arms.map((arm) => Number(arm.moments.units))
  const result = sampleRatio({ counts, weights: arms.map((arm) => arm.share) })
  if (isUnknown(result)) return result
  const { statistic, degreesOfFreedom, pValue, log10PValue, expected, mismatch } = result
  const watch = watchSampleRatio(arms, days)
  assert(watch, 'where χ² can be computed the watch can be, too')
  const watchAlarm = watch.pValue < MISMATCH_BELOW
  return {
    ...{ kind: 'tested', chiSquare: statistic, degreesOfFreedom, pValue, log10PValue, threshold: MISMATCH_BELOW },
    ...{ decidedBy: watched ? 'sequential' : 'chi-square', alarm: watched ? watchAlarm : mismatch },
    sequential: { ...watch, alarm: watchAlarm },
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

/** log₁₀ p of the test that decides. */
export function decidingP({ decidedBy, sequential, log10PValue }: Extract<SampleRatio, { kind: 'tested' }>): number {
  return decidedBy === 'sequential' ? sequential.log10PValue : log10PValue
}
