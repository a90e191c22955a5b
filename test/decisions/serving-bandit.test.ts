import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { armModels } from '../../src/bandits/arm-models.ts'
import { FEATURE_NAMES, featuresOf } from '../../src/bandits/features.ts'
import { rewardMomentsOfRows } from '../../src/bandits/reward-moments.ts'
import { storedModels } from '../../src/bandits/stored-models.ts'
import { chooseArm } from '../../src/decisions/choose-arm.ts'
import { exposureOf } from '../../src/decisions/exposure.ts'
import { serve } from '../../src/decisions/ladder.ts'
import { receiptOf } from '../../src/decisions/receipt.ts'
import { type LoggedDecision, replay } from '../../src/decisions/replay.ts'
import { type RunningEpoch, runningOf, servingAllocationOf } from '../../src/decisions/running.ts'
import { servingDecider } from '../../src/decisions/serving-bandit.ts'
import type { RunningExperiment } from '../../src/decisions/snapshot.ts'
import type { SnapshotBody } from '../../src/decisions/snapshot-body.ts'
import { epochSettingsOf, experimentSchema } from '../../src/experiments/experiment.ts'
import type { Words } from '../../src/experiments/hash.ts'
import { wordsOf } from '../../src/experiments/hash.ts'
import { randomOf } from '../../src/stats/random.ts'
import { plainRequest, rankerOf, snapshotOf } from '../support/deck.ts'

const POLICIES = ['a', 'b', 'c', 'd']
const FEATURES = FEATURE_NAMES.length
const seed = (name: string) => Uint8Array.from({ length: 16 }, (_, i) => name.charCodeAt(i % name.length) * (i + 3))

function epochOf(allocation: object = {}): RunningEpoch {
  const experiment = experimentSchema.parse({
    ...{ key: 'test', surface: 'home', arms: POLICIES.map((policy) => ({ key: policy, policy })), metrics: ['conversion'] },
    allocation: { kind: 'thompson', objectives: [{ metric: 'conversion' }], ...allocation },
  })
  return {
    ...{ epochId: 7, experimentId: 1, key: 'test', allocation: experiment.allocation, armIds: [10, 11, 12, 13] },
    settings: { ...epochSettingsOf(experiment), metricBodies: [] },
  }
}

function requestX(i: number): Int16Array {
  return featuresOf({
    ...{
      device: ['mobile', 'tablet', 'desktop'][i % 3],
      country: ['DE', 'FR', undefined][i % 3],
      returning: i % 2 === 0,
      hasHistory: i % 4 === 0,
    },
    ...{ hasItem: i % 5 === 0, hour: i % 24, dayOfYear: i % 365, weekday: i % 7 },
  })
}

const random = randomOf(11)
const found = armModels(
  POLICIES.map((_, arm) =>
    rewardMomentsOfRows(
      FEATURES,
      Array.from({ length: 400 }, (_, i) => ({
        x: Array.from(requestX(i), (value) => value / 1024),
        r: random.uniform() < 0.1 + 0.05 * arm + (i % 3 === arm ? 0.2 : 0) ? 1 : 0,
      })),
    ),
  ),
)
if (found.kind === 'unknown') throw new Error(found.because)
const models = storedModels(found)

function open(allocation: object = {}, knows = true): { epoch: RunningEpoch; running: RunningExperiment } {
  const epoch = epochOf(allocation)
  return { epoch, running: runningOf(epoch, knows ? servingDecider(models, servingAllocationOf(epoch)!) : null, seed) }
}
const deal = (running: RunningExperiment, killed: readonly string[] = []) =>
  snapshotOf({ experiments: [running], killed, rankers: ['popularity', 'hybrid', ...POLICIES].map((key) => rankerOf(key, [1, 2, 3, 4])) })
const words = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer()) as fc.Arbitrary<Words>
const request = (unit: Words, x: Int16Array, u: number) => ({
  unit,
  requestUnit: [9, 9, 9, 9] as Words,
  context: {},
  x,
  u,
  measurement: true,
})

describe('a bandit that serves', () => {
  it('draws an eligible arm from a vector that adds up to 1, none below the floor, and repeats itself', () => {
    const { running } = open()
    fc.assert(
      fc.property(
        words,
        fc.nat(1000),
        fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }),
        fc.subarray(POLICIES, { maxLength: 3 }),
        (unit, i, u, killed) => {
          const { snapshot, state } = deal(running, killed)
          const choice = chooseArm(request(unit, requestX(i), u), state, snapshot)
          const alive = POLICIES.length - killed.length
          expect(choice.propensities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 14)
          choice.propensities.forEach((p, arm) => {
            if (killed.includes(POLICIES[arm]!)) expect(p).toBe(0)
            else expect(p).toBeGreaterThanOrEqual((0.05 / alive) * (1 - 1e-12))
          })
          expect(killed).not.toContain(choice.policy)
          expect(choice.masked).toBe(killed.length > 0)
          const before = choice.propensities.slice(0, choice.arm).reduce((sum, p) => sum + p, 0)
          if (u < before + choice.propensities[choice.arm]!) expect(u).toBeGreaterThanOrEqual(before)
          expect(chooseArm(request(unit, requestX(i), u), state, snapshot)).toEqual(choice)
        },
      ),
    )
  })

  it('is even in the uniform stratum, which has its share of the units and keeps them', () => {
    const { running } = open({ uniformShare: 0.2 })
    const { snapshot, state } = deal(running)
    let uniform = 0
    for (let i = 0; i < 4_000; i++) {
      const { drawn, propensities } = chooseArm(request([i, 0, 0, 0], requestX(i), 0.5), state, snapshot)
      if (drawn?.stratum !== 'uniform') continue
      uniform += 1
      expect(propensities).toEqual([0.25, 0.25, 0.25, 0.25])
      expect(chooseArm(request([i, 0, 0, 0], requestX(i + 1), 0.1), state, snapshot).drawn?.stratum).toBe('uniform')
    }
    // 800 ± 5.5 standard deviations of 25.3: one false alarm in 10⁷.
    expect(Math.abs(uniform - 800)).toBeLessThan(140)
  })

  it('draws arms as often as the vector says', () => {
    const { running } = open()
    const { snapshot, state } = deal(running)
    const counts = [0, 0, 0, 0]
    const x = requestX(5)
    const n = 4_000
    for (let i = 0; i < n; i++) counts[chooseArm(request([1, 2, 3, 4], x, (i + 0.5) / n), state, snapshot).arm]! += 1
    const { propensities } = chooseArm(request([1, 2, 3, 4], x, 0), state, snapshot)
    for (const [arm, count] of counts.entries()) expect(Math.abs(count - n * propensities[arm]!)).toBeLessThanOrEqual(1)
  })

  it('is even while nothing is known, and steps back when every arm is switched off', () => {
    const { running } = open({}, false)
    const even = deal(running, ['a'])
    const choice = chooseArm(request([1, 2, 3, 4], requestX(1), 0.99), even.state, even.snapshot)
    expect(choice).toMatchObject({ propensities: [0, 1 / 3, 1 / 3, 1 / 3], arm: 3, drawn: { means: null, scales: null } })
    const off = deal(running, POLICIES)
    expect(chooseArm(request([1, 2, 3, 4], requestX(1), 0.99), off.state, off.snapshot).running).toBeNull()
  })

  it('spreads its bets in learning mode', () => {
    const best = (mode: string) => {
      const { running } = open({ mode, uniformShare: 0 })
      const { snapshot, state } = deal(running)
      return Math.max(...chooseArm(request([1, 2, 3, 4], requestX(0), 0.5), state, snapshot).propensities)
    }
    expect(best('learn')).toBeLessThan(best('earn'))
    expect(best('learn')).toBeLessThan(0.55)
  })
})

describe('a replay', () => {
  const secrets = { seed, draw: () => 0.77 }
  const logged = (): { decision: LoggedDecision; body: SnapshotBody } => {
    const { epoch, running } = open()
    const { snapshot, state } = deal(running, ['c'])
    const unit = Uint8Array.from({ length: 16 }, (_, i) => i)
    const choice = chooseArm(request(wordsOf(unit), requestX(8), 0.77), state, snapshot)
    const source = { decidedAt: 0, decisionId: new Uint8Array(16), unit, x: requestX(8), surface: 'home', snapshotId: 'snap' }
    const exposure = exposureOf(source, choice, serve(choice.policy, state, snapshot, plainRequest(snapshot)))
    expect(exposure).toMatchObject({ reason: 'thompson', kind: 'drawn', stratum: 'bandit', policy: POLICIES[choice.arm] })
    const kept = { surfaces: [], policies: [], running: [epoch], models: {}, killed: ['c'], learnedTo: {} }
    const belief = { kind: 'models', models, decisions: 1600, memoryDays: null, epochId: 7 } as const
    return { decision: { ...exposure, items: [], requestKey: null }, body: JSON.parse(JSON.stringify({ ...kept, beliefs: [belief] })) }
  }

  it('finds the same bits from JSON', () => {
    const { decision, body } = logged()
    expect(replay(decision, body, secrets, 0)).toEqual({ kind: 'same' })
  })

  it('finds what was expected of every outcome, and the reward’s means of a model that had no more', () => {
    const lines = POLICIES.map((_, arm) => Array.from({ length: 3 * FEATURES }, (_, i) => (arm + 1) / (i + 7)))
    for (const kept of [models, { ...models, lines }]) {
      const epoch = epochOf()
      const running = runningOf(epoch, servingDecider(kept, servingAllocationOf(epoch)!), seed)
      const { snapshot, state } = deal(running)
      const unit = Uint8Array.from({ length: 16 }, (_, i) => i)
      const choice = chooseArm(request(wordsOf(unit), requestX(8), 0.77), state, snapshot)
      expect(choice.drawn!.means).toHaveLength(kept === models ? 4 : 12)
      expect(choice.drawn!.scales).toHaveLength(4)
      const { decision, body } = logged()
      const { means: mhat, scales: scale } = choice.drawn!
      const own = { ...decision, ...{ mhat, scale, pi: choice.propensities, armId: epoch.armIds[choice.arm]! } }
      const beliefs = [{ kind: 'models', models: kept, decisions: 1, memoryDays: null, epochId: 7 } as const]
      const stored = JSON.parse(JSON.stringify({ ...body, killed: [], beliefs }))
      expect(replay(own, stored, secrets, 0)).toEqual({ kind: 'same' })
      const other = mhat!.map((value, i) => (i === mhat!.length - 1 ? value * 1.0000002 : value))
      expect(replay({ ...own, mhat: other }, stored, secrets, 0)).toMatchObject({ kind: 'different', differences: [{ of: 'mhat' }] })
    }
  })

  it('finds the same bits of rates', () => {
    const rates = [20, 25, 31, 44].map((a) => ({ a, b: 400 - a }))
    const lines = POLICIES.map((_, arm) => [0.05 + arm / 100, 1, 2])
    const kept = { kind: 'beta', features: 1, arms: rates, lines } as const
    const epoch = epochOf({ model: 'beta', context: false })
    const { snapshot, state } = deal(runningOf(epoch, servingDecider(kept, servingAllocationOf(epoch)!), seed), ['b'])
    const { decision, body } = logged()
    const choice = chooseArm(request(wordsOf(decision.unit), decision.x, 0.77), state, snapshot)
    expect(choice.drawn!.means).toHaveLength(12)
    expect(choice.propensities[1]).toBe(0)
    expect(choice.propensities[3]).toBeGreaterThan(choice.propensities[0]!)
    const { means: mhat, scales: scale } = choice.drawn!
    const own = { ...decision, ...{ mhat, scale, pi: choice.propensities, armId: epoch.armIds[choice.arm]! } }
    const beliefs = [{ kind: 'models', models: kept, decisions: 1, memoryDays: null, epochId: 7 } as const]
    const stored = JSON.parse(JSON.stringify({ ...body, running: [epoch], killed: ['b'], beliefs }))
    expect(replay(own, stored, secrets, 0)).toEqual({ kind: 'same' })
    stored.beliefs[0].models.arms[3].a += 1e-12
    expect(replay(own, stored, secrets, 0)).toMatchObject({ kind: 'different', differences: [{ of: 'pi' }] })
    expect(receiptOf(own, body && { ...body, running: [epoch], beliefs }, seed)).toMatchObject({
      belief: { model: 'beta', meansAre: 'chances' },
      arms: [{ expected: { mean: 0.05, contributions: [{ name: 'intercept', value: 1, weight: 0.05, contribution: 0.05 }] } }, {}, {}, {}],
    })
  })

  it('names what differs, to the last bit', () => {
    const { decision, body } = logged()
    const pi = decision.pi.map((p, i) => (i === 0 ? p * (1 + Number.EPSILON) : p))
    expect(replay({ ...decision, pi }, body, secrets, 0)).toMatchObject({ kind: 'different', differences: [{ of: 'pi' }] })
    expect(replay(decision, { ...body, killed: ['a', 'c'] }, secrets, 0)).toMatchObject({ kind: 'different' })
    // c was out of order instead of switched off: only the vector tells.
    expect(replay(decision, { ...body, killed: [] }, secrets, 0)).toEqual({ kind: 'same' })
    const other = { ...secrets, draw: () => 0.001 }
    expect(replay(decision, body, other, 0)).toMatchObject({ kind: 'different', differences: [{ of: 'arm' }] })
    expect(replay(decision, body, other, 8 * 86_400_000)).toMatchObject({ kind: 'same-vector' })
  })

  it('says when nothing can be compared', () => {
    const { decision, body } = logged()
    expect(replay(decision, null, secrets, 0)).toEqual({ kind: 'impossible', because: 'snapshot-not-kept' })
    expect(replay({ ...decision, epochId: null }, body, secrets, 0)).toMatchObject({ because: 'outside-experiments' })
    expect(replay({ ...decision, epochId: 8 }, body, secrets, 0)).toMatchObject({ because: 'other-format' })
  })
})
