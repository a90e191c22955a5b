/** How far the experiment is on its plan: units had and needed in every arm, and about how many days that will take. */
import type { Plan } from '../experiments/experiment.ts'
import { dayNumberOf } from './calendar.ts'
import type { EpochArm } from './epoch-arms.ts'
import type { DayUnits } from './epoch-moments.ts'
import type { PlanProgress } from './report-shape.ts'

/** The pace is taken over today and the six days before: a whole week, so that weekends weigh as they do. */
const PACE_DAYS = 7
/** With less than an hour there is no pace. */
const ELAPSED_LEAST = 1 / 24

export interface Course {
  readonly days: readonly DayUnits[]
  readonly startedAt: string
  readonly asOf: string
  /** Whether units still arrive. */
  readonly running: boolean
  /** A bandit's arms share the plan: how its shares move must not decide when it is reached. */
  readonly together?: boolean
}

export function planProgressOf(plan: Plan, arms: readonly EpochArm[], course: Course): PlanProgress {
  const { unitsPerArm, level } = plan
  const have = Number(arms.reduce((sum, { moments }) => sum + moments.units + moments.excluded, 0n))
  const all = { have, need: unitsPerArm * arms.length }
  const reached = course.together ? have >= all.need : arms.every((arm) => arm.moments.units >= BigInt(unitsPerArm))
  const daysLeft = reached || !course.running || course.together ? undefined : daysLeftOf(unitsPerArm, arms, course)
  return {
    unitsPerArm,
    level,
    reached,
    arms: arms.map(({ key, policy, control, share, moments }) => ({
      ...{ arm: key, policy, control, share },
      have: Number(moments.units),
      need: unitsPerArm,
    })),
    ...(course.together ? { together: all } : {}),
    ...(daysLeft === undefined ? {} : { daysLeft }),
  }
}

/** Units whose window of `windowHours` from their first exposure may still be open; a day's units count until its last hour is through. */
export function unitsOpenOf(days: readonly DayUnits[], windowHours: number, asOf: string): number {
  const now = dayNumberOf(asOf)
  const open = days.filter(({ day }) => dayNumberOf(day) + 1 + windowHours / 24 > now)
  return Number(open.reduce((sum, { units }) => sum + units, 0n))
}

function daysLeftOf(need: number, arms: readonly EpochArm[], course: Course): number | undefined {
  const now = dayNumberOf(course.asOf)
  const from = Math.max(dayNumberOf(course.startedAt), Math.floor(now) - (PACE_DAYS - 1))
  const elapsed = now - from
  if (elapsed < ELAPSED_LEAST) return undefined
  const left = arms.map(({ id, moments }) => {
    const recent = course.days.filter(({ armId, day }) => armId === id && dayNumberOf(day) >= Math.floor(from))
    const pace = Number(recent.reduce((sum, { units }) => sum + units, 0n)) / elapsed
    const missing = Math.max(need - Number(moments.units), 0)
    return missing === 0 ? 0 : missing / pace
  })
  const most = Math.ceil(Math.max(...left))
  return Number.isFinite(most) ? most : undefined
}
