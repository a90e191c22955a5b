/** Parts that several routes share: names in paths, pages of lists, what the server adds to an object. */
import { z } from 'zod'
import { keySchema } from '../../experiments/key.ts'

const LIMIT_MAX = 500
const LIMIT_DEFAULT = 100

export const keyParams = z.strictObject({ key: keySchema })

/** Pages of a list: `after` is the name of the last object of the page before. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT).meta({ description: 'Objects on a page.' }),
  after: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'Name of the last object of the page before; the header Link has the whole address.' }),
})

export const timestamp = z.iso.datetime()

/** What the server adds to every object; ignored when it is sent back. */
export const READ_ONLY = {
  revision: z.number().int().meta({ description: 'Grows with every change; the ETag is made of it.', readOnly: true }),
  createdAt: timestamp.meta({ readOnly: true }),
  updatedAt: timestamp.meta({ readOnly: true }),
} as const
