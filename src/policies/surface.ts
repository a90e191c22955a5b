/** A surface: a place that shows a slate, with its size, the policy that serves it outside experiments and what to fall back on. */
import { z } from 'zod'
import { assemblySchema } from './assembly.ts'
import { itemFilterSchema } from './item-filter.ts'

const keySchema = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/)
export const SLATE_SIZE_MAX = 100

export const surfaceSchema = z
  .strictObject({
    key: keySchema,
    description: z.string().max(500).default(''),
    size: z.number().int().min(1).max(SLATE_SIZE_MAX).default(10).meta({ description: 'Items in a slate when the request names no size.' }),
    policy: keySchema.default('hybrid').meta({ description: 'Policy outside experiments.' }),
    fallback: keySchema.default('popularity').meta({ description: 'Policy when the chosen one fails.' }),
    staticItems: z
      .array(z.string().min(1).max(256))
      .max(SLATE_SIZE_MAX)
      .default([])
      .meta({ description: 'Last resort, before any available item.' }),
    filter: itemFilterSchema.prefault({}),
    assembly: assemblySchema.prefault({}),
  })
  .meta({ id: 'Surface' })
export type Surface = z.output<typeof surfaceSchema>

/** What a new installation starts with. */
export const seededSurfaces: readonly Surface[] = [surfaceSchema.parse({ key: 'home', description: 'The start page.' })]
