import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factorise, solve } from '../../src/stats/cholesky.ts'

const N_MAX = 6
const entry = fc.double({ min: -10, max: 10, noNaN: true })
/** n, an n × n matrix B by rows, and a right-hand side. */
const systems = fc
  .integer({ min: 1, max: N_MAX })
  .chain((n) =>
    fc.tuple(fc.constant(n), fc.array(entry, { minLength: n * n, maxLength: n * n }), fc.array(entry, { minLength: n, maxLength: n })),
  )

/** B·Bᵀ + I, which is positive definite. */
function definite(b: readonly number[], n: number): Float64Array {
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) matrix[i * n + j]! += b[i * n + k]! * b[j * n + k]!
      if (i === j) matrix[i * n + j]! += 1
    }
  }
  return matrix
}

describe('Cholesky’s factor', () => {
  it('times its transpose gives the matrix back', () => {
    fc.assert(
      fc.property(systems, ([n, b]) => {
        const matrix = definite(b, n)
        const factor = matrix.slice()
        expect(factorise(factor, n)).toBe(true)
        for (let i = 0; i < n; i++) {
          for (let j = 0; j <= i; j++) {
            let product = 0
            for (let k = 0; k <= j; k++) product += factor[i * n + k]! * factor[j * n + k]!
            expect(product).toBeCloseTo(matrix[i * n + j]!, 8)
          }
        }
      }),
    )
  })

  it('solves the system that it came from', () => {
    fc.assert(
      fc.property(systems, ([n, b, right]) => {
        const matrix = definite(b, n)
        const factor = matrix.slice()
        factorise(factor, n)
        const x = Float64Array.from(right)
        solve(factor, n, x)
        for (let i = 0; i < n; i++) {
          const product = x.reduce((sum, value, j) => sum + value * matrix[i * n + j]!, 0)
          expect(product).toBeCloseTo(right[i]!, 7)
        }
      }),
    )
  })

  it('reads the lower triangle only, and leaves what lies behind the matrix alone', () => {
    const matrix = Float64Array.from([4, 99, 2, 5, 7, 7])
    expect(factorise(matrix, 2)).toBe(true)
    expect([...matrix]).toEqual([2, 99, 1, 2, 7, 7])
    const b = Float64Array.from([8, 9, 7])
    solve(matrix, 2, b)
    expect([...b]).toEqual([1.375, 1.25, 7])
  })

  it('does not exist for matrices that are not positive definite, or not numbers', () => {
    expect(factorise(Float64Array.from([0]), 1)).toBe(false)
    expect(factorise(Float64Array.from([1, 2, 2, 1]), 2)).toBe(false)
    expect(factorise(Float64Array.from([Number.NaN]), 1)).toBe(false)
  })
})
