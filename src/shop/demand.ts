/**
 * Demand: what a day does to the wish for a shoe, whoever looks at it.
 *
 *     buzz = season(type, day)·(1 + 2·2^(−age/14))/3      × 0.4 once the next version is out; 0 before the launch
 *
 * So a launch is an event that fades, trail shoes sell in summer and walking shoes in autumn, and what sold last month says less than
 * what sold last week. Weekends bring more visits, evenings too.
 */
import type { Product, ShoeType } from './catalogue.ts'

const NOVELTY = 2
const NOVELTY_HALF_LIFE_DAYS = 14
const SUCCEEDED = 0.4
const YEAR_DAYS = 365.2425
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4

/** Day of the year of the best season, and how much it matters. */
const SEASONS: Readonly<Record<ShoeType, readonly [peak: number, swing: number]>> = {
  road: [110, 0.15],
  trail: [190, 0.3],
  race: [120, 0.25],
  track: [150, 0.35],
  walking: [290, 0.2],
}

/** By hour of the day (UTC), relative to each other. */
export const HOURS = [1, 1, 1, 1, 1, 2, 4, 6, 6, 5, 5, 6, 8, 7, 6, 6, 7, 9, 11, 13, 14, 12, 7, 3] as const

const WEEKEND = 1.6

/** In [0, 1]; `day` counts from 1970. */
export function buzzOf(product: Product, day: number): number {
  const age = day - product.launchDay
  if (age < 0) return 0
  const novelty = (1 + NOVELTY * 2 ** (-age / NOVELTY_HALF_LIFE_DAYS)) / (1 + NOVELTY)
  return seasonOf(product.type, day) * novelty * (product.succeededDay !== null && day >= product.succeededDay ? SUCCEEDED : 1)
}

/** In (0, 1]: how much of its best season a type has. */
export function seasonOf(type: ShoeType, day: number): number {
  const [peak, swing] = SEASONS[type]
  const phase = (2 * Math.PI * (dayOfYear(day) - peak)) / YEAR_DAYS
  return (1 + swing * Math.cos(phase)) / (1 + swing)
}

/** Visits of the day, relative to a working day. */
export function crowdOf(day: number): number {
  const weekday = (day + FIRST_WEEKDAY) % 7
  return weekday === 0 || weekday === 6 ? WEEKEND : 1
}

/** "2026 spring": when a product came out, as catalogues say it. Of the mean year, hence a day off at most. */
export function collectionOf(day: number): string {
  const year = 1970 + Math.floor(day / YEAR_DAYS)
  return `${year} ${['winter', 'spring', 'summer', 'autumn'][Math.floor((dayOfYear(day) / YEAR_DAYS) * 4)]}`
}

function dayOfYear(day: number): number {
  return day - Math.floor(day / YEAR_DAYS) * YEAR_DAYS
}
