import { armModels } from '../../src/bandits/arm-models.ts'
import { FEATURE_NAMES, featuresOf } from '../../src/bandits/features.ts'
import { rewardMomentsOfRows } from '../../src/bandits/reward-moments.ts'
import { storedModels } from '../../src/bandits/stored-models.ts'
import { type RunningEpoch, runningOf, servingAllocationOf } from '../../src/decisions/running.ts'
import { servingDecider } from '../../src/decisions/serving-bandit.ts'
import type { RunningExperiment } from '../../src/decisions/snapshot.ts'
import { epochSettingsOf, experimentSchema } from '../../src/experiments/experiment.ts'
import type { Gates } from '../../src/experiments/gate.ts'
import { randomOf } from '../../src/stats/random.ts'

/** A bandit of four arms that has learned something, under the state of a gate. Two of its arms share a policy. */

export const POLICIES = ['a', 'b', 'c', 'a'] as const
export const ARM_IDS = [10, 11, 12, 13] as const
export const seed = (name: string) => Uint8Array.from({ length: 16 }, (_, i) => name.charCodeAt(i % name.length) * (i + 3))

const random = randomOf(11)
const rows = (arm: number) =>
  Array.from({ length: 300 }, (_, i) => ({
    x: Array.from(smallX(i), (value) => value / 1024),
    r: random.uniform() < 0.1 + 0.1 * arm ? 1 : 0,
  }))
const found = armModels(POLICIES.map((_, arm) => rewardMomentsOfRows(FEATURE_NAMES.length, rows(arm))))
if (found.kind === 'unknown') throw new Error(found.because)
export const models = storedModels(found)

export function smallX(i: number): Int16Array {
  const flags = { returning: false, hasHistory: false, hasItem: false }
  return featuresOf({
    device: i % 2 === 0 ? 'mobile' : 'desktop',
    country: undefined,
    hour: i % 24,
    dayOfYear: 100,
    weekday: i % 7,
    ...flags,
  })
}

export function smallEpoch(allocation: object = {}, gates?: Gates): RunningEpoch {
  const experiment = experimentSchema.parse({
    ...{ key: 'test', surface: 'home', metrics: ['conversion'] },
    arms: POLICIES.map((policy, i) => ({ key: `arm-${i}`, policy })),
    allocation: { kind: 'thompson', objectives: [{ metric: 'conversion' }], uniformShare: 0.3, ...allocation },
  })
  return {
    ...{ epochId: 7, experimentId: 1, key: 'test', allocation: experiment.allocation, armIds: ARM_IDS },
    settings: { ...epochSettingsOf(experiment), metricBodies: [] },
    ...(gates ? { gates } : {}),
  }
}

export function smallBandit(allocation: object = {}, gates?: Gates): { readonly epoch: RunningEpoch; readonly running: RunningExperiment } {
  const epoch = smallEpoch(allocation, gates)
  return { epoch, running: runningOf(epoch, servingDecider(models, servingAllocationOf(epoch)!), seed) }
}
