/** The models of policies: versions, training, going back, shadows. */
import { z } from 'zod'
import { type Route, route } from '../route.ts'
import { keyParams, pageQuery, timestamp } from './parts.ts'

const contestSchema = z.looseObject({
  questions: z.number().int(),
  ndcg: z.object({ model: z.number(), live: z.number() }),
  hitRate: z.object({ model: z.number(), live: z.number() }),
})

export const modelSchema = z
  .object({
    version: z.string().meta({ description: 'Hash of its bytes; the modelVersion of exposures that it served.' }),
    state: z.enum(['live', 'shadow', 'previous', 'withdrawn', 'refused']).meta({
      description:
        'live: it serves. shadow: scored beside the live one. previous: can serve again. refused: the gate did not let it serve.',
    }),
    pinned: z.boolean().meta({ description: 'It serves whatever is newer, until the policy is unpinned or trained on request.' }),
    frozenBy: z.array(z.string()).meta({ description: 'Running and paused experiments that keep to it.' }),
    reasons: z.array(z.string()).meta({ description: 'Why it was refused.' }),
    trainedAt: timestamp,
    because: z.string().nullable().meta({ description: 'asked, settings, growth, schedule or drift; null for an imported model.' }),
    watermark: z.string().nullable().meta({ description: 'Transactions below it were in the log that it learned from.' }),
    rows: z.number().nullable().meta({ description: 'Interactions that it learned from.' }),
    bytes: z.number().nullable(),
    trainMs: z.number().nullable(),
    quality: z
      .looseObject({
        asked: z.number().nullable(),
        answered: z.number().nullable(),
        coverage: z.number().nullable().meta({ description: 'Part of the catalogue in the slates of the self-test.' }),
        gate: z
          .looseObject({
            kind: z.enum(['first', 'same-model', 'not-compared', 'compared']),
            heldOut: contestSchema.optional().meta({ description: 'Against the live model, on what neither had seen.' }),
            seen: contestSchema.optional().meta({ description: 'The model itself, which has seen the answers.' }),
          })
          .nullable(),
      })
      .meta({ description: 'What was found before it was published.' }),
    calibration: z
      .looseObject({
        kind: z.enum(['calibration', 'unknown']),
        id: z.string().optional(),
        basis: z.enum(['score', 'rank']).optional(),
        at: z.array(z.number()).optional().meta({ description: 'Knots: scores, or −ln of the rank, rising.' }),
        chances: z.array(z.number()).optional().meta({ description: 'The chance at each knot; a straight line between two.' }),
        horizonDays: z.number().optional(),
        questions: z.number().int().optional(),
        purchases: z.number().int().optional(),
        until: z.number().optional().meta({ description: 'Last moment of the log that it was learned from, seconds since 1970.' }),
        because: z.string().optional().meta({ description: 'Why it is unknown.' }),
      })
      .nullable()
      .meta({ description: 'What its ranking means in purchases, learned on held-out weeks; null where nothing was learned.' }),
    shadow: z
      .looseObject({
        slates: z.number().int(),
        overlap: z.number().nullable().meta({ description: 'Part of the items that both models show.' }),
        hits: z.looseObject({ slates: z.number().int(), shadow: z.number(), live: z.number() }).nullable().meta({
          description:
            'Shares of slates with an item that was clicked, put into the cart or bought within a day. Being shown favours the live one.',
        }),
      })
      .nullable()
      .optional()
      .meta({ description: 'In lists, of a shadow: what it would have shown to a sample of live requests.' }),
  })
  .meta({ id: 'Model' })

const driftSchema = z
  .looseObject({
    kind: z.enum(['drift', 'unknown']),
    psi: z.number().optional(),
    noise: z.number().optional(),
    newItems: z.number().optional(),
    pairs: z.number().int().optional(),
    drifted: z.boolean().optional(),
  })
  .nullable()
  .meta({ description: 'Demand since the last training against demand before it; null before this node has looked.' })

const shared = { tag: 'Policies', scopes: ['product'] as const, load: 'crud' as const, params: keyParams }
const oneModel = { 200: { description: 'The model that serves now.', schema: modelSchema } } as const

export const modelRoutes = {
  list: route({
    ...shared,
    id: 'listModels',
    method: 'get',
    path: '/v1/policies/{key}/models',
    summary: 'Versions of a policy’s model, the newest first',
    description: 'With what was refused and why, and what is known of drift since the last training.',
    query: pageQuery,
    answers: {
      200: { description: 'A page of models.', schema: z.object({ models: z.array(modelSchema), drift: driftSchema }), headers: ['Link'] },
    },
    problems: ['not-found'],
  }),
  train: route({
    ...shared,
    id: 'trainPolicy',
    method: 'post',
    path: '/v1/policies/{key}/train',
    summary: 'Trains the policy now',
    description:
      'Answered as soon as the training has begun; what came of it is in the list of models. A training that is asked for ends a pin when its ' +
      'model is published.',
    body: {
      schema: z
        .strictObject({
          as: z.enum(['live', 'shadow']).default('live').meta({ description: 'shadow: scored beside the live model, not served.' }),
          overrule: z.boolean().default(false).meta({ description: 'Publish it even if the gate finds it worse than the live model.' }),
        })
        .meta({ id: 'TrainRequest', example: { as: 'live' } }),
    },
    answers: { 202: { description: 'The training has begun.', schema: z.object({ status: z.literal('training') }) } },
    problems: ['not-found', 'wrong-status'],
  }),
  rollback: route({
    ...shared,
    id: 'rollbackPolicy',
    method: 'post',
    path: '/v1/policies/{key}/rollback',
    summary: 'Goes back to a version',
    description:
      'It serves from the next request on and is pinned: the schedule leaves the policy alone until it is unpinned or trained on request.',
    body: {
      schema: z
        .strictObject({ version: z.string().min(1).max(64).optional().meta({ description: 'The one before the live one when left out.' }) })
        .meta({ id: 'RollbackRequest', example: { version: '3f1c0a9d5b7e2468' } }),
    },
    answers: oneModel,
    problems: ['not-found', 'wrong-status'],
  }),
  unpin: route({
    ...shared,
    id: 'unpinPolicy',
    method: 'post',
    path: '/v1/policies/{key}/unpin',
    summary: 'Lets the newest version serve again',
    description: 'The body is ignored.',
    answers: oneModel,
    problems: ['not-found', 'wrong-status'],
  }),
  shadow: route({
    ...shared,
    id: 'shadowPolicy',
    method: 'post',
    path: '/v1/policies/{key}/shadow',
    summary: 'Scores a version beside the live one, or ends that',
    body: {
      schema: z
        .strictObject({ version: z.string().min(1).max(64).nullable().meta({ description: 'null ends the shadow.' }) })
        .meta({ id: 'ShadowRequest', example: { version: '3f1c0a9d5b7e2468' } }),
    },
    answers: { 204: { description: 'So it is.' } },
    problems: ['not-found', 'wrong-status'],
  }),
} as const

export const modelContract = Object.values(modelRoutes) as readonly Route[]
