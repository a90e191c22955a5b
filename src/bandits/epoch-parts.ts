/**
 * The parts that an epoch's posterior is added up from: days, and, where delays are observed, the hours of the latest days; each with how much
 * of what its decisions will bring has come, by class of maturity.
 */
import type { DecisionMoments } from './decision-moments.ts'
import { delayClasses, type ObservedDelays } from './delay-classes.ts'
import type { MaturePart } from './matured-moments.ts'

/** What an arm learned on one day; days are numbered in time, from 1970 where delays are observed. */
export interface ArmDay {
  /** Position of the arm. */
  readonly arm: number
  readonly day: number
  readonly moments: DecisionMoments
}

/** What an arm learned in an hour; hours are counted from 1970. */
export interface ArmHour {
  readonly arm: number
  readonly hour: number
  readonly moments: DecisionMoments
}

/** What the delay correction rests on: the latest days by hours, which take the place of their days, and the delays of every span. */
export interface Observed extends ObservedDelays {
  readonly hours: readonly ArmHour[]
}

export interface Parts {
  /** In the order of time, then arm. */
  readonly parts: readonly MaturePart[]
  /** Slots by class of maturity, the quickest first; null when everything counts as come. */
  readonly classes: readonly (readonly number[])[] | null
}

/** Without observed delays, and where all has come, everything counts whole. */
export function partsOf(days: readonly ArmDay[], arms: number, observed?: Observed): Parts {
  const whole = days.map(({ arm, day, moments }) => ({ arm, day, hour: null, moments }))
  if (!observed) return { parts: inOrder(whole).map((part) => ({ ...part, arrived: [1] })), classes: null }
  const hours = observed.hours.map(({ arm, hour, moments }) => ({ arm, day: Math.floor(hour / 24), hour, moments }))
  const apart = new Set(hours.map(({ day }) => day))
  const spans = inOrder([...whole.filter(({ day }) => !apart.has(day)), ...hours])
  const found = delayClasses(
    arms,
    spans.map(({ arm, day, hour, moments }) => ({ arm, day, hour, decisions: Number(moments.n) })),
    observed,
  )
  const parts = spans.map((part) => ({ ...part, arrived: found.arrived(part.arm, part) }))
  const isRipe = parts.every(({ arrived }) => arrived.every((share) => share === 1))
  const slotsOf = (at: number) => found.classOf.flatMap((own, slot) => (own === at ? [slot] : []))
  return { parts, classes: isRipe ? null : Array.from({ length: found.count }, (_, at) => slotsOf(at)) }
}

function inOrder<Part extends { readonly arm: number; readonly day: number; readonly hour: number | null }>(
  parts: readonly Part[],
): readonly Part[] {
  return [...parts].sort((one, other) => one.day - other.day || (one.hour ?? -1) - (other.hour ?? -1) || one.arm - other.arm)
}
