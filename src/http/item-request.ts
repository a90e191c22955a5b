/** An item of the catalogue as it is sent and shown: money as decimal text, as shops write it. */
import { z } from 'zod'

export const ITEMS_MAX = 1000
const STOCK_MAX = 2_000_000_000
const ATTRIBUTES_MAX = 64
const COUNTRIES_MAX = 250

const text = (most: number) => z.string().max(most)
const money = z
  .string('must be a decimal number as text, such as "89.90"')
  .regex(/^-?\d{1,15}(\.\d{1,12})?$/, 'must be a decimal number as text, such as "89.90"')
const scalar = z.union([text(256), z.number(), z.boolean(), z.null()])

export const itemSchema = z
  .strictObject({
    itemId: text(256).min(1),
    title: text(500).default(''),
    category: text(256).nullable().default(null),
    brand: text(256).nullable().default(null),
    price: money.nullable().default(null).meta({ description: 'Decimal text in the item’s currency.' }),
    margin: money.nullable().default(null).meta({ description: 'What is earned with one piece, decimal text.' }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR')
      .nullable()
      .default(null),
    stock: z
      .number()
      .int()
      .min(0)
      .max(STOCK_MAX)
      .nullable()
      .default(null)
      .meta({ description: 'Pieces at hand; null: stock is not kept. 0 takes the item off slates.' }),
    discontinued: z.boolean().default(false),
    seller: text(256).nullable().default(null).meta({ description: 'Who sells it, on a marketplace.' }),
    returnRate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .default(null)
      .meta({ description: 'Part of the purchases that comes back; null: unknown.' }),
    countries: z
      .array(z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code such as DE'))
      .max(COUNTRIES_MAX)
      .nullable()
      .default(null)
      .meta({
        description: 'Where it may be shown; null: everywhere. A request that names no country is shown only what may be shown everywhere.',
      }),
    attributes: z
      .record(text(64).min(1), scalar)
      .refine((attributes) => Object.keys(attributes).length <= ATTRIBUTES_MAX, `at most ${ATTRIBUTES_MAX} attributes`)
      .default({}),
  })
  .superRefine((item, context) => {
    if ((item.price !== null || item.margin !== null) && item.currency === null)
      context.addIssue({ code: 'custom', path: ['currency'], message: 'is required with a price or margin' })
  })
  .meta({
    id: 'Item',
    example: {
      itemId: 'SKU-9',
      title: 'Trail shoe',
      category: 'shoes',
      brand: 'Alto',
      price: '89.90',
      margin: '31.00',
      currency: 'EUR',
      stock: 12,
    },
  })
export type ItemBody = z.output<typeof itemSchema>

/** The batch before any item is looked at. */
export const itemEnvelopeSchema = z.array(z.unknown()).min(1).max(ITEMS_MAX)
export const itemBatchSchema = z.array(itemSchema).min(1).max(ITEMS_MAX).meta({ id: 'ItemBatch' })

const itemResultSchema = z
  .object({
    itemId: z.string().nullable(),
    status: z.enum(['accepted', 'refused']),
    problem: z.object({ type: z.string(), detail: z.string(), pointer: z.string() }).optional(),
  })
  .meta({ id: 'ItemResult', description: 'In a stream, one of these stands on each line; the pointer begins with the line’s number.' })
export type ItemResult = z.output<typeof itemResultSchema>

export const itemResultsSchema = z
  .object({ results: z.array(itemResultSchema), accepted: z.number().int(), refused: z.number().int() })
  .meta({ id: 'ItemResults', example: { results: [{ itemId: 'SKU-9', status: 'accepted' }], accepted: 1, refused: 0 } })
