import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addBig, addProduct, addVector, largestOf, openSums, plainTotals, totalsOf } from '../../src/stats/exact-sums.ts'

const safe = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -9, max: 9 }))
const step = fc.oneof(
  fc.record({ kind: fc.constant('product' as const), at: fc.nat(1), left: safe, right: safe }),
  fc.record({ kind: fc.constant('vector' as const), values: fc.tuple(safe, safe) }),
  fc.record({ kind: fc.constant('big' as const), at: fc.nat(1), value: fc.bigInt(-(2n ** 80n), 2n ** 80n) }),
)

describe('exact sums', () => {
  it('are what big integers make of the same steps, whatever their size and order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const sums = openSums(2)
        const plain = [0n, 0n]
        for (const one of steps) {
          if (one.kind === 'product') {
            addProduct(sums, one.at, one.left, one.right)
            plain[one.at]! += BigInt(one.left) * BigInt(one.right)
          } else if (one.kind === 'vector') {
            addVector(sums, one.values, largestOf(one.values))
            one.values.forEach((value, i) => {
              plain[i]! += BigInt(value)
            })
          } else {
            addBig(sums, one.at, one.value)
            plain[one.at]! += one.value
          }
          const doubles = plainTotals(sums)
          if (doubles) expect(Array.from(doubles, BigInt)).toEqual(plain)
        }
        expect(totalsOf(sums)).toEqual(plain)
      }),
      { numRuns: 500 },
    )
  })

  it('stay doubles while every one of them is certain to be safe', () => {
    const sums = openSums(1)
    for (let i = 0; i < 1_000; i++) addProduct(sums, 0, 2 ** 20, 2 ** 22)
    expect(Array.from(plainTotals(sums)!)).toEqual([1_000 * 2 ** 42])
    for (let i = 0; i < 3_000; i++) addProduct(sums, 0, 2 ** 20, 2 ** 22)
    expect(plainTotals(sums)).toBeNull()
    expect(totalsOf(sums)).toEqual([4_000n * 2n ** 42n])
  })
})
