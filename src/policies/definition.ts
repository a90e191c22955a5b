/** A policy as people define it: a kind from the registry with parameters, under a key of its own. */
import { z } from 'zod'
import { kinds } from './registry.ts'

const base = {
  key: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-z0-9][a-z0-9._-]*$/),
  description: z.string().max(500).default(''),
}

export const policySchema = z
  .strictObject({
    ...base,
    kind: z.enum(Object.keys(kinds) as [string, ...string[]]),
    parameters: z.record(z.string(), z.unknown()).default({}).meta({ description: 'Depends on the kind.' }),
  })
  .transform((policy, context) => {
    const parsed = kinds[policy.kind]!.parameters.safeParse(policy.parameters)
    if (parsed.success) return { ...policy, parameters: parsed.data as Record<string, unknown> }
    for (const issue of parsed.error.issues) context.addIssue({ ...issue, path: ['parameters', ...issue.path] } as never)
    return z.NEVER
  })
  .meta({ id: 'Policy' })
export type PolicyDefinition = z.output<typeof policySchema>

/** What a new installation starts with: one strategy of every kind that learns from the log, */
export const seededPolicies: readonly PolicyDefinition[] = [
  policySchema.parse({ key: 'popularity', kind: 'popularity-decay', description: 'What sells now.' }),
  policySchema.parse({ key: 'collaborative', kind: 'collaborative', description: 'What shoppers with the same history bought.' }),
  policySchema.parse({ key: 'content', kind: 'content', description: 'What resembles the history by text and attributes.' }),
  policySchema.parse({ key: 'hybrid', kind: 'hybrid', description: 'The three others fused, leaning towards what is in demand.' }),
  policySchema.parse({ key: 'buy-again', kind: 'buy-again', description: 'What the shopper bought before and may want again.' }),
  policySchema.parse({ key: 'bought-together', kind: 'bought-together', description: 'What goes into the same basket.' }),
  policySchema.parse({ key: 'session', kind: 'session', description: 'What came next in similar visits.' }),
]

/** and one of every kind that needs no learning and nothing from elsewhere. `fixed` waits for a list. */
export const readyPolicies: readonly PolicyDefinition[] = [
  policySchema.parse({ key: 'continue', kind: 'continue', description: 'What the shopper looked at or left in the cart.' }),
  policySchema.parse({ key: 'random', kind: 'random', description: 'Any item that may be shown, for exploring and as the lowest bar.' }),
]
