import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addSquare, openSquares, squareTotals } from '../../src/stats/exact-squares.ts'

const SIZE = 3
const safe = fc.maxSafeInteger()
const small = fc.integer({ min: -(2 ** 30), max: 2 ** 30 })
const vector = fc.oneof(fc.array(safe, { minLength: SIZE, maxLength: SIZE }), fc.array(small, { minLength: SIZE, maxLength: SIZE }))
const sign = fc.constantFrom(1 as const, -1 as const)

describe('exact squares', () => {
  it('are what big integers make of the same vectors, whatever their size, and are taken back to the last bit', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(vector, sign, fc.boolean()), { maxLength: 60 }), (rows) => {
        const squares = openSquares(SIZE)
        const plain = new Array<bigint>(6).fill(0n)
        for (const [v, factor, isBig] of rows) {
          addSquare(squares, isBig ? v.map((value) => BigInt(value) * 2n ** 20n) : v, factor)
          const w = v.map((value) => BigInt(value) * (isBig ? 2n ** 20n : 1n))
          let at = 0
          for (let i = 0; i < SIZE; i++) for (let j = i; j < SIZE; j++) plain[at++]! += BigInt(factor) * w[i]! * w[j]!
        }
        expect(squareTotals(squares)).toEqual(plain)
      }),
    )
  })

  it('stay exact over many rows that no double could hold together', () => {
    const squares = openSquares(1)
    const value = 2 ** 47 - 12_345
    for (let i = 0; i < 5_000; i++) addSquare(squares, [value], 1)
    expect(squareTotals(squares)).toEqual([5_000n * BigInt(value) ** 2n])
  })
})
