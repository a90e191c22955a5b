import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ItemPolicy, policyOfJson } from '../../src/analysis/open-bandit-policy.ts'
import { openReplay } from '../../src/analysis/open-bandit-replay.ts'
import { openSurvey } from '../../src/analysis/open-bandit-survey.ts'
import { policyValues } from '../../src/bandits/off-policy-estimates.ts'
import type { OffPolicyMoments } from '../../src/bandits/off-policy-moments.ts'
import { overlapOf } from '../../src/bandits/off-policy-overlap.ts'
import { randomOf } from '../../src/stats/random.ts'

const HEADER = ['', 'timestamp', 'item_id', 'position', 'click', 'propensity_score']
const table: ItemPolicy = policyOfJson('[[0.5, 0.1], [0.25, 0.2], [0.25, 0.7]]')

interface Row {
  readonly item: number
  readonly position: number
  readonly click: number
  readonly propensity: number
}
const cellsOf = ({ item, position, click, propensity }: Row, i: number): string[] =>
  [i, 'now', item, position + 1, click, propensity].map(String)

function surveyOf(lines: readonly (readonly string[])[], policy = table, folds = 1) {
  const survey = openSurvey(HEADER, { policy, folds, commaAllowed: false })
  for (const [i, cells] of lines.entries()) survey.row(cells, i + 2)
  return survey.finish()
}

function replayOf(rows: readonly Row[], policy = table, folds = 1, items = 3): OffPolicyMoments {
  const lines = rows.map(cellsOf)
  const survey = surveyOf(lines, policy, folds)
  const replay = openReplay(HEADER, { question: { policy, items, folds, switchAt: 2 }, survey, commaAllowed: false })
  for (const [i, cells] of lines.entries()) replay.row(cells, i + 2)
  return replay.finish()
}

const valuesOf = (moments: OffPolicyMoments) => policyValues(moments, { level: 0.95 })
const row = fc.record({
  item: fc.integer({ min: 0, max: 2 }),
  position: fc.integer({ min: 0, max: 1 }),
  click: fc.integer({ min: 0, max: 1 }),
  propensity: fc.integer({ min: 1, max: 20 }).map((n) => n / 20),
})

describe('a log in the form of the Open Bandit Dataset', () => {
  it('is weighed by the book, the model in sample', () => {
    const p = [
      [0.5, 0.1],
      [0.25, 0.2],
      [0.25, 0.7],
    ]
    fc.assert(
      fc.property(fc.array(row, { minLength: 5, maxLength: 60 }), (rows) => {
        const of = (item: number) => rows.filter((one) => one.item === item)
        const q = [0, 1, 2].map((item) => (of(item).filter(({ click }) => click === 1).length + 0.5) / (of(item).length + 100))
        const weighed = rows.map(({ item, position, click, propensity }) => {
          const w = p[item]![position]! / propensity
          return { w, click, q: q[item]!, g: q.reduce((sum, value, other) => sum + value * p[other]![position]!, 0) }
        })
        const mean = (of: (one: (typeof weighed)[number]) => number) => weighed.reduce((sum, one) => sum + of(one), 0) / rows.length
        const values = valuesOf(replayOf(rows))
        expect(values.IPS.value).toBeCloseTo(
          mean(({ w, click }) => w * click),
          12,
        )
        expect(values.SNIPS.value).toBeCloseTo(mean(({ w, click }) => w * click) / mean(({ w }) => w), 12)
        expect(values.DM.value).toBeCloseTo(
          mean(({ g }) => g),
          12,
        )
        expect(values.DR.value).toBeCloseTo(
          mean(({ w, click, q: told, g }) => g + w * (click - told)),
          12,
        )
        expect(values.SwitchDR.value).toBeCloseTo(
          mean(({ w, click, q: told, g }) => g + (w <= 2 ? w * (click - told) : 0)),
          12,
        )
      }),
    )
  })

  it('is not judged by a model that saw the row, when cross-fitted', () => {
    const rows: Row[] = [0, 1, 2, 3].map((i) => ({ item: 0, position: 0, click: i < 2 ? 1 : 0, propensity: 0.5 }))
    // fold 0 has rows 0 and 2, one click; so has fold 1: each is told of (1 + ½) in 102
    const told = replayOf(rows, policyOfJson('[[1], [0], [0]]'), 2)
    expect(valuesOf(told).DM.value).toBeCloseTo(1.5 / 102, 14)
    // fold 0 has two rows and a click, fold 1 the row between them
    const uneven = valuesOf(replayOf(rows.slice(1), policyOfJson('[[1], [0], [0]]'), 2))
    expect(uneven.DM.value).toBeCloseTo(((2 * 0.5) / 101 + 1.5 / 102) / 3, 14)
    expect(valuesOf(replayOf(rows, policyOfJson('[[1], [0], [0]]'))).DM.value).toBeCloseTo(2.5 / 104, 14)
  })

  it('counts what the policy gives to items that were never shown', () => {
    const rows: Row[] = Array.from({ length: 50 }, (_, i) => ({ item: i % 2, position: i % 2, click: 0, propensity: 0.5 }))
    const { unsupported } = overlapOf(replayOf(rows))
    expect(unsupported).toEqual([{ arm: 2, share: expect.closeTo((0.25 + 0.7) / 2, 12) }])
  })

  it('gives DM the error that it has from log to log', () => {
    const rates = [0.3, 0.1, 0.2]
    const values: number[] = []
    const errors: number[] = []
    for (let seed = 0; seed < 200; seed++) {
      const random = randomOf(seed)
      const rows = Array.from({ length: 1500 }, () => {
        const item = Math.floor(random.uniform() * 3)
        return { item, position: random.uniform() < 0.5 ? 0 : 1, click: random.uniform() < rates[item]! ? 1 : 0, propensity: 1 / 3 }
      })
      const { value, error } = valuesOf(replayOf(rows)).DM
      values.push(value)
      errors.push((error as { standardError: number }).standardError)
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / 200
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 199)
    const ratio = errors.reduce((sum, error) => sum + error, 0) / 200 / deviation
    // five standard errors of a standard deviation of 200
    expect(ratio).toBeGreaterThan(0.75)
    expect(ratio).toBeLessThan(1.34)
  })

  it('is refused as a whole, with lines, when a row cannot be used', () => {
    const good = cellsOf({ item: 0, position: 0, click: 0, propensity: 0.5 }, 0)
    const wrong = (place: number, text: string) => good.with(place, text)
    const sentence = (lines: readonly (readonly string[])[], policy = table) => {
      try {
        return String(surveyOf(lines, policy).rows)
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(sentence([good, wrong(5, '0'), good, wrong(5, '1.2')])).toBe(
      '2 rows cannot be used: propensity_score is not above 0 and at most 1 (line 3, 5). Nothing was estimated.',
    )
    expect(sentence([wrong(5, '')])).toMatch(/propensity_score .*line 2/)
    expect(sentence([wrong(4, '2')])).toMatch(/click is neither 0 nor 1 \(line 2\)/)
    expect(sentence([wrong(3, '0')])).toMatch(/position is no whole number from 1/)
    expect(sentence([wrong(2, '1.5')])).toMatch(/item_id is no whole number/)
    expect(sentence([wrong(2, '3')])).toMatch(/item_id outside the 3 items of the policy \(line 2\)/)
    expect(sentence([wrong(3, '3')])).toMatch(/position outside the 2 positions of the policy/)
    expect(sentence([wrong(3, '3')], { kind: 'uniform' })).toBe('1')
    expect(sentence([good.slice(1)])).toMatch(/other than 6 cells \(line 2\)/)
    expect(sentence([])).toMatch(/no rows/)
    expect(() => openSurvey(HEADER.slice(0, 5), { policy: table, folds: 1, commaAllowed: false })).toThrow(/no column "propensity_score"/)
  })

  it('must be the same at both readings', () => {
    const rows: Row[] = [0, 1, 2].map((item) => ({ item, position: 0, click: 0, propensity: 0.5 }))
    const survey = surveyOf(rows.map(cellsOf))
    const replay = openReplay(HEADER, { question: { policy: table, items: 3, folds: 1, switchAt: 2 }, survey, commaAllowed: false })
    replay.row(cellsOf(rows[0]!, 0), 2)
    expect(() => replay.finish()).toThrow(/changed while it was read/)
  })
})

describe('a policy from a file', () => {
  it.each([
    ['{', /no JSON/],
    ['{}', /list of items/],
    ['[]', /list of items/],
    ['[[]]', /at least one position/],
    ['[["a"]]', /list of items/],
    ['[[0.5], [0.25, 0.25]]', /Item 1 has 2 probabilities/],
    ['[[1.5], [-0.5]]', /Item 0 has the probability 1.5/],
    ['[[0.5, 0.5], [0.5, 0.4]]', /position 2 sum to 0.9/],
  ])('%s is refused with a sentence', (text, sentence) => {
    expect(() => policyOfJson(text)).toThrow(sentence)
  })
})
