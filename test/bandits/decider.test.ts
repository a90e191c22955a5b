import { describe, expect, it } from 'vitest'
import { armModels } from '../../src/bandits/arm-models.ts'
import { rewardAt } from '../../src/bandits/bayesian-linear.ts'
import { deciderOf } from '../../src/bandits/decider.ts'
import { explored, propensitiesAmong } from '../../src/bandits/exploration.ts'
import { propensitiesFor } from '../../src/bandits/propensity.ts'
import { rewardMomentsOfRows } from '../../src/bandits/reward-moments.ts'
import { randomOf } from '../../src/stats/random.ts'

const FEATURES = 6
const random = randomOf(7)
const rowsOf = (lift: number) =>
  Array.from({ length: 300 }, () => {
    const x = Float64Array.from({ length: FEATURES }, (_, i) => (i === 0 ? 1 : Math.round(1024 * (random.uniform() - 0.5)) / 1024))
    return { x, r: random.uniform() < 0.2 + lift * x[1]! ? 1 : 0 }
  })
const found = armModels([0, 0.2, -0.2, 0.1].map((lift) => rewardMomentsOfRows(FEATURES, rowsOf(lift))))
if (found.kind === 'unknown') throw new Error(found.because)
const models = found

describe('the decider', () => {
  const options = { models, thompsonScale: 0.5, floor: 0.1, precision: 'exact', featureScale: 1024 } as const
  const x = Int16Array.of(1024, 300, 0, -512, 0, 77)
  const inUnits = Array.from(x, (value) => value / 1024)

  it('finds what the parts find one by one', () => {
    const decider = deciderOf(options)
    const eligible = Uint8Array.of(1, 1, 0, 1)
    const arm = decider.decide(x, eligible, 0.999)
    const { arms, degreesOfFreedom } = models
    const marginals = arms.map(({ coefficients, covariance }) =>
      rewardAt({ coefficients, covariance, noise: 1, degreesOfFreedom }, inUnits),
    )
    const means = marginals.map(({ mean }) => mean)
    const scales = marginals.map(({ scale }) => scale / 2)
    const flags = [...eligible].map((one) => one === 1)
    const p = propensitiesAmong(flags, { means, scales }, propensitiesFor({ armsMax: 4, degreesOfFreedom, precision: 'exact' }))
    const pi = explored(p, { floor: 0.1, stratum: 'bandit', eligible: flags })
    pi.forEach((value, i) => {
      expect(decider.probabilities[i]).toBeCloseTo(value, 12)
      expect(decider.means[i]).toBeCloseTo(means[i]!, 12)
      expect(decider.scales[i]).toBeCloseTo(scales[i]!, 12)
    })
    expect(arm).toBe(3)
  })

  it('serves within 1e-6 of the exact vector', () => {
    const exact = deciderOf(options)
    const serving = deciderOf({ ...options, precision: 'serving' })
    const all = new Uint8Array(4).fill(1)
    for (let i = 0; i < 200; i++) {
      const context = Int16Array.from({ length: FEATURES }, (_, k) => (k === 0 ? 1024 : Math.round(2048 * (random.uniform() - 0.5))))
      exact.decide(context, all, 0.5)
      serving.decide(context, all, 0.5)
      serving.probabilities.forEach((value, arm) => {
        expect(Math.abs(value - exact.probabilities[arm]!)).toBeLessThan(1e-6)
      })
    }
  })

  it('is even in the uniform stratum, and repeats itself bit for bit', () => {
    const decider = deciderOf(options)
    decider.decide(x, Uint8Array.of(1, 0, 1, 1), 0.5, 'uniform')
    expect([...decider.probabilities]).toEqual([1 / 3, 0, 1 / 3, 1 / 3])
    decider.decide(x, new Uint8Array(4).fill(1), 0.2)
    const first = [...decider.probabilities]
    const again = deciderOf(options)
    again.decide(x, new Uint8Array(4).fill(1), 0.2)
    expect([...again.probabilities]).toEqual(first)
    expect(() => decider.decide(x, new Uint8Array(4), 0.2)).toThrow('eligible')
  })
})
