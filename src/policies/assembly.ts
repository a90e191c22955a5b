/**
 * The settings of slate assembly: what a surface does between the ranking of a policy and the slate. The defaults change nothing.
 *
 * They belong to the surface, so that product owners move them at any time: every change is a new snapshot, whose id stands in the exposure.
 */
import { z } from 'zod'

const PINS_MAX = 20
const BOOSTS_MAX = 50
const EXPOSURE_MAX = 20
const CAP_MAX = 100
const WEIGHT_MAX = 1000
const RANK_MAX = 100

const text = z.string().min(1).max(256)
const weight = (description: string) => z.number().min(0).max(WEIGHT_MAX).default(0).meta({ description })
const cap = z.number().int().min(1).max(CAP_MAX).nullable().default(null)

export const weightsSchema = z
  .strictObject({
    relevance: z.number().min(0).max(WEIGHT_MAX).default(1).meta({ description: 'How likely the shopper is to want it, by the policy.' }),
    profit: weight('Chance of a purchase × margin × (1 − return rate): what the item is expected to earn.'),
    freshness: weight('How lately it came into the catalogue; halves every 30 days.'),
    overstock: weight('How many pieces lie in stock, beside the other items of the pool.'),
    novelty: weight('How few buy it, beside the other items of the pool.'),
    discovery: weight('Whether its category and brand are new to the shopper.'),
  })
  .refine((weights) => Object.values(weights).some((one) => one > 0), 'at least one has to be above 0')
  .meta({ id: 'AssemblyWeights', description: 'Relative weights of what a slate is after.' })

export const CAPPED = ['brand', 'category', 'seller'] as const

const boostSchema = z
  .strictObject({
    field: z.enum(['itemId', ...CAPPED]),
    value: text,
    factor: z.number().min(0.01).max(100).meta({ description: 'The value of its items is multiplied by this; below 1 it is a brake.' }),
  })
  .meta({ id: 'Boost' })

const exposureSchema = z
  .strictObject({
    field: z.enum(CAPPED),
    value: text,
    share: z.number().gt(0).lt(1).meta({ description: 'Least share of exposure; a place of rank r weighs 1/log₂(r + 1).' }),
  })
  .meta({ id: 'ExposureTarget', description: 'A brand, category or seller is to have at least so much of what is seen, over many slates.' })
export type ExposureTarget = z.output<typeof exposureSchema>

const pinSchema = z
  .strictObject({ itemId: text, rank: z.number().int().min(1).max(RANK_MAX).meta({ description: 'Its place, counted from 1.' }) })
  .meta({ id: 'Pin' })

export const assemblySchema = z
  .strictObject({
    diversity: z
      .number()
      .min(0)
      .max(0.95)
      .default(0)
      .meta({ description: '1 − λ: how much an item loses for resembling those above it; 0.3 is a good start.' }),
    caps: z
      .strictObject({ brand: cap, category: cap, seller: cap })
      .prefault({})
      .meta({ description: 'At most so many items of one brand, category or seller in a slate; items without one are not counted.' }),
    weights: weightsSchema.prefault({}),
    chances: z.enum(['learned', 'settings']).default('learned').meta({
      description:
        'learned: by the calibration that came with the model; purchaseRate and sharpness where nothing was learned. settings: always by those two.',
    }),
    purchaseRate: z.number().gt(0).max(1).default(0.02).meta({
      description: 'Chance that the best item of a slate is bought: turns scores into expected money. Where chances are not learned.',
    }),
    sharpness: z
      .number()
      .min(0)
      .max(10)
      .default(1)
      .meta({ description: 'κ: chance of item i = purchaseRate × (score i ÷ best score)^κ; 1 where scores are proportional to sales.' }),
    pins: z.array(pinSchema).max(PINS_MAX).default([]).meta({ description: 'Items that stand at a place whatever the policy says.' }),
    boosts: z.array(boostSchema).max(BOOSTS_MAX).default([]),
    exposure: z.array(exposureSchema).max(EXPOSURE_MAX).default([]).meta({
      description:
        'Targets that are reached over time: what the log says was shown moves what a group’s items are given, minute by minute.',
    }),
    coldStart: z
      .strictObject({
        temperature: z.number().min(0).max(2).default(0).meta({
          description: 'How much chance: the item of rank r is drawn with weight r^(−1/temperature); 0 draws nothing, 0.3 a little.',
        }),
        within: z.number().int().min(2).max(20).default(20).meta({ description: 'How many of the best items may change places.' }),
      })
      .prefault({})
      .meta({ description: 'Slates for shoppers of whom nothing is known are mixed a little; the probability of each place is logged.' }),
    pool: z
      .number()
      .int()
      .min(10)
      .max(300)
      .default(50)
      .meta({ description: 'How many of the policy’s best items are looked at; three times the slate at least.' }),
  })
  .superRefine(({ pins, exposure }, context) => {
    for (const [name, values] of [
      ['item', pins.map(({ itemId }) => itemId)],
      ['rank', pins.map(({ rank }) => String(rank))],
    ] as const)
      if (new Set(values).size < values.length) context.addIssue({ code: 'custom', path: ['pins'], message: `an ${name} is pinned twice` })
    const groups = exposure.map(({ field, value }) => `${field} ${value}`)
    if (new Set(groups).size < groups.length) context.addIssue({ code: 'custom', path: ['exposure'], message: 'a group has two targets' })
  })
  .meta({ id: 'Assembly', description: 'What happens between the ranking and the slate; the defaults change nothing.' })
export type Assembly = z.output<typeof assemblySchema>
export type Weights = Assembly['weights']
export type Boost = Assembly['boosts'][number]

/** Whether the settings leave every ranking as it is. */
export function isPlain({ diversity, caps, weights, pins, boosts, exposure }: Assembly): boolean {
  const onlyRelevance = Object.entries(weights).every(([name, one]) => name === 'relevance' || one === 0)
  const noRules = pins.length === 0 && boosts.length === 0 && (exposure ?? []).length === 0
  return onlyRelevance && diversity === 0 && CAPPED.every((field) => caps[field] === null) && noRules
}

/** How many items of a policy to look at for a slate. */
export function poolSizeOf({ pool }: Assembly, size: number): number {
  return Math.max(pool, 3 * size)
}
