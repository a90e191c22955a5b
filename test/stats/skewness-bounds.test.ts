import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { skewnessOfSums } from '../../src/stats/skewness.ts'
import { skewnessBounds, widestBounds } from '../../src/stats/skewness-bounds.ts'

const power = (values: readonly number[], k: bigint) => values.reduce((sum, y) => sum + BigInt(y) ** k, 0n)
const sumsOf = (values: readonly number[]) => ({ n: BigInt(values.length), sum: power(values, 1n), sumOfSquares: power(values, 2n) })

describe('skewness from two moments', () => {
  it('lies between its bounds, whatever the values', () => {
    const values = fc.array(fc.oneof(fc.constant(0), fc.nat(1_000_000)), { minLength: 2, maxLength: 50 })
    fc.assert(
      fc.property(values, (all) => {
        const sums = sumsOf(all)
        const truth = skewnessOfSums({ ...sums, sumOfCubes: power(all, 3n) })
        const bounds = skewnessBounds(sums, { cap: BigInt(Math.max(...all)) })
        if (typeof truth !== 'number') return void expect(bounds.kind).toBe('unknown')
        if (bounds.kind === 'unknown') throw new Error(bounds.because)
        const rounding = 1e-9 * (1 + Math.abs(truth))
        expect(bounds.atLeast).toBeLessThanOrEqual(truth + rounding)
        expect(bounds.atMost!).toBeGreaterThanOrEqual(truth - rounding)
      }),
    )
  })

  it('is known exactly where values are 0 or one amount, as those of a proportion', () => {
    // (1 − 2p)/√(p(1 − p)) at p = 1/20
    const bounds = skewnessBounds({ n: 2_000n, sum: 100n * 50n, sumOfSquares: 100n * 50n ** 2n }, { cap: 50n })
    if (bounds.kind === 'unknown') throw new Error(bounds.because)
    expect(bounds.atLeast).toBeCloseTo(0.9 / Math.sqrt(0.0475), 12)
    expect(bounds.atMost).toBeCloseTo(0.9 / Math.sqrt(0.0475), 12)
  })

  it('is as wide as that of the arms together, and unknown only when all of them are', () => {
    const one = skewnessBounds({ n: 2_000n, sum: 5_000n, sumOfSquares: 250_000n }, { cap: 50n })
    const other = skewnessBounds({ n: 2_000n, sum: 500n, sumOfSquares: 25_000n }, { cap: 50n })
    expect(widestBounds([one, other, { kind: 'unknown', because: 'no-variance' }])).toEqual(other)
    expect(widestBounds([{ kind: 'unknown', because: 'no-variance' }])).toEqual({ kind: 'unknown', because: 'no-variance' })
    expect(skewnessBounds({ n: 5n, sum: 0n, sumOfSquares: 0n })).toMatchObject({ kind: 'unknown' })
  })
})
