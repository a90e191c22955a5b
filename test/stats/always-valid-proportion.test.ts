import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { proportionSequence } from '../../src/stats/always-valid-proportion.ts'
import { wilsonInterval } from '../../src/stats/proportion.ts'
import { expectClose, golden, known } from './golden.ts'

const counts = fc.integer({ min: 1, max: 1_000_000 }).chain((n) => fc.record({ n: fc.constant(n), events: fc.integer({ min: 0, max: n }) }))
const options = { level: 0.95, plannedUnits: 5000 }

describe('the confidence sequence of a proportion', () => {
  it('has the published ends', () => {
    const { inputs, expected, tol } = golden<{ cases: { x: number; n: number; t_opt: number }[] }, { ci: number[][] }>('P043')
    inputs.cases.forEach(({ x, n, t_opt }, i) => {
      const { low, high } = known(proportionSequence({ n, events: x }, { level: 0.95, plannedUnits: t_opt }))
      expectClose([low, high], expected.ci[i]!, tol)
    })
  })

  it('contains the rate, and the fixed interval once there are events on both sides; and mirrors', () => {
    fc.assert(
      fc.property(counts, ({ n, events }) => {
        const sequence = known(proportionSequence({ n, events }, options))
        expect(sequence.low).toBeLessThanOrEqual(events / n)
        expect(sequence.high).toBeGreaterThanOrEqual(events / n)
        const fixed = known(wilsonInterval({ n, events }, { level: 0.95 }))
        if (Math.min(events, n - events) >= 20) {
          expect(sequence.low).toBeLessThan(fixed.low)
          expect(sequence.high).toBeGreaterThan(fixed.high)
        }
        const mirrored = known(proportionSequence({ n, events: n - events }, options))
        expect(mirrored.low).toBeCloseTo(1 - sequence.high, 9)
      }),
    )
  })

  it('reaches the ends of its range with no or only events', () => {
    expect(known(proportionSequence({ n: 40, events: 0 }, options)).low).toBe(0)
    expect(known(proportionSequence({ n: 40, events: 40 }, options)).high).toBe(1)
    expect(proportionSequence({ n: 0, events: 0 }, options)).toMatchObject({ kind: 'unknown', because: 'too-few-units' })
  })
})
