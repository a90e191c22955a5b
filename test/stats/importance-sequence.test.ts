import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bernsteinInterval, bernsteinSequence, withBernsteinRow } from '../../src/stats/importance-bernstein.ts'
import { NO_ROWS, type ValueSequence, valueInterval, withRow } from '../../src/stats/importance-sequence.ts'
import { randomOf } from '../../src/stats/random.ts'
import { expectClose, golden, known } from './golden.ts'

interface LoggedRow {
  readonly p_log: number
  readonly r: number
  readonly p_pred: number
}
const level = 0.95
const rowOf = ({ p_log, r, p_pred }: LoggedRow) => ({ weight: p_pred / p_log, reward: r })

/** Rows of a logging policy that shows an action of rate .3 or .7 at even odds, and a new one that shows the second in 9 of 10. */
function* loggedRows(seed: number, rows: number) {
  const random = randomOf(seed)
  for (let i = 0; i < rows; i++) {
    const second = random.uniform() < 0.5
    yield { weight: (second ? 0.9 : 0.1) / 0.5, reward: random.uniform() < (second ? 0.7 : 0.3) ? 1 : 0 }
  }
}
const TRUE_VALUE = 0.9 * 0.7 + 0.1 * 0.3

describe('the confidence sequence of a policy value', () => {
  it('has the published interval (gamma–exponential mixture)', () => {
    const { inputs, expected, tol } = golden<{ pattern: LoggedRow[]; repeat: number }, { ci: number[] }>('P064')
    let sequence: ValueSequence = NO_ROWS
    for (let k = 0; k < inputs.repeat; k++) for (const row of inputs.pattern) sequence = withRow(sequence, rowOf(row))
    const { low, high } = known(valueInterval(sequence, { level }))
    expectClose([low, high], expected.ci, tol)
  })

  it('contains the true value at every moment in nearly all runs, by both methods', () => {
    const misses = { mixture: 0, bernstein: 0 }
    const runs = 200
    for (let run = 0; run < runs; run++) {
      let mixture = NO_ROWS
      let bernstein = bernsteinSequence(level)
      const missed = { mixture: false, bernstein: false }
      let row = 0
      for (const next of loggedRows(run, 400)) {
        mixture = withRow(mixture, next)
        bernstein = withBernsteinRow(bernstein, next)
        if (++row % 20 !== 0) continue
        for (const [name, interval] of [
          ['mixture', valueInterval(mixture, { level })],
          ['bernstein', bernsteinInterval(bernstein)],
        ] as const)
          if ('because' in interval || interval.low > TRUE_VALUE || interval.high < TRUE_VALUE) missed[name] = true
      }
      if (missed.mixture) misses.mixture++
      if (missed.bernstein) misses.bernstein++
    }
    // at most 5 %: 27 of 200 at a false alarm of 1e-6
    expect(misses.mixture).toBeLessThanOrEqual(27)
    expect(misses.bernstein).toBeLessThanOrEqual(27)
  })

  it('narrows with rows, stays in [0, 1], and widens with the level', () => {
    const after = (rows: number) => [...loggedRows(5, rows)].reduce(withRow, NO_ROWS)
    const width = (rows: number, at = level) => {
      const { low, high } = known(valueInterval(after(rows), { level: at }))
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      return high - low
    }
    expect(width(4000)).toBeLessThan(width(400))
    expect(width(400, 0.99)).toBeGreaterThan(width(400, 0.9))
  })

  it('mirrors when rewards are turned into losses', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ weight: fc.double({ min: 0, max: 5, noNaN: true }), reward: fc.double({ min: 0, max: 1, noNaN: true }) }), {
          minLength: 1,
          maxLength: 60,
        }),
        (rows) => {
          const value = valueInterval(rows.reduce(withRow, NO_ROWS), { level })
          const turned = valueInterval(rows.map((row) => ({ ...row, reward: 1 - row.reward })).reduce(withRow, NO_ROWS), { level })
          if ('because' in value) expect(turned).toMatchObject({ kind: 'unknown' })
          else expect((turned as { low: number }).low).toBeCloseTo(1 - value.high, 9)
        },
      ),
    )
  })

  it('stays open without weight on anything that was seen, and says so without rows', () => {
    expect(valueInterval(NO_ROWS, { level })).toMatchObject({ kind: 'unknown', because: 'too-few-units' })
    expect(bernsteinInterval(bernsteinSequence(level))).toMatchObject({ kind: 'unknown' })
    let unseen = NO_ROWS
    for (let i = 0; i < 50; i++) unseen = withRow(unseen, { weight: 0, reward: 1 })
    expect(valueInterval(unseen, { level })).toMatchObject({ low: 0, high: 1 })
  })

  it('is empty when propensities cannot be right', () => {
    let wrong = NO_ROWS
    for (let i = 0; i < 500; i++) wrong = withRow(wrong, { weight: 3, reward: i % 2 })
    expect(valueInterval(wrong, { level })).toMatchObject({ kind: 'unknown', because: 'no-overlap' })
  })

  it('refuses rewards outside [0, 1]', () => {
    expect(() => withRow(NO_ROWS, { weight: 1, reward: 1.1 })).toThrow()
    expect(() => withBernsteinRow(bernsteinSequence(level), { weight: -1, reward: 1 })).toThrow()
  })
})
