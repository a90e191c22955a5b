/**
 * A metric: a named quantity per unit, computed from the outcomes inside its window.
 *
 * The window opens with the unit's first exposure. A proportion asks whether something happened, a mean how much of it, a ratio
 * divides two such sums (and is analysed by unit, with the delta method).
 */
import { z } from 'zod'
import { keySchema } from './key.ts'

export const OUTCOME_TYPES_SEEDED = ['view', 'click', 'add-to-cart', 'purchase', 'return', 'rating'] as const

const outcomeType = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/)

/** What is added up over a unit's outcomes: whether there was one, how many, their money (minor units) or their quantity. */
export const quantitySchema = z
  .strictObject({
    types: z
      .array(outcomeType)
      .min(1)
      .max(8)
      .meta({ description: 'Outcome types that count.', example: ['purchase', 'return'] }),
    aggregate: z.enum(['any', 'count', 'value', 'quantity']).default('count'),
  })
  .meta({ id: 'Quantity' })

const base = {
  key: keySchema,
  description: z.string().max(500).default(''),
  windowHours: z
    .number()
    .positive()
    .max(24 * 90)
    .default(24 * 7)
    .meta({ description: 'How long after the first exposure an outcome counts.' }),
  direction: z.enum(['increase', 'decrease']).default('increase').meta({ description: 'Which way is better.' }),
}
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR')

export const metricSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...base, kind: z.literal('proportion'), of: quantitySchema }),
    z.strictObject({
      ...base,
      kind: z.literal('mean'),
      of: quantitySchema,
      currency: currency.optional().meta({ description: 'Required when money is added up; other currencies are kept and not summed.' }),
      capMinor: z
        .number()
        .int()
        .positive()
        .max(1e12)
        .optional()
        .meta({ description: 'Winsorisation cap for a unit total, declared before the start.' }),
    }),
    z.strictObject({
      ...base,
      kind: z.literal('ratio'),
      numerator: quantitySchema,
      denominator: quantitySchema,
      currency: currency.optional(),
    }),
  ])
  .superRefine((metric, context) => {
    const parts = metric.kind === 'ratio' ? [metric.numerator, metric.denominator] : [metric.of]
    if (metric.kind !== 'proportion' && parts.some((part) => part.aggregate === 'value') && !metric.currency)
      context.addIssue({ code: 'custom', path: ['currency'], message: 'is required when money is added up' })
    if (metric.kind === 'proportion' && metric.of.aggregate !== 'any' && metric.of.aggregate !== 'count')
      context.addIssue({ code: 'custom', path: ['of', 'aggregate'], message: 'a proportion asks whether an outcome happened: use "any"' })
  })
  .meta({ id: 'Metric' })

export type Quantity = z.output<typeof quantitySchema>
export type Metric = z.output<typeof metricSchema>

/** One sum that the fold keeps for a unit: a proportion and a mean have one, a ratio two. */
export interface Slot {
  readonly metric: string
  readonly part: 'value' | 'numerator' | 'denominator'
  readonly aggregate: Quantity['aggregate']
  readonly types: readonly string[]
  readonly windowHours: number
  readonly currency: string | null
  readonly capMinor: number | null
}

/** The slots of several metrics in their order; the fold's arrays and the report's moments use the same order. */
export function slotsOf(metrics: readonly Metric[]): readonly Slot[] {
  return metrics.flatMap(slotsOfMetric)
}

function slotsOfMetric(metric: Metric): Slot[] {
  const shared = { metric: metric.key, windowHours: metric.windowHours, capMinor: null }
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

/** What a new installation starts with; `currency` is the shop's own. */
export function seededMetrics(currency: string): readonly Metric[] {
  return [
    metricSchema.parse({
      key: 'ctr',
      kind: 'ratio',
      description: 'Clicks per slate view.',
      numerator: { types: ['click'] },
      denominator: { types: ['view'] },
      windowHours: 24 * 7,
    }),
    metricSchema.parse({
      key: 'conversion',
      kind: 'proportion',
      description: 'Shoppers who bought.',
      of: { types: ['purchase'], aggregate: 'any' },
    }),
    metricSchema.parse({
      key: 'net-revenue',
      kind: 'mean',
      description: 'Money from purchases less returns, by shopper.',
      of: { types: ['purchase', 'return'], aggregate: 'value' },
      currency,
      windowHours: 24 * 14,
    }),
  ]
}
