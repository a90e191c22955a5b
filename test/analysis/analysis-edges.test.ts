import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Question } from '../../src/analysis/question.ts'
import { analysed, ask, type Cell } from './asking.ts'

describe('an analysis of doubtful files', () => {
  it('leaves out units that were seen in two arms, counts them, and alarms above one in a thousand', () => {
    const rows = Array.from({ length: 500 }, (_, i) => [`u${i}`, i % 2 ? 't' : 'c', i % 7])
    const answer = analysed(ask(['x:mean'], { unit: 'id' }), ['id', 'arm', 'x'], [...rows, ['u3', 'c', 1], ['u8', 't', 2]])
    expect(answer.twoArms).toEqual({ units: 2, share: 2 / 500, alarm: true })
    expect(answer.arms.reduce((sum, arm) => sum + arm.units, 0)).toBe(498)
  })

  it('counts what it could not read, with lines, and drops nothing else', () => {
    const rows: Cell[][] = [
      ['c', 1],
      ['t', 'abc'],
      ['', 3],
      ['c', ''],
      ['t', 4],
      ['c', 2],
      ['t', 6],
      ['c', 1, 9],
    ]
    const answer = analysed(ask(['x:mean']), ['arm', 'x'], rows)
    expect(answer.faults).toEqual([
      { what: 'column x: not a number', count: 1, lines: [3] },
      { what: 'rows refused: no arm', count: 1, lines: [4] },
      { what: 'column x: missing', count: 1, lines: [5] },
      { what: 'rows refused: other than 2 cells', count: 1, lines: [9] },
    ])
    expect(answer.arms).toEqual([
      { arm: 'c', units: 3 },
      { arm: 't', units: 3 },
    ])
    expect(answer.results[0]!.units).toEqual({ control: 2, treatment: 2 })
  })

  it('says what is wrong with the question', () => {
    const rows = [
      ['a', 1],
      ['b', 2],
    ]
    expect(() => analysed(ask(['x:mean']), ['arm', 'x'], rows)).toThrow(/No row has "c" in column "arm".*a, b/)
    expect(() => analysed(ask(['x:mean'], { control: 'a' }), ['arm', 'x'], [['a', 1]])).toThrow(/one arm/)
    expect(() => analysed(ask(['x:mean'], { control: 'a', weights: new Map([['a', 1]]) }), ['arm', 'x'], rows)).toThrow(
      /nothing about the arm "b"/,
    )
  })

  it('never says NaN, infinity, 0 for a p-value, or null without a reason', () => {
    const cell = fc.constantFrom<Cell>(0, 0, 1, 2, -3, '', 'x', 1e12)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('c', 't', 'u'), cell, cell, fc.constantFrom('DE', 'FR')), { minLength: 1, maxLength: 60 }),
        fc.constantFrom('fixed', 'always-valid', 'bayesian'),
        fc.boolean(),
        fc.boolean(),
        (rows, method, segmented, adjusted) => {
          const question = ask(['x:mean', 'x:proportion', 'x/y:ratio'], {
            method,
            ...(segmented ? { segment: 's' } : {}),
            ...(adjusted ? { covariate: 'y' } : {}),
          } as Partial<Question>)
          const answer = analysed(question, ['arm', 'x', 'y', 's'], [...rows, ['c', 1, 1, 'DE'], ['t', 1, 1, 'DE']])
          const walk = (value: unknown): void => {
            if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true)
            else if (value !== null && typeof value === 'object') Object.values(value).forEach(walk)
          }
          walk(answer)
          for (const result of answer.results) {
            if ('because' in result.absolute) expect(result.status === 'unknown').toBe(true)
            if (result.pValue !== null) expect(result.pValue).toBeGreaterThan(0)
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})
