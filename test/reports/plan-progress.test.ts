import { describe, expect, it } from 'vitest'
import { epochArmsOf } from '../../src/reports/epoch-arms.ts'
import type { DayUnits } from '../../src/reports/epoch-moments.ts'
import { type Course, planProgressOf, unitsOpenOf } from '../../src/reports/plan-progress.ts'
import { EXPERIMENT, MOMENTS } from './sample.ts'

const PLAN = { unitsPerArm: 1_000, level: 0.95 }
const COURSE = { startedAt: '2026-11-01T00:00:00Z', asOf: '2026-11-11T00:00:00Z', running: true }

describe('the progress of the plan', () => {
  it('is reached when every arm has its units', () => {
    expect(progress([1_000, 1_000])).toMatchObject({ reached: true })
    expect(progress([5_000, 999])).toMatchObject({ reached: false, arms: [{ have: 5_000 }, { have: 999, need: 1_000 }] })
  })

  it('tells the days left by the pace of the last week in the slowest arm', () => {
    const week = ['05', '06', '07', '08', '09', '10'].flatMap((day) => units(`2026-11-${day}`, 70, 35))
    // six full days since 5 November, and the seventh is only beginning: 70 and 35 a day
    expect(progress([650, 650], [...units('2026-11-01', 9_999, 9_999), ...week]).daysLeft).toBe(10)
  })

  it('takes the pace since the start when that is less than a week ago', () => {
    const course = { startedAt: '2026-11-10T12:00:00Z', asOf: '2026-11-11T00:00:00Z', running: true }
    expect(progress([100, 100], units('2026-11-10', 100, 100), course).daysLeft).toBe(5)
  })

  it.each([
    ['nobody came in the last week', units('2026-11-01', 500, 500), COURSE],
    ['it started minutes ago', units('2026-11-11', 500, 500), { ...COURSE, startedAt: '2026-11-10T23:50:00Z' }],
    ['it does not run', units('2026-11-10', 500, 500), { ...COURSE, running: false }],
  ])('does not promise a day when %s', (_, days, course) => {
    expect(progress([500, 500], days, course).daysLeft).toBeUndefined()
  })

  it('counts a unit as open until the last hour of its first day is through the window', () => {
    const days = [...units('2026-11-01', 3, 4), ...units('2026-11-04', 10, 20)]
    expect(unitsOpenOf(days, 7 * 24, '2026-11-08T23:59:59Z')).toBe(37)
    expect(unitsOpenOf(days, 7 * 24, '2026-11-09T00:00:00Z')).toBe(30)
    expect(unitsOpenOf(days, 1, '2026-11-09T00:00:00Z')).toBe(0)
  })
})

function units(day: string, first: number, second: number): DayUnits[] {
  return [
    { armId: 1, day, units: BigInt(first) },
    { armId: 2, day, units: BigInt(second) },
  ]
}

function progress(have: readonly [number, number], days: readonly DayUnits[] = [], course: Omit<Course, 'days'> = COURSE) {
  const arms = MOMENTS.arms.map((arm, i) => ({ ...arm, units: BigInt(have[i]!) }))
  return planProgressOf(PLAN, epochArmsOf(EXPERIMENT.arms, [1, 2], { ...MOMENTS, arms }), { days, ...course })
}
