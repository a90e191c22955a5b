/** What POST /v1/outcomes takes: a batch whose items are validated one by one, so that a bad one spoils no other. */
import { z } from 'zod'

const TEXT_MAX = 256
export const OUTCOMES_MAX = 500
const QUANTITY_MAX = 1_000_000

const text = z.string().min(1).max(TEXT_MAX)

export const outcomeSchema = z
  .strictObject({
    outcomeId: text.meta({ description: 'Counts once for ever: a repetition is answered "duplicate".' }),
    token: text.optional().meta({ description: 'The token of the slate.' }),
    decisionId: z.uuid().optional().meta({ description: 'The decision, when the token is not at hand.' }),
    unit: text.optional().meta({ description: 'The shopper, when neither token nor decision is known.' }),
    type: z
      .string()
      .min(1)
      .max(64)
      .regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower-case letters, digits, ".", "_" or "-"')
      .meta({ description: 'view, click, add-to-cart, purchase, return, rating, or a name of your own.' }),
    itemId: text.optional().meta({
      description:
        'What it is about. A view of an item that names neither token nor decision is the opening of its page, and counts for the next slate.',
    }),
    value: z
      .string('must be a decimal number as text, such as "89.90"')
      .regex(/^[+-]?\d{1,15}(\.\d{1,12})?$/, 'must be a decimal number as text, such as "89.90"')
      .optional()
      .meta({
        description:
          'Money as decimal text; digits beyond those of the currency are rounded, halves away from zero. A return takes it back, whichever sign it has.',
      }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR')
      .optional(),
    quantity: z.number().int().min(-QUANTITY_MAX).max(QUANTITY_MAX).default(1),
    occurredAt: z.iso
      .datetime({ offset: true, error: 'must be a moment with its time zone, such as 2026-11-20T10:00:00Z' })
      .optional()
      .meta({ description: 'When it happened; now, when it is left out or lies in the future.' }),
  })
  .superRefine((outcome, context) => {
    if (outcome.token === undefined && outcome.decisionId === undefined && outcome.unit === undefined)
      context.addIssue({ code: 'custom', path: [], message: 'names nobody: token, decisionId or unit is required' })
    if (outcome.value !== undefined && outcome.currency === undefined)
      context.addIssue({ code: 'custom', path: ['currency'], message: 'is required with a value' })
  })
  .meta({
    id: 'Outcome',
    example: {
      outcomeId: 'order-7781-1',
      unit: 'shopper-42',
      type: 'purchase',
      itemId: 'SKU-9',
      value: '89.90',
      currency: 'EUR',
      quantity: 1,
      occurredAt: '2026-11-20T10:00:00Z',
    },
  })
export type Outcome = z.output<typeof outcomeSchema>

/** The envelope: what is checked before any item is looked at. */
export const outcomeEnvelopeSchema = z.strictObject({ outcomes: z.array(z.unknown()).min(1).max(OUTCOMES_MAX) })

/** The batch as it is documented. */
export const outcomeBatchSchema = z.strictObject({ outcomes: z.array(outcomeSchema).min(1).max(OUTCOMES_MAX) }).meta({ id: 'OutcomeBatch' })

export const outcomeResultsSchema = z
  .object({
    results: z.array(
      z.object({
        outcomeId: z.string().nullable(),
        status: z.enum(['accepted', 'duplicate', 'queued', 'refused']),
        problem: z.object({ type: z.string(), detail: z.string(), pointer: z.string() }).optional(),
      }),
    ),
  })
  .meta({
    id: 'OutcomeResults',
    description: 'One result an outcome, in their order. "queued" is durable too: it is on disk until the database is back.',
    example: { results: [{ outcomeId: 'order-7781-1', status: 'accepted' }] },
  })
