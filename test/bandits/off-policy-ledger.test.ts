import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policyValues } from '../../src/bandits/off-policy-estimates.ts'
import { type LedgerRow, openLedger } from '../../src/bandits/off-policy-ledger.ts'
import type { OffPolicyMoments } from '../../src/bandits/off-policy-moments.ts'
import { overlapOf, refusalsOf } from '../../src/bandits/off-policy-overlap.ts'
import { whatIf } from '../../src/bandits/off-policy-what-if.ts'

const ARMS = 3
const vector = fc.tuple(...Array.from({ length: ARMS }, () => fc.integer({ min: 1, max: 20 }))).map((parts) => {
  const total = parts.reduce((sum, part) => sum + part, 0)
  return parts.map((part) => part / total)
})
const row: fc.Arbitrary<LedgerRow> = fc.record({
  unit: fc.nat(5),
  arm: fc.nat(ARMS - 1),
  propensities: vector,
  probabilities: vector,
  outcomes: fc.tuple(fc.nat(1), fc.integer({ min: -500, max: 500 })),
  predictions: fc.option(fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 2 * ARMS, maxLength: 2 * ARMS }), { nil: null }),
})

/** In one go, without breaks. */
function drained(work: Generator<void, OffPolicyMoments>): OffPolicyMoments {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

describe('a ledger', () => {
  it('gives the values of the plain fold over units, for any weights of the outcomes', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), fc.tuple(fc.nat(3), fc.nat(3)), (rows, weights) => {
        const ledger = openLedger({ arms: ARMS, outcomes: 2 })
        for (const each of rows) ledger.add(each)
        const of = (outcomes: ArrayLike<number>, from = 0) => weights[0] * outcomes[from]! + weights[1] * outcomes[from + 1]!
        const decisions = rows.map(({ unit, arm, propensities, probabilities, outcomes, predictions }) => ({
          ...{ unit, arm, propensities, probabilities, features: [], reward: of(outcomes) },
          predictions: propensities.map((_, a) => (predictions ? of(predictions, 2 * a) : 0)),
        }))
        const units = [...new Set(rows.map(({ unit }) => unit))].sort((a, b) => a - b)
        const plain = whatIf(
          units.map((unit) => decisions.filter((each) => each.unit === unit)),
          { arms: ARMS, switchAt: 2, target: ({ probabilities }) => probabilities },
        )
        const found = drained(ledger.moments(weights, 2))
        expect(found.units.n).toBe(units.length)
        expect(found.weightVariance).toBeCloseTo(plain.weightVariance, 9)
        const [one, other] = [policyValues(found, { level: 0.95 }), policyValues(plain, { level: 0.95 })]
        for (const name of ['IPS', 'SNIPS', 'DM', 'DR', 'SNDR', 'SwitchDR'] as const)
          expect(one[name].value).toBeCloseTo(other[name].value, 9)
      }),
    )
  })

  it('grows, counts shares and keeps apart what the log could not play', () => {
    const ledger = openLedger({ arms: 2, outcomes: 1 })
    const given = { unit: 0, arm: 0, propensities: [1, 0], probabilities: [0.25, 0.75], outcomes: [1], predictions: null }
    for (let i = 0; i < 5_000; i++) ledger.add({ ...given, unit: i % 1_000 })
    expect(ledger.decisions).toBe(5_000)
    expect(ledger.modelled).toBe(false)
    expect(ledger.shares()).toEqual({ ran: [1, 0], would: [0.25, 0.75] })
    const overlap = overlapOf(drained(ledger.moments([1], Number.POSITIVE_INFINITY)))
    expect(overlap.unsupported).toEqual([{ arm: 1, share: 0.75 }])
    expect(refusalsOf(overlap, 2)[0]).toMatchObject({ kind: 'arms-without-support' })
  })

  it('does not blame propensities for heavy decisions that have not come yet', () => {
    const ledger = openLedger({ arms: 2, outcomes: 1 })
    // half of the requests go to the other arm in 39 of 40 draws, and did so in all fifty
    for (let i = 0; i < 100; i++) {
      const propensities = i % 2 === 0 ? [0.975, 0.025] : [0.025, 0.975]
      ledger.add({ unit: i, arm: i % 2, propensities, probabilities: [1, 0], outcomes: [1], predictions: null })
    }
    const kinds = refusalsOf(overlapOf(drained(ledger.moments([1], 10))), 2).map(({ kind }) => kind)
    expect(kinds).toEqual(['few-effective-decisions'])
  })
})
