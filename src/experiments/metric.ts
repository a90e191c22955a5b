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

/** Four whole weeks: long enough for a habit, and every weekday as often as the others. */
const COVARIATE_DAYS = 28
const COVARIATE_DAYS_MAX = 90

/** The same quantity of the same unit before its first exposure takes noise out (CUPED); null leaves it in. */
export const covariateSchema = z
  .strictObject({
    days: z
      .number()
      .int()
      .min(1)
      .max(COVARIATE_DAYS_MAX)
      .meta({ description: 'How many days before the first exposure the same quantity is taken from.' }),
  })
  .meta({ id: 'Covariate' })

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
  covariate: covariateSchema.nullable().default({ days: COVARIATE_DAYS }),
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
