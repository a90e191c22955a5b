import { describe, expect, it } from 'vitest'
import { linearPosterior, rewardAt, rewardPosterior } from '../../src/bandits/bayesian-linear.ts'
import { openGaussianBelief } from '../../src/bandits/gaussian-belief.ts'
import { rewardMomentsOfRows } from '../../src/bandits/reward-moments.ts'
import { openHead } from '../../src/bandits/scoring-head.ts'
import { classificationSet, shuffled } from '../../src/simulation/classification-set.ts'
import { progressiveError, SETTINGS } from '../../src/simulation/progressive-error.ts'
import { randomOf } from '../../src/stats/random.ts'

describe('a classification set', () => {
  const header = ['code', 'size', 'same', 'target']
  const rows = [
    ['7', '1.0', '5', 'a'],
    ['2', '2.0', '5', 'b'],
    ['7', '6.0', '5', 'b'],
  ]

  it('has one feature a code, standardised measurements, and nothing for a constant column', () => {
    const set = classificationSet('toy', header, rows)
    expect(set).toMatchObject({ rows: 3, arms: 2, features: 3 })
    expect([...set.labels]).toEqual([0, 1, 1])
    expect([...set.contexts[0]!].slice(0, 3)).toEqual([1, 1, 0])
    expect(set.contexts.reduce((sum, x) => sum + x[3]!, 0)).toBeCloseTo(0, 12)
    expect(set.contexts.reduce((sum, x) => sum + x[3]! ** 2, 0)).toBeCloseTo(3, 12)
  })

  it('refuses tables without a class, without rows, or with more columns than features', () => {
    expect(() => classificationSet('toy', ['a'], rows)).toThrow('target')
    expect(() => classificationSet('toy', header, [])).toThrow('no rows')
    const wide = Array.from({ length: 129 }, (_, i) => `c${i}`)
    const numbers = (value: string) => [...wide.map(() => value), 'a']
    expect(() => classificationSet('wide', [...wide, 'target'], [numbers('1.5'), numbers('2.5')])).toThrow('129 columns')
  })

  it('takes words for codes, and a missing number for the mean', () => {
    const told = [...rows, ['x', '?', '5', 'a'], ['', '3.0', '5', 'a']]
    const { contexts, features } = classificationSet('toy', header, told)
    expect(features).toBe(5)
    expect(contexts[3]![5]).toBe(0)
    expect(contexts.map((x) => [...x.slice(1, 5)].indexOf(1))).toEqual([0, 1, 0, 2, 3])
  })

  it('takes whole numbers of many values for measurements, the widest first, and lets rare words share a feature', () => {
    const counted = Array.from({ length: 51 }, (_, i) => [String(i), 'a'])
    expect(classificationSet('counts', ['n', 'target'], counted).features).toBe(1)
    const tables = Array.from({ length: 300 }, (_, i) => [String(i % 40), String(i % 30), i < 200 ? `w${i % 50}` : `rare${i}`, 'a'])
    const { contexts, features } = classificationSet('narrowed', ['a', 'b', 'words', 'target'], tables)
    expect(features).toBe(128)
    for (const x of contexts) expect(x.slice(3).reduce((sum, value) => sum + value, 0)).toBe(1)
    expect(contexts[299]![128]).toBe(1)
  })

  it('is shuffled into every order alike', () => {
    const random = randomOf(1)
    const counts = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const order = shuffled(3, random).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    // six orders of 1000 each: 850 is more than five standard deviations away
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })
})

describe('a belief', () => {
  it('learned row by row is the posterior from moments', () => {
    const random = randomOf(2)
    const rows = Array.from({ length: 50 }, () => ({
      x: Float64Array.of(1, random.uniform() < 0.5 ? 1 : 0, 2 * random.uniform() - 1),
      r: random.uniform() < 0.4 ? 1 : 0,
    }))
    const belief = openGaussianBelief(3, 0.5)
    for (const { x, r } of rows) belief.observe(x, 1, r - belief.mean(x))
    const sums = rewardMomentsOfRows(3, rows)
    const prior = {
      precision: Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, 2),
      coefficients: new Float64Array(3),
      residual: Float64Array.of(1),
      degreesOfFreedom: 3,
    }
    const posterior = linearPosterior({ ...sums, c: Float64Array.of(sums.c) }, prior)
    if (posterior.kind === 'unknown') throw new Error(posterior.because)
    for (const x of [Float64Array.of(1, 0, 0.3), Float64Array.of(1, 1, -0.9)]) {
      const { mean, scale } = rewardAt({ ...rewardPosterior(posterior, [1]), noise: 1 }, x)
      expect(belief.mean(x)).toBeCloseTo(mean, 10)
      expect(belief.variance(x)).toBeCloseTo(scale ** 2, 10)
    }
  })

  it('in logits finds the logit of a rate', () => {
    const head = openHead({ kind: 'logistic', arms: 1, features: 1, priorVariance: 1 })
    const random = randomOf(3)
    for (let i = 0; i < 20_000; i++) head.learn(0, Float64Array.of(1), random.uniform() < 0.1 ? 1 : 0)
    const [means, deviations] = [new Float64Array(1), new Float64Array(1)]
    head.marginals(Float64Array.of(1), means, deviations)
    expect(means[0]).toBeCloseTo(Math.log(0.1 / 0.9), 0.5)
    expect(deviations[0]).toBeCloseTo(1 / Math.sqrt(20_000 * 0.09), 2)
  })
})

describe('the step of a logistic head', () => {
  it('stops at the mode, however wide the prior', () => {
    for (const [prior, reward] of [
      [1, 1],
      [100, 1],
      [100, 0],
      [1e4, 1],
    ] as const) {
      const head = openHead({ kind: 'logistic', arms: 1, features: 1, priorVariance: prior })
      head.learn(0, Float64Array.of(1), reward)
      const [means, deviations] = [new Float64Array(1), new Float64Array(1)]
      head.marginals(Float64Array.of(1), means, deviations)
      // d/dθ (log σ(θ) − θ²/2s) = 0, and its second derivative
      const rate = 1 / (1 + Math.exp(-means[0]!))
      expect(reward - rate - means[0]! / prior).toBeCloseTo(0, 12)
      expect(deviations[0]).toBeCloseTo(1 / Math.sqrt(1 / prior + rate * (1 - rate)), 10)
    }
  })
})

describe('progressive error', () => {
  const random = randomOf(4)
  const rows = Array.from({ length: 3000 }, () => {
    const [a, b] = [Math.floor(3 * random.uniform()), random.uniform()]
    return [String(a), b.toFixed(4), b + 0.2 * a > 0.7 ? 'yes' : 'no']
  })
  const set = classificationSet('line', ['a', 'b', 'target'], rows)

  it.each(['linear', 'logistic'] as const)('falls far below always saying the largest class, with a %s head', (head) => {
    expect(progressiveError(set, SETTINGS[head], 1)).toBeLessThan(0.08)
    expect(progressiveError(set, SETTINGS[head], 1)).toBe(progressiveError(set, SETTINGS[head], 1))
  })

  it('sees only the reward of the arm that it chose', () => {
    const blind = { ...set, labels: Int32Array.from(set.labels, () => 99) }
    expect(progressiveError(blind, SETTINGS.linear, 1)).toBe(1)
  })
})
