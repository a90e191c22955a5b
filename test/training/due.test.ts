import { describe, expect, it } from 'vitest'
import { type DueFacts, dueOf, growthOf } from '../../src/training/due.ts'

const HOUR = 3_600
const settings = { popularity: '{}' }
const facts = (change: Partial<DueFacts> = {}): DueFacts => ({
  ...{ last: { at: 0, rows: 100_000, settings }, now: HOUR / 2, settings, newRows: 10 },
  ...{ drifted: false, everySeconds: HOUR, driftPauseSeconds: HOUR / 4, ...change },
})

describe('when to learn', () => {
  it('is not now, when the last training is young', () => expect(dueOf(facts())).toBe(null))
  it('is by the schedule, when there is anything new', () => {
    expect(dueOf(facts({ now: HOUR }))).toBe('schedule')
    expect(dueOf(facts({ now: 100 * HOUR, newRows: 0 }))).toBe(null)
  })
  it('is at once for new policies and parameters', () => {
    expect(dueOf(facts({ settings: { popularity: '{"halfLifeHours":3}' }, newRows: 0 }))).toBe('settings')
    expect(dueOf(facts({ settings: { ...settings, session: '{}' } }))).toBe('settings')
    expect(dueOf(facts({ settings: {} }))).toBe(null)
  })
  it('is the first time as soon as there is a log', () => {
    expect(dueOf(facts({ last: null, newRows: 0 }))).toBe(null)
    expect(dueOf(facts({ last: null, newRows: 1 }))).toBe('settings')
  })
  it('is after growth by a twentieth, and a thousand at least', () => {
    expect([growthOf(null), growthOf({ rows: 100 }), growthOf({ rows: 100_000 })]).toEqual([1_000, 1_000, 5_000])
    expect(dueOf(facts({ newRows: 4_999 }))).toBe(null)
    expect(dueOf(facts({ newRows: 5_000 }))).toBe('growth')
  })
  it('is after drift, but not more often than the pause allows', () => {
    expect(dueOf(facts({ drifted: true }))).toBe('drift')
    expect(dueOf(facts({ drifted: true, now: HOUR / 5 }))).toBe(null)
  })
})
