import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ExpectedAt, pricedValues, solvedMultipliers } from '../../src/bandits/constrained.ts'
import { countedOutcomes, signedWeights } from '../../src/bandits/objective.ts'
import { dominated, sliderSteps } from '../../src/bandits/pareto.ts'
import { randomOf } from '../../src/stats/random.ts'

describe('an objective', () => {
  const objective = {
    parts: [
      { key: 'purchase', weight: 2, better: 'more' },
      { key: 'return', weight: 3, better: 'less' },
      { key: 'capped-revenue', weight: 0, better: 'more', cap: 5000 },
    ],
  } as const

  it('turns the sign of what should be less, once', () => {
    expect(signedWeights(objective)).toEqual([2, -3, 0])
    expect(() => signedWeights({ parts: [{ key: 'a', weight: 0, better: 'more' }] })).toThrow('positive')
    expect(() => signedWeights({ parts: [{ key: 'a', weight: -1, better: 'more' }] })).toThrow('not negative')
  })

  it('caps on both sides what is added up', () => {
    expect(countedOutcomes(objective, [1, 9999, 7000])).toEqual([1, 9999, 5000])
    expect(countedOutcomes(objective, [1, 0, -7000])).toEqual([1, 0, -5000])
  })
})

describe('the Pareto curve', () => {
  const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), { minLength: 1, maxLength: 8 })

  it('has on the slider whoever is best at that weighting', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (arms, share) => {
        const steps = sliderSteps(arms)
        const chosen = steps.findLast(({ from }) => from <= share)!.arm
        const worth = arms.map(([first, second]) => share * first + (1 - share) * second)
        expect(worth[chosen]).toBeCloseTo(Math.max(...worth), 9)
        for (let i = 1; i < steps.length; i++) expect(steps[i]!.from).toBeGreaterThanOrEqual(steps[i - 1]!.from)
      }),
    )
  })

  it('never chooses an arm that is worse in everything', () => {
    fc.assert(
      fc.property(values, (arms) => {
        const beaten = dominated(arms)
        expect(beaten).toContain(false)
        for (const { arm } of sliderSteps(arms)) expect(beaten[arm]).toBe(false)
      }),
    )
    // not beaten, and yet no weighting takes it
    expect(
      dominated([
        [0, 10],
        [4, 4],
        [10, 0],
      ]),
    ).toEqual([false, false, false])
    expect(
      sliderSteps([
        [0, 10],
        [4, 4],
        [10, 0],
      ]),
    ).toEqual([
      { from: 0, arm: 0 },
      { from: 0.5, arm: 2 },
    ])
  })
})

describe('floors', () => {
  const random = randomOf(5)
  /** Arm 1 earns more but returns suffer; by how much of each depends on the context. */
  const contexts: readonly ExpectedAt[] = Array.from({ length: 1500 }, () => {
    const gain = random.uniform()
    const harm = random.uniform()
    return { values: [1, 1 + gain], guarded: [[1, 1 - harm]] }
  })
  const chosen = (at: ExpectedAt, prices: readonly number[]) => {
    const priced = pricedValues(at, prices)
    return priced.indexOf(Math.max(...priced))
  }
  const mean = (of: (at: ExpectedAt) => number) => contexts.reduce((sum, at) => sum + of(at), 0) / contexts.length

  it('have a price at which they are just kept, and no more is given up than that', () => {
    const { kind, multipliers } = solvedMultipliers(contexts, { margins: [0.1], multiplierMax: 100 })
    expect(kind).toBe('feasible')
    const guarded = mean((at) => at.guarded[0]![chosen(at, multipliers)]!)
    expect(guarded).toBeGreaterThan(0.898)
    expect(guarded).toBeLessThan(0.903)
    // gain > λ·harm with uniform gain and harm: mean harm of the chosen is 1/(6λ²) for λ ≥ 1
    expect(multipliers[0]).toBeCloseTo(Math.sqrt(5 / 3), 0.9)
  })

  it('cost nothing where they do not bind', () => {
    expect(solvedMultipliers(contexts, { margins: [0.9], multiplierMax: 100 })).toEqual({
      kind: 'feasible',
      multipliers: [0],
      violations: [0],
    })
    expect(solvedMultipliers(contexts, { margins: [], multiplierMax: 100 }).kind).toBe('feasible')
  })

  it('are infeasible when the highest price does not buy them, and say by how much', () => {
    const found = solvedMultipliers(contexts, { margins: [0.01], multiplierMax: 0.5 })
    expect(found.kind).toBe('infeasible')
    expect(found.multipliers[0]).toBe(0.5)
    expect(found.violations[0]).toBeGreaterThan(0.1)
  })

  it('may be two', () => {
    const two = contexts.map(({ values, guarded }) => ({
      values: [...values, 1.2],
      guarded: [
        [...guarded[0]!, 1],
        [1, 1, 0.6],
      ],
    }))
    const { kind, multipliers } = solvedMultipliers(two.slice(0, 300), { margins: [0.1, 0.05], multiplierMax: 20 })
    expect(kind).toBe('feasible')
    const means = [0, 1].map((k) => {
      const priced = multipliers.map((price) => price + 1e-4)
      return two.slice(0, 300).reduce((sum, at) => sum + at.guarded[k]![chosen(at, priced)]!, 0) / 300
    })
    expect(means[0]).toBeGreaterThan(0.89)
    expect(means[1]).toBeGreaterThan(0.94)
  })
})
