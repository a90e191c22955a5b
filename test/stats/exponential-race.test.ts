import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeProbabilities, raceOf } from '../../src/stats/exponential-race.ts'
import { randomOf } from '../../src/stats/random.ts'

/** P(i is k-th) by adding up all orders: Plackett–Luce as it is defined. */
function enumerated(weights: readonly number[]): number[][] {
  const table = weights.map(() => weights.map(() => 0))
  const go = (order: readonly number[], left: readonly number[], chance: number): void => {
    const total = left.reduce((sum, i) => sum + weights[i]!, 0)
    for (const i of left) {
      const here = (chance * weights[i]!) / total
      table[i]![order.length]! += here
      go(
        [...order, i],
        left.filter((j) => j !== i),
        here,
      )
    }
  }
  go(
    [],
    weights.map((_, i) => i),
    1,
  )
  return table
}

const every = (n: number) => Array.from({ length: n * n }, (_, at) => ({ clock: Math.floor(at / n), place: at % n }))

describe('a race of exponential clocks', () => {
  it('gives places with the probabilities of drawing without replacement', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 6 }), (logs) => {
        const weights = logs.map(Math.exp)
        const truth = enumerated(weights).flat()
        placeProbabilities(weights, every(weights.length)).forEach((p, at) => {
          expect(Math.abs(p - truth[at]!)).toBeLessThan(1e-10)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('has rows and columns that add up to 1, also for twenty clocks of very different speed', () => {
    for (const power of [0, 1, 3.3, 10]) {
      const weights = Array.from({ length: 20 }, (_, i) => (i + 1) ** -power)
      const p = placeProbabilities(weights, every(20))
      for (let i = 0; i < 20; i++) {
        expect(Math.abs(p.slice(20 * i, 20 * i + 20).reduce((sum, one) => sum + one, 0) - 1)).toBeLessThan(1e-9)
        expect(Math.abs(p.reduce((sum, one, at) => sum + (at % 20 === i ? one : 0), 0) - 1)).toBeLessThan(1e-9)
      }
    }
  })

  it('is what the draw does', () => {
    const weights = [5, 2, 1, 0.5]
    const random = randomOf(11)
    const counts = new Float64Array(16)
    const draws = 40_000
    for (let draw = 0; draw < draws; draw++) raceOf(weights, random).forEach((clock, place) => void counts[4 * clock + place]!++)
    // Six standard errors: one run in 30 million would fail by chance.
    placeProbabilities(weights, every(4)).forEach((p, at) => {
      expect(Math.abs(counts[at]! / draws - p)).toBeLessThan(6 * Math.sqrt((p * (1 - p)) / draws))
    })
  })
})
