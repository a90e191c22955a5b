import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chiSquareSurvival } from '../../src/stats/chi-square.ts'
import { drawBinomial } from '../../src/stats/draws.ts'
import { randomOf } from '../../src/stats/random.ts'
import { sampleRatio } from '../../src/stats/sample-ratio.ts'
import { adaptiveSampleRatio, allocationOfBatches, weightCheck } from '../../src/stats/sample-ratio-adaptive.ts'
import { expectClose, golden, known } from './golden.ts'

describe('the sample ratio under a changing split', () => {
  it('has the martingale χ² of the golden batches', () => {
    const { inputs, expected, tol } = golden<
      { batches: { n: number; e: number[] }[]; counts: number[] },
      { expected_counts: number[]; chi2: number; df: number; p: number }
    >('P032')
    const allocation = allocationOfBatches(
      inputs.batches.map(({ n, e }) => ({ draws: n, propensities: e })),
      inputs.counts,
    )
    expectClose(allocation.expected, expected.expected_counts, tol)
    const result = known(adaptiveSampleRatio(allocation))
    expectClose(result.statistic, expected.chi2, tol)
    expectClose(result.pValue, expected.p, tol)
    expect(result.degreesOfFreedom).toBe(expected.df)
    expect(result.mismatch).toBe(true)
  })

  it('is the plain χ² when the split never changed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 100, max: 400 }), { minLength: 2, maxLength: 5 }), (counts) => {
        const draws = counts.reduce((sum, count) => sum + count, 0)
        const propensities = counts.map((_, arm) => (arm + 1) / ((counts.length * (counts.length + 1)) / 2))
        const adaptive = known(adaptiveSampleRatio(allocationOfBatches([{ draws, propensities }], counts)))
        const plain = known(sampleRatio({ counts, weights: propensities }))
        expect(Math.abs(adaptive.statistic - plain.statistic)).toBeLessThan(1e-8 * (1 + plain.statistic))
        expect(adaptive.degreesOfFreedom).toBe(plain.degreesOfFreedom)
      }),
    )
  })

  it('keeps its level under an allocation that learns, where the plain χ² fires always', () => {
    const random = randomOf(32)
    const runs = 1000
    let alarms = 0
    let plainAlarms = 0
    for (let run = 0; run < runs; run++) {
      const counts = [0, 0]
      const batches = []
      let share = 0.5
      for (let batch = 0; batch < 10; batch++) {
        const first = drawBinomial(random, { trials: 300, probability: share })
        counts[0]! += first
        counts[1]! += 300 - first
        batches.push({ draws: 300, propensities: [share, 1 - share] })
        // whoever was drawn more often is drawn more often: as adaptive as it gets
        share = Math.min(0.95, Math.max(0.05, share + (first / 300 - share) * 3 + 0.05))
      }
      if (known(adaptiveSampleRatio(allocationOfBatches(batches, counts))).pValue < 0.05) alarms += 1
      if (known(sampleRatio({ counts, weights: [1, 1] })).pValue < 0.05) plainAlarms += 1
    }
    // bounds of a true rate of .05 at one in a million: 20 … 88 of 1000
    expect(alarms).toBeGreaterThanOrEqual(20)
    expect(alarms).toBeLessThanOrEqual(88)
    expect(plainAlarms).toBeGreaterThan(900)
  })

  it('drops arms that could never be drawn, and does not forgive a draw from them', () => {
    const batches = [{ draws: 1000, propensities: [0.5, 0.5, 0] }]
    const healthy = known(adaptiveSampleRatio(allocationOfBatches(batches, [480, 520, 0])))
    expect(healthy.degreesOfFreedom).toBe(1)
    expect(healthy.pValue).toBeCloseTo(chiSquareSurvival(20 ** 2 / 250, 1), 9)
    const impossible = known(adaptiveSampleRatio(allocationOfBatches(batches, [480, 519, 1])))
    expect(impossible).toMatchObject({ pValue: Number.MIN_VALUE, mismatch: true })
  })

  it('is unknown without draws, without chance and with too little of it', () => {
    expect(adaptiveSampleRatio(allocationOfBatches([], [0, 0]))).toMatchObject({ because: 'too-few-units', have: 0 })
    expect(adaptiveSampleRatio(allocationOfBatches([{ draws: 9, propensities: [1, 0] }], [9, 0]))).toMatchObject({
      because: 'no-information',
    })
    expect(adaptiveSampleRatio(allocationOfBatches([{ draws: 9, propensities: [0.5, 0.5] }], [5, 4]))).toMatchObject({
      because: 'too-few-units',
      need: 5,
    })
  })
})

describe('the check of importance weights', () => {
  it('is quiet for the propensities drawn from and loud for others', () => {
    const random = randomOf(33)
    const check = (logged: number) => {
      const drawn = drawBinomial(random, { trials: 20_000, probability: 0.2 })
      return known(weightCheck({ draws: 20_000, weights: drawn / logged, inverse: 20_000 / logged }))
    }
    expect(check(0.2).mismatch).toBe(false)
    expect(check(0.25)).toMatchObject({ mismatch: true })
    expect(check(0.25).z).toBeLessThan(-10)
  })

  it('is unknown for an arm that was certain', () => {
    expect(weightCheck({ draws: 10, weights: 10, inverse: 10 })).toMatchObject({ because: 'no-variance' })
  })

  it('raises no alarms where an arm was starved, and is silent where it was hardly ever due', () => {
    const random = randomOf(34)
    const [even, starved] = [
      { draws: 300, probability: 1 / 4 },
      { draws: 1_200, probability: 1 / 60 },
    ]
    const weightsOf = ({ draws, probability }: typeof even) => drawBinomial(random, { trials: draws, probability }) / probability
    const inverse = even.draws / even.probability + starved.draws / starved.probability
    const checks = Array.from({ length: 4_000 }, () =>
      known(weightCheck({ draws: even.draws + starved.draws, weights: weightsOf(even) + weightsOf(starved), inverse })),
    )
    // 4 are due; by the variance that the drawn ones show there were 22
    expect(checks.filter(({ mismatch }) => mismatch).length).toBeLessThanOrEqual(14)
    expect(weightCheck({ draws: 600, weights: 300, inverse: 600 * 60 })).toMatchObject({ because: 'too-few-units', have: 10, need: 20 })
  })
})
