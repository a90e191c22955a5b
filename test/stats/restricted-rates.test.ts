import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mostlyEvents, nonEvents, restrictedByDifference, restrictedByRatio } from '../../src/stats/restricted-rates.ts'

const counts = fc.integer({ min: 1, max: 60 }).chain((n) => fc.integer({ min: 0, max: n }).map((events) => ({ n, events })))
const arms = fc.record({ control: counts, treatment: counts })

/** ln likelihood of a rate, with 0·ln 0 = 0. */
const logLikelihood = ({ n, events }: { n: number; events: number }, p: number) =>
  (events === 0 ? 0 : events * Math.log(p)) + (events === n ? 0 : (n - events) * Math.log1p(-p))

describe('restricted rates', () => {
  it('keep their difference and are likelier than their neighbours', () => {
    fc.assert(
      fc.property(arms, fc.double({ min: -0.99, max: 0.99, noNaN: true }), (pair, delta) => {
        const rates = restrictedByDifference(pair, delta)
        expect(rates.treatment - rates.control).toBeCloseTo(delta, 12)
        const at = (p: number) => logLikelihood(pair.control, p) + logLikelihood(pair.treatment, Math.min(1, Math.max(0, p + delta)))
        const [floor, ceiling] = [Math.max(0, -delta), Math.min(1, 1 - delta)]
        for (let k = 0; k <= 200; k++) {
          const p = Math.min(ceiling, floor + ((ceiling - floor) * k) / 200)
          expect(at(p)).toBeLessThanOrEqual(at(rates.control) + 1e-7)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('keep their ratio, know what they lack to one, and are likelier than their neighbours', () => {
    fc.assert(
      fc.property(arms, fc.double({ min: -3, max: 3, noNaN: true }), (pair, logRatio) => {
        const { control, treatment } = restrictedByRatio(pair, logRatio)
        expect(treatment.events).toBeCloseTo(Math.exp(logRatio) * control.events, 12)
        expect(control.events + control.nonEvents).toBeCloseTo(1, 9)
        expect(treatment.events + treatment.nonEvents).toBeCloseTo(1, 9)
        const at = (p: number) => logLikelihood(pair.control, p) + logLikelihood(pair.treatment, Math.min(1, Math.exp(logRatio) * p))
        const ceiling = Math.min(1, Math.exp(-logRatio))
        for (let k = 0; k <= 200; k++) expect(at(Math.min(ceiling, (ceiling * k) / 200))).toBeLessThanOrEqual(at(control.events) + 1e-7)
      }),
      { numRuns: 300 },
    )
  })

  it('keep the digits of three non-events in ten million', () => {
    const { control } = restrictedByRatio({ control: { n: 1e7, events: 1e7 - 1 }, treatment: { n: 1e7, events: 1e7 - 3 } }, 0)
    expect(control.nonEvents / 2e-7).toBeCloseTo(1, 14)
  })

  it('count what did not happen', () => {
    expect(nonEvents({ n: 5, events: 2 })).toEqual({ n: 5, events: 3 })
    expect(mostlyEvents({ control: { n: 5, events: 2 }, treatment: { n: 5, events: 3 } })).toBe(false)
    expect(mostlyEvents({ control: { n: 5, events: 3 }, treatment: { n: 5, events: 3 } })).toBe(true)
  })
})
