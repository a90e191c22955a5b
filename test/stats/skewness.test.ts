import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concentration, skewGate, skewnessOfSums, unitsForSkewness } from '../../src/stats/skewness.ts'
import { expectClose, golden } from './golden.ts'

const sumsOf = (values: readonly number[]) => ({
  n: BigInt(values.length),
  sum: values.reduce((sum, y) => sum + BigInt(y), 0n),
  sumOfSquares: values.reduce((sum, y) => sum + BigInt(y) ** 2n, 0n),
  sumOfCubes: values.reduce((sum, y) => sum + BigInt(y) ** 3n, 0n),
})
/** Revenue with buyers in one of twenty. */
const revenue = (n: number) => sumsOf(Array.from({ length: n }, (_, i) => (i % 20 === 0 ? 1000 + 500 * (i % 7) : 0)))

describe('the skew gate', () => {
  it('has the skewness and the units of the golden sums', () => {
    const { inputs, expected, tol } = golden<Record<'n' | 'sum' | 'sum2' | 'sum3', number>, { skewness: number; min_n: number }>('P065')
    const skewness = skewnessOfSums({
      n: BigInt(inputs.n),
      sum: BigInt(inputs.sum),
      sumOfSquares: BigInt(inputs.sum2),
      sumOfCubes: BigInt(inputs.sum3),
    })
    expectClose(skewness as number, expected.skewness, tol)
    expectClose(unitsForSkewness(skewness as number), expected.min_n, tol)
  })

  it('has a skewness that does not depend on origin or unit, and turns over with the sign', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 20 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -1e6, max: 1e6 }),
        (values, factor, origin) => {
          const plain = skewnessOfSums(sumsOf(values))
          const moved = skewnessOfSums(sumsOf(values.map((y) => factor * y + origin)))
          if (typeof plain !== 'number' || typeof moved !== 'number') {
            expect(typeof moved).toBe(typeof plain)
            return
          }
          expect(moved).toBeCloseTo(plain, 10)
          expect(skewnessOfSums(sumsOf(values.map((y) => -y)))).toBeCloseTo(-plain, 10)
        },
      ),
    )
  })

  it('warns at 90/10 with 500 units of revenue, and opens with enough units', () => {
    const small = skewGate({ control: revenue(4500), treatment: revenue(500) })
    expect(small).toMatchObject({ warn: true, balanced: false, unitsHave: 500 })
    const large = skewGate({ control: revenue(20_000), treatment: revenue(20_000) })
    expect(large).toMatchObject({ warn: false, balanced: true })
  })

  it('is unknown without variance or units, and refuses sums that no sample has', () => {
    expect(skewnessOfSums(sumsOf([4, 4, 4]))).toMatchObject({ because: 'no-variance' })
    expect(skewnessOfSums(sumsOf([]))).toMatchObject({ because: 'too-few-units' })
    expect(skewGate({ control: sumsOf([4, 4]), treatment: revenue(100) })).toMatchObject({ because: 'no-variance' })
    expect(() => skewnessOfSums({ n: 2n, sum: 9n, sumOfSquares: 1n, sumOfCubes: 1n })).toThrow(/negative/)
  })

  it('warns when one unit owns more than a tenth of the total', () => {
    expect(concentration({ sum: 1000, largest: 101 })).toEqual({ share: 0.101, warn: true })
    expect(concentration({ sum: 1000, largest: 100 })).toEqual({ share: 0.1, warn: false })
    expect(concentration({ sum: 0, largest: 0 })).toMatchObject({ because: 'mean-not-positive' })
  })
})
