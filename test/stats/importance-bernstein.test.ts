import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bernsteinInterval, bernsteinSequence, withBernsteinRow } from '../../src/stats/importance-bernstein.ts'

type Row = { readonly weight: number; readonly reward: number }
const rows = fc.array(
  fc.record({ weight: fc.double({ min: 0, max: 2.5, noNaN: true }), reward: fc.double({ min: 0, max: 1, noNaN: true }) }),
  {
    minLength: 1,
    maxLength: 80,
  },
)

/** The lower end by the book, in one go. */
function lowerEnd(values: readonly number[], level: number): number {
  const threshold = Math.log(2 / (1 - level))
  let [bets, gain, penalty, sum, squares] = [0, 0, 0, 0.5, 0.25]
  for (const [i, x] of values.entries()) {
    const t = i + 1
    const bet = Math.min(0.5, Math.sqrt((2 * threshold) / ((squares / t) * t * Math.log(t + 1))))
    bets += bet
    gain += bet * x
    penalty += (-Math.log(1 - bet) - bet) * (x - Math.min(1, sum / t)) ** 2
    sum += x
    squares += (x - Math.min(1, sum / (t + 1))) ** 2
  }
  return Math.max(0, (gain - threshold - penalty) / bets)
}

describe('the empirical-Bernstein sequence', () => {
  it('is the formula, whatever the weights', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.6, max: 0.999, noNaN: true }), (pattern: Row[], level) => {
        // long enough for both ends to leave 0 and 1
        const all = Array.from({ length: 600 }, (_, i) => pattern[i % pattern.length]!)
        const interval = bernsteinInterval(all.reduce(withBernsteinRow, bernsteinSequence(level)))
        const low = lowerEnd(
          all.map(({ weight, reward }) => weight * reward),
          level,
        )
        const high =
          1 -
          lowerEnd(
            all.map(({ weight, reward }) => weight * (1 - reward)),
            level,
          )
        if (low > high) expect(interval).toMatchObject({ kind: 'unknown', because: 'no-overlap' })
        else {
          expect((interval as { low: number }).low).toBeCloseTo(low, 9)
          expect((interval as { high: number }).high).toBeCloseTo(high, 9)
        }
      }),
    )
  })

  it('narrows around a constant reward', () => {
    let sequence = bernsteinSequence(0.95)
    for (let i = 0; i < 2000; i++) sequence = withBernsteinRow(sequence, { weight: 1, reward: 0.4 })
    const { low, high } = bernsteinInterval(sequence) as { low: number; high: number }
    expect(low).toBeLessThan(0.4)
    expect(high).toBeGreaterThan(0.4)
    expect(high - low).toBeLessThan(0.03)
  })
})
