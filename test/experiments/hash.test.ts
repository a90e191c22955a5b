import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashUniform, type Words, wordsOf } from '../../src/experiments/hash.ts'

const words = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer()) as fc.Arbitrary<Words>
const SALT: Words = [1, 2, 3, 4]
const OTHER: Words = [5, 6, 7, 8]
/** χ² with 99 degrees of freedom exceeds this once in a million. */
const CHI2_99_AT_1E6 = 176.2

function unit(i: number): Words {
  return [i, 0, 0, 0]
}

/** Σ (observed − expected)² / expected over equal cells. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, n) => sum + n, 0) / counts.length
  return counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
}

describe('the hash of a unit', () => {
  it('lies in [0, 1) and is the same for the same unit and salt', () => {
    fc.assert(
      fc.property(words, words, (who, salt) => {
        const u = hashUniform(who, salt)
        expect(u).toBeGreaterThanOrEqual(0)
        expect(u).toBeLessThan(1)
        expect(hashUniform(who, salt)).toBe(u)
      }),
    )
  })

  it('spreads consecutive units evenly over a hundred buckets', () => {
    const counts = new Array<number>(100).fill(0)
    for (let i = 0; i < 100_000; i++) counts[Math.floor(hashUniform(unit(i), SALT) * 100)]!++
    expect(chiSquare(counts)).toBeLessThan(CHI2_99_AT_1E6)
  })

  it('is independent under two salts', () => {
    const counts = new Array<number>(100).fill(0)
    for (let i = 0; i < 100_000; i++) {
      const row = Math.floor(hashUniform(unit(i), SALT) * 10)
      const column = Math.floor(hashUniform(unit(i), OTHER) * 10)
      counts[row * 10 + column]!++
    }
    expect(chiSquare(counts)).toBeLessThan(CHI2_99_AT_1E6)
  })

  it('changes about half of its bits when one bit of the unit changes', () => {
    let changed = 0
    const tries = 2000
    for (let i = 0; i < tries; i++) {
      const a = Math.floor(hashUniform([i, i * 7, 0, 0], SALT) * 2 ** 32)
      const b = Math.floor(hashUniform([i ^ 1, i * 7, 0, 0], SALT) * 2 ** 32)
      for (let bits = (a ^ b) >>> 0; bits !== 0; bits >>>= 1) changed += bits & 1
    }
    expect(changed / tries).toBeGreaterThan(15)
    expect(changed / tries).toBeLessThan(17)
  })

  it('reads sixteen bytes as little-endian words', () => {
    expect(wordsOf(Uint8Array.from([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 255, 255, 255, 255]))).toEqual([1, 2, 3, -1])
  })
})
