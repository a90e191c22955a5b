import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ESTIMATORS, gainOverLog, loggedValue, type PolicyValue, policyValues } from '../../src/bandits/off-policy-estimates.ts'
import { type Evidence, mergeOffPolicy } from '../../src/bandits/off-policy-moments.ts'
import { overlapOf } from '../../src/bandits/off-policy-overlap.ts'
import { evidence, expectClose, golden, momentsOfEvidence, units } from './off-policy-cases.ts'

interface Inline {
  readonly action: readonly number[]
  readonly reward: readonly number[]
  readonly pscore: readonly number[]
  readonly pi_e: readonly (readonly number[])[]
  readonly q_hat: readonly (readonly number[])[]
}

const level = 0.95
const alone = (rows: readonly Evidence[]) => rows.map((row) => [row])
const valuesOf = (all: readonly (readonly Evidence[])[], switchAt = 10) => policyValues(momentsOfEvidence(all, switchAt), { level })
const standardErrorOf = ({ error }: PolicyValue): number => (error.kind === 'unknown' ? 0 : error.standardError)

function inlineRows({ action, reward, pscore, pi_e, q_hat }: Inline): readonly Evidence[] {
  return action.map((arm, i) => ({
    weight: pi_e[i]![arm]! / pscore[i]!,
    reward: reward[i]!,
    prediction: q_hat[i]![arm]!,
    modelValue: pi_e[i]!.reduce((sum, p, other) => sum + p * q_hat[i]![other]!, 0),
  }))
}

describe('the value of a policy that did not run', () => {
  it('has the published values', () => {
    const { inputs, expected, tolerance } = golden<Inline, Record<string, number>>('ope/inline12_obp')
    const moments = momentsOfEvidence(alone(inlineRows(inputs)), 1)
    const values = policyValues(moments, { level })
    for (const name of ['IPS', 'SNIPS', 'DM', 'DR', 'SNDR'] as const) expectClose(values[name].value, expected[name]!, tolerance)
    expectClose(values.SwitchDR.value, expected.SwitchDR_1!, tolerance)
    expectClose(overlapOf(moments).effectiveSampleSize, expected.ESS!, tolerance)
  })

  it("has the published one-sided lower bound by Student's t", () => {
    const { inputs, expected, tolerance } = golden<Inline, Record<string, number>>('ope/inline12_obp')
    // a two-sided interval at 90 % has the lower end of a one-sided one at 95 %
    const { error } = policyValues(momentsOfEvidence(alone(inlineRows(inputs))), { level: 0.9 }).IPS
    if (error.kind === 'unknown') throw new Error(error.because)
    expectClose(error.interval.low, expected.LB_student_t_05!, tolerance)
  })

  it('is the plain mean for the policy that made the log, with its standard error', () => {
    fc.assert(
      fc.property(fc.array(evidence, { minLength: 3, maxLength: 40 }), (rows) => {
        const same = rows.map((row) => ({ ...row, weight: 1 }))
        const moments = momentsOfEvidence(alone(same))
        const values = policyValues(moments, { level })
        const plain = loggedValue(moments, { level })
        for (const name of ['IPS', 'SNIPS'] as const) {
          expect(values[name].value).toBeCloseTo(plain.value, 12)
          expect(standardErrorOf(values[name])).toBeCloseTo(standardErrorOf(plain), 10)
        }
        // a model whose answer is its prediction for what was played takes nothing away and adds nothing
        const told = policyValues(momentsOfEvidence(alone(same.map((row) => ({ ...row, modelValue: row.prediction })))), { level })
        expect(told.DR.value).toBeCloseTo(plain.value, 12)
      }),
    )
  })

  it('is IPS when the model of DR says 0, and DM or DR at the ends of the switch', () => {
    fc.assert(
      fc.property(units, (all) => {
        const silent = valuesOf(all.map((unit) => unit.map((row) => ({ ...row, prediction: 0, modelValue: 0 }))))
        expect(silent.DR.value).toBeCloseTo(silent.IPS.value, 10)
        expect(silent.SNDR.value).toBeCloseTo(silent.SNIPS.value, 10)
        const never = valuesOf(all, Number.POSITIVE_INFINITY)
        expect(never.SwitchDR.value).toBeCloseTo(never.DR.value, 10)
        expect(standardErrorOf(never.SwitchDR)).toBeCloseTo(standardErrorOf(never.DR), 8)
        const always = valuesOf(all, 0)
        expect(always.SwitchDR.value).toBeCloseTo(always.DM.value, 10)
      }),
    )
  })

  it('scales with rewards and model; its errors too', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 1, max: 100 }), (all, factor) => {
        const before = valuesOf(all)
        const after = valuesOf(
          all.map((unit) =>
            unit.map(({ weight, reward, prediction, modelValue, modelError }) => ({
              ...{ weight, reward: factor * reward, prediction: factor * prediction },
              ...{ modelValue: factor * modelValue, modelError: factor * modelError! },
            })),
          ),
        )
        for (const name of ESTIMATORS) {
          expect(after[name].value / factor).toBeCloseTo(before[name].value, 9)
          expect(standardErrorOf(after[name]) / factor).toBeCloseTo(standardErrorOf(before[name]), 7)
        }
      }),
    )
  })

  it('moves with a constant when self-normalised', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: -20, max: 20 }), (all, shift) => {
        const moved = valuesOf(all.map((unit) => unit.map((row) => ({ ...row, reward: row.reward + shift }))))
        expect(moved.SNIPS.value).toBeCloseTo(valuesOf(all).SNIPS.value + shift, 8)
      }),
    )
  })

  it('does not depend on the order of units, nor on how they are merged', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }), (all, one, two) => {
        const [low, high] = [Math.min(one, two), Math.max(one, two)]
        const [a, b, c] = [all.slice(0, low), all.slice(low, high), all.slice(high)].map((part) => momentsOfEvidence(part))
        const whole = valuesOf(all)
        for (const moments of [
          mergeOffPolicy(mergeOffPolicy(a!, b!), c!),
          mergeOffPolicy(a!, mergeOffPolicy(b!, c!)),
          momentsOfEvidence([...all].reverse()),
        ]) {
          const values = policyValues(moments, { level })
          const [merged, direct] = [overlapOf(moments), overlapOf(momentsOfEvidence(all))]
          for (const key of [
            'decisions',
            'effectiveSampleSize',
            'effectiveEvents',
            'maxWeightShare',
            'switchedShare',
            'meanWeight',
          ] as const)
            expect(merged[key]).toBeCloseTo(direct[key], 9)
          for (const name of ESTIMATORS) {
            expect(values[name].value).toBeCloseTo(whole[name].value, 9)
            expect(standardErrorOf(values[name])).toBeCloseTo(standardErrorOf(whole[name]), 7)
          }
        }
      }),
    )
  })

  it('has the error of the delta method, from the rows themselves', () => {
    fc.assert(
      fc.property(fc.array(evidence, { minLength: 4, maxLength: 30 }), (rows) => {
        const weight = rows.reduce((sum, row) => sum + row.weight, 0)
        fc.pre(weight > 0.5)
        const values = valuesOf(alone(rows))
        const n = rows.length
        const deviation = (of: (row: Evidence) => number): number => {
          const mean = rows.reduce((sum, row) => sum + of(row), 0) / n
          return Math.sqrt(rows.reduce((sum, row) => sum + (of(row) - mean) ** 2, 0) / (n - 1) / n)
        }
        const { SNIPS, SNDR } = values
        const correction = rows.reduce((sum, row) => sum + row.weight * (row.reward - row.prediction), 0) / weight
        const mean = weight / n
        expect(standardErrorOf(values.IPS)).toBeCloseTo(
          deviation((row) => row.weight * row.reward),
          6,
        )
        expect(standardErrorOf(SNIPS)).toBeCloseTo(
          deviation((row) => (row.weight * (row.reward - SNIPS.value)) / mean),
          6,
        )
        expect(standardErrorOf(values.DM)).toBeCloseTo(
          deviation((row) => row.modelValue + row.modelError!),
          6,
        )
        expect(standardErrorOf(values.DR)).toBeCloseTo(
          deviation((row) => row.modelValue + row.weight * (row.reward - row.prediction)),
          6,
        )
        expect(standardErrorOf(SNDR)).toBeCloseTo(
          deviation((row) => row.modelValue + (row.weight * (row.reward - row.prediction - correction)) / mean),
          6,
        )
      }),
    )
  })

  it('takes decisions of one unit for one piece of evidence', () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ weight: 1 + (i % 3), reward: (i * 7) % 5, prediction: 1, modelValue: 2 }))
    const single = valuesOf(alone(rows))
    const threefold = valuesOf(rows.map((row) => [row, row, row]))
    for (const name of ESTIMATORS) {
      expect(threefold[name].value).toBeCloseTo(single[name].value, 12)
      expect(standardErrorOf(threefold[name])).toBeCloseTo(standardErrorOf(single[name]), 12)
    }
    const apart = valuesOf(alone(rows.flatMap((row) => [row, row, row])))
    expect(standardErrorOf(apart.DR) / standardErrorOf(single.DR)).toBeCloseTo(Math.sqrt(59 / 179), 10)
  })

  it('has a gain over the log, with the error of the difference', () => {
    const same = alone(Array.from({ length: 20 }, (_, i) => ({ weight: 1, reward: i % 4, prediction: 1, modelValue: 1 })))
    expect(gainOverLog(momentsOfEvidence(same), { level })).toMatchObject({ value: 0, error: { because: 'no-variance' } })
  })

  it('has no error bar from one unit, nor where nothing varies', () => {
    const row = { weight: 1, reward: 0.3, prediction: 0.1, modelValue: 0.1 }
    expect(valuesOf([[row, row]]).DR.error).toMatchObject({ because: 'too-few-units' })
    expect(valuesOf(Array(30).fill([row])).DR.error).toMatchObject({ because: 'no-variance' })
  })
})
