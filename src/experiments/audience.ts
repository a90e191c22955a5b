/** An audience: which requests an experiment may touch. All conditions have to hold; a missing value fulfils only "not-in". */
import { z } from 'zod'

/** The allow-list: what of a request's context may be looked at, tested and logged. */
export const CONTEXT_FIELDS = ['device', 'country', 'segment', 'page', 'language', 'channel', 'returning'] as const
export type ContextField = (typeof CONTEXT_FIELDS)[number]

const conditionSchema = z.strictObject({
  field: z.enum(CONTEXT_FIELDS),
  is: z.enum(['in', 'not-in']).default('in'),
  values: z.array(z.string().min(1).max(64)).min(1).max(64),
})

export const audienceSchema = z
  .array(conditionSchema)
  .max(16)
  .default([])
  .meta({
    id: 'Audience',
    description: 'All conditions have to hold. Empty: everyone.',
    example: [{ field: 'device', is: 'in', values: ['mobile'] }],
  })
export type Audience = z.output<typeof audienceSchema>

/** Whether a request with this context belongs to the audience. */
export function inAudience(audience: Audience, context: Readonly<Partial<Record<ContextField, string>>>): boolean {
  for (const condition of audience) {
    const value = context[condition.field]
    const listed = value !== undefined && condition.values.includes(value)
    if (listed !== (condition.is === 'in')) return false
  }
  return true
}
