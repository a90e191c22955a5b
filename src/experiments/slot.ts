/**
 * Slots: the sums that the fold keeps for a unit, in the order that the log's arrays and the report's moments share.
 *
 *     after the first exposure     a proportion and a mean have one, a ratio two
 *     before it                    the same again for every metric with a covariate, and for every number of days whether there was
 *                                  anything at all: a new shopper has no history, which is another thing than a history of zeros
 *
 * All slots before stand behind all slots after: what a unit brought along is frozen, and is carried on as one piece.
 */
import type { Metric, Quantity } from './metric.ts'

export interface Slot {
  /** Null for a unit's history, which belongs to no metric. */
  readonly metric: string | null
  readonly part: 'value' | 'numerator' | 'denominator' | 'history'
  readonly aggregate: Quantity['aggregate']
  /** Empty: all of them. */
  readonly types: readonly string[]
  /** From the first exposure on; 0 for what lies before it. */
  readonly windowHours: number
  /** Back from the first exposure; null for what comes after it. */
  readonly daysBefore: number | null
  readonly currency: string | null
  readonly capMinor: number | null
}

/** The slots of several metrics in their order. */
export function slotsOf(metrics: readonly Metric[]): readonly Slot[] {
  const days = new Set(metrics.flatMap((metric) => daysBeforeOf(metric) ?? []))
  return [...metrics.flatMap(slotsAfter), ...metrics.flatMap(slotsBefore), ...[...days].map(historyOf)]
}

/** Days of a metric's covariate, or null. Metrics that were frozen before there were covariates have none. */
export function daysBeforeOf(metric: Metric): number | null {
  return (metric.covariate as Metric['covariate'] | undefined)?.days ?? null
}

function slotsBefore(metric: Metric): readonly Slot[] {
  const daysBefore = daysBeforeOf(metric)
  return daysBefore === null ? [] : slotsAfter(metric).map((slot) => ({ ...slot, windowHours: 0, daysBefore }))
}

function historyOf(daysBefore: number): Slot {
  return { metric: null, part: 'history', aggregate: 'any', types: [], windowHours: 0, daysBefore, currency: null, capMinor: null }
}

function slotsAfter(metric: Metric): readonly Slot[] {
  const shared = { metric: metric.key, windowHours: metric.windowHours, daysBefore: null, capMinor: null }
  const slot = (part: Slot['part'], quantity: Quantity, currency?: string): Slot => ({
    ...shared,
    part,
    aggregate: quantity.aggregate,
    types: quantity.types,
    currency: quantity.aggregate === 'value' ? (currency ?? null) : null,
  })
  switch (metric.kind) {
    case 'proportion':
      return [{ ...slot('value', metric.of), aggregate: 'any' }]
    case 'mean':
      return [{ ...slot('value', metric.of, metric.currency), capMinor: metric.capMinor ?? null }]
    case 'ratio':
      return [slot('numerator', metric.numerator, metric.currency), slot('denominator', metric.denominator, metric.currency)]
  }
}
