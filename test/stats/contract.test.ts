import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { armMeanOf } from '../../src/stats/arm-estimate.ts'
import { clusterRobustDifference } from '../../src/stats/cluster-robust.ts'
import { compareByScore, compareProportions } from '../../src/stats/compare-proportions.ts'
import { compareWithCovariates } from '../../src/stats/cuped.ts'
import { compareRatiosWithCovariate } from '../../src/stats/cuped-ratio.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { clopperPearsonInterval, fisherTest } from '../../src/stats/exact-proportion.ts'
import { linEffect } from '../../src/stats/lin.ts'
import { commonDifference, commonLogOddsRatio } from '../../src/stats/mantel-haenszel.ts'
import { momentsOf } from '../../src/stats/moments.ts'
import { jointMomentsOf } from '../../src/stats/pair-moments.ts'
import { compareStratified } from '../../src/stats/post-stratification.ts'
import { newcombeInterval, pooledTest, wilsonInterval } from '../../src/stats/proportion.ts'
import { quantileInterval } from '../../src/stats/quantile.ts'
import { compareRatios } from '../../src/stats/ratio.ts'
import { deltaLift, logRatioLift } from '../../src/stats/relative-lift-alternates.ts'
import { riskRatioLift } from '../../src/stats/risk-ratio.ts'
import { sampleRatio } from '../../src/stats/sample-ratio.ts'
import { adaptiveSampleRatio, allocationOfBatches } from '../../src/stats/sample-ratio-adaptive.ts'
import { sequentialSampleRatio } from '../../src/stats/sample-ratio-sequential.ts'
import { segmentsOf } from '../../src/stats/segments.ts'
import { compareMeans, differenceOfMeans } from '../../src/stats/welch.ts'
import { yatesTest } from '../../src/stats/yates.ts'

/** Walks a result: no NaN anywhere, infinity only as degrees of freedom or at a flagged end, p in (0, 1] with its logarithm. */
function expectHonest(result: unknown, path = 'result'): void {
  if (typeof result === 'number') {
    expect(Number.isNaN(result), `${path} is NaN`).toBe(false)
    return
  }
  if (typeof result !== 'object' || result === null) return
  const record = result as Record<string, unknown>
  if ('pValue' in record) {
    const p = record.pValue as number
    expect(p > 0 && p <= 1, `${path}.pValue is ${p}`).toBe(true)
    expect(Number.isFinite(record.log10PValue), `${path}.log10PValue`).toBe(true)
  }
  if ('low' in record && 'high' in record) expect((record.low as number) <= (record.high as number), `${path} is upside down`).toBe(true)
  for (const [key, value] of Object.entries(record)) {
    const infinite = value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY
    if (infinite && key !== 'degreesOfFreedom') {
      const flag = record.unbounded
      expect(flag === 'both' || flag === key, `${path}.${key} is infinite without a flag`).toBe(true)
    }
    expectHonest(value, `${path}.${key}`)
  }
}

/** Values as shops have them: mostly zeros, ties, a few large ones, and samples of none or one. */
const money = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: -50, max: 50 }) },
  { weight: 1, arbitrary: fc.integer({ min: -(10 ** 9), max: 10 ** 12 }) },
)
const sample = fc.array(money, { maxLength: 12 })
const small = fc.integer({ min: 0, max: 3 })
const rows = fc.array(fc.tuple(money, small, money, small), { minLength: 1, maxLength: 12 })
const counts = fc.integer({ min: 0, max: 40 }).chain((n) => fc.integer({ min: 0, max: n }).map((events) => ({ n, events })))
const level = fc.constantFrom(0.6, 0.95, 0.9999999)
const runs = { numRuns: 400 }

describe('every method, on samples as poor as they come,', () => {
  it('answers with honest numbers or says why not: means', () => {
    fc.assert(
      fc.property(sample, sample, level, (control, treatment, at) => {
        const arms = { control: momentsOf(control), treatment: momentsOf(treatment) }
        expectHonest(compareMeans(arms, { level: at }))
        expectHonest(compareStratified([arms, { control: arms.treatment, treatment: arms.control }], { level: at }))
        expectHonest(
          segmentsOf([
            differenceOfMeans(arms),
            differenceOfMeans(arms),
            differenceOfMeans({ control: arms.treatment, treatment: arms.treatment }),
          ]),
        )
        expectHonest(
          quantileInterval(
            [...control].sort((a, b) => a - b),
            { share: 0.9, level: at },
          ),
        )
        const [c, t] = [armMeanOf(arms.control), armMeanOf(arms.treatment)]
        if (isUnknown(c) || isUnknown(t)) return
        expectHonest(logRatioLift({ control: c, treatment: t }, { level: at }))
        expectHonest(deltaLift({ control: c, treatment: t }, { level: at }))
      }),
      runs,
    )
  })

  it('answers with honest numbers or says why not: ratios and covariates', () => {
    fc.assert(
      fc.property(rows, rows, level, (control, treatment, at) => {
        const part = (all: typeof control, columns: readonly number[]) =>
          jointMomentsOf(all.map((row) => columns.map((column) => row[column]!)))
        const arms = (columns: readonly number[]) => ({ control: part(control, columns), treatment: part(treatment, columns) })
        expectHonest(compareRatios(arms([0, 1]), { level: at }))
        expectHonest(clusterRobustDifference(arms([0, 1]), { correction: 'CR0' }))
        expectHonest(compareWithCovariates(arms([0, 2]), { level: at }))
        expectHonest(compareWithCovariates(arms([0, 1, 2, 3]), { level: at }))
        expectHonest(compareRatiosWithCovariate(arms([0, 1, 2, 3]), { level: at }))
        expectHonest(linEffect(arms([0, 2, 3])))
      }),
      runs,
    )
  })

  it('answers with honest numbers or says why not: proportions', () => {
    fc.assert(
      fc.property(counts, counts, level, (control, treatment, at) => {
        const arms = { control, treatment }
        for (const method of [compareProportions, compareByScore, pooledTest, newcombeInterval, riskRatioLift])
          expectHonest(method(arms, { level: at }))
        for (const method of [fisherTest, yatesTest]) expectHonest(method(arms))
        for (const method of [wilsonInterval, clopperPearsonInterval]) expectHonest(method(control, { level: at }))
        for (const method of [commonDifference, commonLogOddsRatio])
          expectHonest(method([arms, { control: treatment, treatment: control }]))
      }),
      runs,
    )
  })

  it('answers with honest numbers or says why not: splits', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 10 ** 6 }), small), { minLength: 1, maxLength: 5 }), (arms) => {
        const found = arms.map(([count]) => count)
        const weights = arms.map(([, weight]) => weight)
        expectHonest(sampleRatio({ counts: found, weights }))
        expectHonest(sequentialSampleRatio(found, { weights }))
        const total = weights.reduce((sum: number, weight) => sum + weight, 0)
        const draws = found.reduce((sum, count) => sum + count, 0)
        if (total > 0)
          expectHonest(adaptiveSampleRatio(allocationOfBatches([{ draws, propensities: weights.map((weight) => weight / total) }], found)))
      }),
      runs,
    )
  })
})
