/** The arms of an epoch with all that the log has of each: the settings name them by position, the log by id. */
import { controlOf, type Experiment, sharesOf } from '../experiments/experiment.ts'
import { assert } from '../stats/assert.ts'
import type { ArmMoments, EpochMoments, ExposureCounts } from './epoch-moments.ts'

export interface EpochArm {
  readonly id: number
  readonly key: string
  readonly policy: string
  readonly control: boolean
  readonly share: number
  readonly moments: ArmMoments
  readonly exposures: ExposureCounts
  /** Exposures in the log itself. */
  readonly recount: bigint
}

/** The arms in the order of the settings. An arm that the log has never seen has zeros. */
export function epochArmsOf(arms: Experiment['arms'], armIds: readonly number[], moments: EpochMoments): readonly EpochArm[] {
  assert(arms.length === armIds.length, `${arms.length} arms need as many ids, got ${armIds.length}`)
  const shares = sharesOf(arms)
  const control = controlOf(arms)
  return arms.map(({ key, policy }, i) => {
    const id = armIds[i]!
    return {
      ...{ id, key, policy, control: i === control, share: shares[i]! },
      moments: moments.arms.find((arm) => arm.armId === id) ?? { armId: id, units: 0n, excluded: 0n, s: [], ss: [] },
      exposures: moments.exposures.find((arm) => arm.armId === id) ?? { armId: id, n: 0n, fallback: 0n, masked: 0n },
      recount: moments.recount.exposures.find((arm) => arm.armId === id)?.n ?? 0n,
    }
  })
}

/** The control and the treatments. */
export function splitArms(arms: readonly EpochArm[]): { readonly control: EpochArm; readonly treatments: readonly EpochArm[] } {
  const control = arms.find((arm) => arm.control)
  assert(control, 'an epoch has a control arm')
  return { control, treatments: arms.filter((arm) => !arm.control) }
}
