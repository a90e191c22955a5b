/** What POST /v1/slates takes: one schema that validates, types and documents. */
import { z } from 'zod'
import { CONTEXT_FIELDS } from '../experiments/audience.ts'
import { keySchema } from '../experiments/key.ts'
import { SLATE_SIZE_MAX } from '../policies/surface.ts'

const TEXT_MAX = 256
const CONTEXT_KEYS_MAX = 64
const CANDIDATES_MAX = 1000
const CART_MAX = 100

const text = z.string().min(1).max(TEXT_MAX)
const BUCKET_SAYS = `must be a text of at most ${TEXT_MAX} characters, a number, true or false`
const bucket = z.union([z.string().max(TEXT_MAX), z.number(), z.boolean()], BUCKET_SAYS)
const allowed = Object.fromEntries(CONTEXT_FIELDS.map((field) => [field, bucket.optional()])) as Record<
  (typeof CONTEXT_FIELDS)[number],
  z.ZodOptional<typeof bucket>
>

const contextSchema = z
  .object({
    ...allowed,
    itemId: text.optional().meta({ description: 'The item of the page.' }),
    cart: z.array(text).max(CART_MAX).optional().meta({ description: 'Items in the cart.' }),
  })
  .catchall(z.union([bucket, z.null(), z.array(bucket).max(CART_MAX)], `${BUCKET_SAYS}, or a list of at most ${CART_MAX} of them`))
  .refine((context) => Object.keys(context).length <= CONTEXT_KEYS_MAX, `at most ${CONTEXT_KEYS_MAX} keys`)
  .meta({ id: 'Context', description: 'Where and how the slate is shown. Only the fields named here are looked at; others are ignored.' })

export const consentSchema = z
  .strictObject({
    measurement: z.boolean().optional().meta({ description: 'May be counted in experiments.' }),
    personalisation: z.boolean().optional().meta({ description: 'May be shown what suits the shopper’s history.' }),
  })
  .meta({ id: 'Consent', description: 'What the shopper allows. Where it is silent, Sec-GPC: 1 or DNT: 1 mean no.' })

export const slateRequestSchema = z
  .strictObject({
    surface: keySchema,
    unit: text.optional().meta({ description: 'Shopper or session; only a keyed hash of it is kept. Without it the shopper is unknown.' }),
    size: z.number().int().min(1).max(SLATE_SIZE_MAX).optional().meta({ description: 'Items wanted; the surface’s own size otherwise.' }),
    context: contextSchema.optional(),
    candidates: z.array(text).min(1).max(CANDIDATES_MAX).optional().meta({ description: 'Rank only these items.' }),
    requestId: text.max(128).optional().meta({ description: 'The same id with the same body gets the same answer for seven days.' }),
    consent: consentSchema.optional(),
  })
  .meta({
    id: 'SlateRequest',
    example: { surface: 'home', unit: 'shopper-42', size: 4, context: { device: 'mobile', country: 'DE' } },
  })
export type SlateRequest = z.output<typeof slateRequestSchema>

const whySchema = z
  .union([
    z.object({ kind: z.enum(['because-of', 'similar']), itemId: z.string(), share: z.number() }),
    z.object({ kind: z.enum(['popular', 'remote']) }),
    z.object({ kind: z.literal('rule'), rule: z.string() }),
  ])
  .meta({ id: 'Why', description: 'Why the item stands where it stands; shares lie in (0, 1].' })

const term = z.number().optional()
const termsSchema = z
  .object({
    relevance: term,
    profit: term,
    freshness: term,
    overstock: term,
    novelty: term,
    discovery: term,
    boost: term,
    exposure: term,
    diversity: term,
  })
  .meta({ id: 'Terms', description: 'What the score is made of where the surface assembles its slates; the parts add up to it.' })

export const slateSchema = z
  .object({
    decisionId: z.uuid(),
    surface: keySchema,
    items: z.array(
      z.object({
        ...{ itemId: z.string(), rank: z.number().int().min(1), score: z.number(), why: whySchema },
        chance: z.number().min(0).max(1).optional().meta({
          description:
            'How likely the shopper buys it, as the assembly took it: its expected profit is chance × margin × (1 − return rate).',
        }),
        terms: termsSchema.optional(),
      }),
    ),
    experiment: z
      .object({ key: keySchema, arm: keySchema, propensity: z.number().gt(0).max(1) })
      .nullable()
      .meta({ description: 'The experiment that touched the request, its arm and the probability of that arm.' }),
    policy: keySchema.meta({ description: 'The policy that was chosen.' }),
    servedPolicy: z.string().meta({ description: 'The policy that served in the end; another one after a failure.' }),
    reason: z.string(),
    snapshot: z.string().meta({ description: 'The state of models and settings that the decision rests on.' }),
    chances: z
      .object({ by: z.enum(['learned', 'settings']), calibration: z.string().nullable() })
      .optional()
      .meta({
        description:
          'Whose word the chances are, where the surface assembles its slates. learned: the calibration of the policy that served. settings: ' +
          'purchaseRate and sharpness, because it has none or because the surface says so.',
      }),
    token: z.string().nullable().meta({ description: 'Send it with the outcomes of this slate. Null when nothing was logged.' }),
  })
  .meta({
    id: 'Slate',
    example: {
      decisionId: '019aa5c2-7d1e-7000-8000-5f1c3c1de001',
      surface: 'home',
      items: [{ itemId: 'SKU-9', rank: 1, score: 0.83, why: { kind: 'because-of', itemId: 'SKU-7', share: 0.63 } }],
      experiment: { key: 'home-policy', arm: 'hybrid', propensity: 0.5 },
      policy: 'hybrid',
      servedPolicy: 'hybrid',
      reason: 'fixed',
      snapshot: '5d1c6f0e8a2b4c39',
      token: 'v1.AQGapcJ9HnAAgABfHDwd4AE…',
    },
  })
