import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clopperPearsonInterval, fisherTest } from '../../src/stats/exact-proportion.ts'
import { wilsonInterval } from '../../src/stats/proportion.ts'
import { expectClose, golden, known } from './golden.ts'

const counts = fc.integer({ min: 1, max: 80 }).chain((n) => fc.integer({ min: 0, max: n }).map((events) => ({ n, events })))

function choose(n: number, k: number): bigint {
  let result = 1n
  for (let i = 1; i <= k; i++) result = (result * BigInt(n - k + i)) / BigInt(i)
  return result
}

describe("Clopper and Pearson's interval", () => {
  it('has the published ends', () => {
    const { inputs, expected, tol } = golden<{ cases: [number, number][] }, { ci: number[][] }>('P017')
    inputs.cases.forEach(([events, n], i) => {
      const { low, high } = known(clopperPearsonInterval({ n, events }, { level: 0.95 }))
      expectClose([low, high], expected.ci[i]!, tol)
    })
  })

  it('contains the rate and says so at 0 of n and n of n', () => {
    fc.assert(
      fc.property(counts, ({ n, events }) => {
        const { low, high } = known(clopperPearsonInterval({ n, events }, { level: 0.95 }))
        expect(low).toBeLessThanOrEqual(events / n)
        expect(high).toBeGreaterThanOrEqual(events / n)
        const wilson = known(wilsonInterval({ n, events }, { level: 0.95 }))
        expect(high - low).toBeGreaterThan((wilson.high - wilson.low) * 0.95)
      }),
    )
    // the rule of three: no incident in n leaves about 3/n at 95 % one-sided
    expect(known(clopperPearsonInterval({ n: 3000, events: 0 }, { level: 0.9 })).high).toBeCloseTo(3 / 3000, 5)
    expect(clopperPearsonInterval({ n: 0, events: 0 }, { level: 0.95 })).toMatchObject({ because: 'too-few-units' })
  })
})

describe("Fisher's test", () => {
  it.each(['P011', 'P012'])('gives the p-value of case %s', (id) => {
    const { inputs, expected, tol } = golden<{ table: [[number, number], [number, number]] }, { p_two_sided: number }>(id)
    const [[a, b], [c, d]] = inputs.table
    expectClose(
      known(fisherTest({ treatment: { n: a + b, events: a }, control: { n: c + d, events: c } })).pValue,
      expected.p_two_sided,
      tol,
    )
  })

  it('is the sum of the tables that are no likelier, in exact integers', () => {
    fc.assert(
      fc.property(counts, counts, (control, treatment) => {
        const events = control.events + treatment.events
        const result = fisherTest({ control, treatment })
        if (events === 0 || events === control.n + treatment.n) {
          expect(result).toMatchObject({ because: 'no-events' })
          return
        }
        const ways = (x: number) => choose(treatment.n, x) * choose(control.n, events - x)
        let unlikely = 0n
        let total = 0n
        for (let x = Math.max(0, events - control.n); x <= Math.min(events, treatment.n); x++) {
          total += ways(x)
          if (ways(x) <= ways(treatment.events)) unlikely += ways(x)
        }
        expect(known(result).pValue).toBeCloseTo(Number((unlikely * 10n ** 15n) / total) / 1e15, 11)
      }),
    )
  })

  it('has a logarithm where the p-value underflows', () => {
    const { pValue, log10PValue } = known(
      fisherTest({ treatment: { n: 1_000_000, events: 15_000 }, control: { n: 1_000_000, events: 30_000 } }),
    )
    expect(pValue).toBe(Number.MIN_VALUE)
    expect(log10PValue).toBeLessThan(-1000)
    expect(fisherTest({ treatment: { n: 0, events: 0 }, control: { n: 10, events: 3 } })).toMatchObject({ because: 'too-few-units' })
  })
})
