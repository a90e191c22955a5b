import { describe, expect, it } from 'vitest'
import { type Evidence, openOffPolicyFold } from '../../src/bandits/off-policy-moments.ts'
import type { Refusal } from '../../src/bandits/off-policy-overlap.ts'
import { valuationOf } from '../../src/bandits/off-policy-valuation.ts'

const plain: Evidence = { weight: 1, reward: 1, prediction: 0.5, modelValue: 0.5 }

function valued(rows: readonly Evidence[], arms = 4) {
  const fold = openOffPolicyFold({ arms, switchAt: 10 })
  for (const row of rows) fold.add([row])
  return valuationOf(fold.moments(), { level: 0.95 })
}

function refusals(rows: readonly Evidence[], arms = 4): readonly Refusal[] {
  const valuation = valued(rows, arms)
  return valuation.kind === 'refused' ? valuation.refusals : []
}

const many = (n: number, row: (i: number) => Partial<Evidence> = () => ({})): Evidence[] =>
  Array.from({ length: n }, (_, i) => ({ ...plain, reward: i % 2, ...row(i) }))

describe('a valuation', () => {
  it('is given with enough effective decisions', () => {
    expect(valued(many(100))).toMatchObject({ kind: 'valued', overlap: { effectiveSampleSize: 100, maxWeightShare: 0.01, meanWeight: 1 } })
  })

  it('is refused with fewer than a hundred, and says how many more', () => {
    expect(refusals(many(99))).toEqual([{ kind: 'few-effective-decisions', have: 99, need: 100, more: 1, floor: null }])
    const [refusal] = refusals(many(400, (i) => ({ weight: i % 10 === 0 ? 10 : 0 })))
    expect(refusal).toMatchObject({ kind: 'few-effective-decisions', have: 40, need: 100, more: 600, floor: 1 })
  })

  it('is refused below one percent, where only a floor helps', () => {
    const [refusal] = refusals(many(20_000, (i) => ({ weight: i % 200 === 0 ? 200 : 0 })))
    expect(refusal).toMatchObject({ kind: 'few-effective-decisions', have: 100, need: 200, more: null, floor: 0.04 })
  })

  it('is refused when one decision has most of the weight', () => {
    const kinds = refusals(many(10_000, (i) => ({ weight: i === 77 ? 20_000 : 1 }))).map(({ kind }) => kind)
    expect(kinds).toEqual(['one-decision-dominates', 'few-effective-decisions'])
  })

  it('is refused when the mean weight is off by more than chance, and not by less', () => {
    const around = (mean: number) => many(10_000, (i) => ({ reward: 1, weight: i % 2 === 0 ? 2 * mean : 0 }))
    // standard error 0.01 at a mean of 1
    expect(refusals(around(0.97))).toEqual([])
    expect(refusals(around(0.95))).toEqual([
      { kind: 'mean-weight-off', mean: expect.closeTo(0.95, 9), standardError: expect.closeTo(0.0095, 5) },
    ])
    expect(refusals(many(1000, () => ({ weight: 1.01 })))).toMatchObject([{ kind: 'mean-weight-off', standardError: 0 }])
  })

  it('is refused when more than one percent goes to arms that could not be played', () => {
    const missing = (share: number) => many(1000, () => ({ unsupported: [0, share, 0, share / 2] }))
    expect(refusals(missing(0.006))).toEqual([])
    expect(refusals(missing(0.02))).toMatchObject([
      { kind: 'arms-without-support', share: expect.closeTo(0.03, 12), arms: [{ arm: 1, share: expect.closeTo(0.02, 12) }, { arm: 3 }] },
    ])
  })

  it('is refused where few rewards carry the value, however many decisions there are', () => {
    const rare = (events: number, weight = 1) => many(1000, (i) => ({ reward: i < events ? 3 : 0, weight: i === 0 ? weight : 1 }))
    expect(refusals(rare(10))).toEqual([])
    expect(refusals(rare(9))).toEqual([{ kind: 'few-effective-events', have: expect.closeTo(9, 9), need: 10, more: 112 }])
    expect(refusals(rare(11, 5))).toMatchObject([{ kind: 'few-effective-events', have: expect.closeTo((15 * 15) / 35, 9) }])
    expect(refusals(rare(0))).toEqual([{ kind: 'few-effective-events', have: 0, need: 10, more: null }])
  })

  it('is refused without decisions, and without any weight', () => {
    expect(refusals([])).toEqual([{ kind: 'few-effective-decisions', have: 0, need: 100, more: null, floor: null }])
    expect(refusals(many(500, () => ({ weight: 0 }))).map(({ kind }) => kind)).toEqual(['mean-weight-off', 'few-effective-decisions'])
  })

  it('counts decisions, not units, and judges the mean weight by units', () => {
    const fold = openOffPolicyFold({ arms: 2, switchAt: 10 })
    // every unit has ten decisions of the same weight, 1.8 or 0
    for (let i = 0; i < 100; i++) fold.add(Array(10).fill({ ...plain, weight: i % 2 === 0 ? 1.8 : 0 }))
    const { overlap, kind } = valuationOf(fold.moments(), { level: 0.95 })
    expect(kind).toBe('valued')
    expect(overlap).toMatchObject({ decisions: 1000, effectiveSampleSize: expect.closeTo(500, 8) })
    expect(overlap.meanWeightError).toBeCloseTo(0.0905, 3)
    // how many decisions a unit has says nothing about a weight that is always 1
    const uneven = openOffPolicyFold({ arms: 2, switchAt: 10 })
    for (let i = 0; i < 100; i++) uneven.add(Array(1 + (i % 5)).fill(plain))
    expect(valuationOf(uneven.moments(), { level: 0.95 }).overlap.meanWeightError).toBeCloseTo(0, 7)
  })
})
