import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isotonicBlocks } from '../../src/stats/isotonic.ts'

function fitted(values: readonly number[], weights: readonly number[] = values.map(() => 1)): readonly number[] {
  return isotonicBlocks(values, weights).flatMap(({ from, to, value }) => new Array<number>(to - from).fill(value))
}

const rows = fc.array(fc.record({ value: fc.double({ min: -5, max: 5, noNaN: true }), weight: fc.integer({ min: 1, max: 9 }) }), {
  minLength: 1,
  maxLength: 25,
})

describe('isotonic regression', () => {
  it('gives what R’s isoreg(c(1, 0, 4, 3, 3, 5, 4, 2, 0)) gives', () => {
    expect(fitted([1, 0, 4, 3, 3, 5, 4, 2, 0])).toEqual([0.5, 0.5, 3, 3, 3, 3, 3, 3, 3])
  })

  it('leaves alone what rises already', () => expect(fitted([1, 2, 5])).toEqual([1, 2, 5]))

  it('is the max-min of weighted means: fᵢ = max over a ≤ i of min over b ≥ i of the mean of a … b', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const mean = (a: number, b: number) => {
          const part = given.slice(a, b + 1)
          return part.reduce((sum, { value, weight }) => sum + value * weight, 0) / part.reduce((sum, { weight }) => sum + weight, 0)
        }
        const found = fitted(
          given.map(({ value }) => value),
          given.map(({ weight }) => weight),
        )
        found.forEach((value, i) => {
          const starts = given.slice(0, i + 1).map((_, a) => Math.min(...given.slice(i).map((__, b) => mean(a, i + b))))
          expect(value).toBeCloseTo(Math.max(...starts), 9)
        })
      }),
    )
  })

  it('keeps the weighted sum', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const weights = given.map(({ weight }) => weight)
        const sumOf = (values: readonly number[]) => values.reduce((sum, value, i) => sum + value * weights[i]!, 0)
        const values = given.map(({ value }) => value)
        expect(sumOf(fitted(values, weights))).toBeCloseTo(sumOf(values), 9)
      }),
    )
  })

  it('refuses a weight of 0', () => expect(() => isotonicBlocks([1], [0])).toThrow('weight'))
})
