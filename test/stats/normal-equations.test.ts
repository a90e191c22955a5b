import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { solveSymmetric } from '../../src/stats/normal-equations.ts'

const entries = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), { minLength: 4, maxLength: 8 })
const gram = (rows: readonly (readonly number[])[]) =>
  [0, 1, 2].map((i) => [0, 1, 2].map((j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)))
const times = (matrix: readonly (readonly number[])[], x: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, a, j) => sum + a * x[j]!, 0))

describe('small symmetric systems', () => {
  it('are solved whatever their rank, when they have a solution', () => {
    fc.assert(
      fc.property(entries, fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), (rows, truth) => {
        const matrix = gram(rows)
        const b = times(matrix, truth)
        const { x, unmet } = solveSymmetric(matrix, b)
        const back = times(matrix, x)
        const size = 1 + Math.max(...b.map(Math.abs))
        for (const [i, value] of back.entries()) expect(Math.abs(value - b[i]!)).toBeLessThan(1e-8 * size)
        expect(unmet).toBeLessThan(1e-8)
      }),
    )
  })

  it('leave out a quantity that repeats another, and one that does not vary', () => {
    const { x, used } = solveSymmetric(
      [
        [4, 8, 0],
        [8, 16, 0],
        [0, 0, 0],
      ],
      [2, 4, 0],
    )
    expect(used.filter(Boolean).length).toBe(1)
    expect(x[0]! + 2 * x[1]!).toBeCloseTo(0.5, 12)
    expect(x[2]).toBe(0)
  })

  it('say when there is no solution', () => {
    expect(
      solveSymmetric(
        [
          [1, 1],
          [1, 1],
        ],
        [1, 3],
      ).unmet,
    ).toBeGreaterThan(0.1)
    expect(() => solveSymmetric([[1]], [1, 2])).toThrow(/2 × 2/)
  })
})
