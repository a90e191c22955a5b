import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { highQuantile } from '../../src/analysis/high-quantile.ts'
import { openShapeAccumulator } from '../../src/analysis/shape-accumulator.ts'
import { openJointAccumulator } from '../../src/stats/joint-accumulator.ts'
import { jointMomentsOf } from '../../src/stats/pair-moments.ts'
import { sortedQuantile } from '../../src/stats/simple-statistics-door.ts'
import { skewnessOfSums } from '../../src/stats/skewness.ts'

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })

describe('moments one unit at a time', () => {
  it('are those of all units at once', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 4 })
          .chain((k) => fc.array(fc.array(value, { minLength: k, maxLength: k }), { minLength: 1, maxLength: 50 })),
        (rows) => {
          const accumulator = openJointAccumulator(rows[0]!.length)
          for (const row of rows) accumulator.add(Float64Array.from(row))
          const one = accumulator.moments()
          const all = jointMomentsOf(rows)
          expect(one.n).toBe(all.n)
          const scale = 1e-13 * rows.length * Math.max(1, ...rows.flat().map((x) => x * x))
          one.mean.forEach((mean, i) => {
            expect(Math.abs(mean - all.mean[i]!)).toBeLessThanOrEqual(1e-12 * Math.max(1, ...rows.flat().map(Math.abs)))
          })
          one.comoments.forEach((comoment, i) => {
            expect(Math.abs(comoment - all.comoments[i]!)).toBeLessThanOrEqual(scale)
          })
        },
      ),
    )
  })

  it('keep the variance of cents at a large offset', () => {
    const accumulator = openJointAccumulator(1)
    for (const x of [4, 7, 13, 16]) accumulator.add(Float64Array.of(1e9 + x))
    expect(accumulator.moments().comoments[0]! / 3).toBeCloseTo(30, 6)
  })
})

describe('the shape of values', () => {
  it('has the skewness of exact sums', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 2, maxLength: 60 }), (values) => {
        const accumulator = openShapeAccumulator()
        values.forEach((x) => {
          accumulator.add(x)
        })
        const sum = (power: number) => values.reduce((total, x) => total + BigInt(x) ** BigInt(power), 0n)
        const exact = skewnessOfSums({ n: BigInt(values.length), sum: sum(1), sumOfSquares: sum(2), sumOfCubes: sum(3) })
        const { skewness, total, largest, nonZero, n } = accumulator.shape()
        expect(skewness).toBeCloseTo(typeof exact === 'number' ? exact : 0, 8)
        expect({ total, largest, nonZero, n }).toEqual({
          total: Number(sum(1)),
          largest: Math.max(...values),
          nonZero: values.filter((x) => x !== 0).length,
          n: values.length,
        })
      }),
    )
  })

  it('adds cents without losing any', () => {
    const accumulator = openShapeAccumulator()
    for (let i = 0; i < 100_000; i++) accumulator.add(0.1)
    expect(accumulator.shape().total).toBe(10_000)
  })
})

describe('a high quantile', () => {
  it('is the one of sorted values', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 80 }), fc.double({ min: 0.501, max: 0.999, noNaN: true }), (values, share) => {
        const sorted = [...values].sort((a, b) => a - b)
        const expected = sortedQuantile(sorted, share)
        expect(Math.abs(highQuantile(values, { count: values.length, share }) - expected)).toBeLessThanOrEqual(
          1e-9 * (1 + Math.abs(expected)),
        )
      }),
    )
  })

  it('refuses fewer values than were promised', () => {
    expect(() => highQuantile([1], { count: 5, share: 0.6 })).toThrow(/promised/)
  })
})
