/** The receipt of a single decision. */
import { z } from 'zod'
import { REASONS } from '../../decisions/reason.ts'
import { modelSchema } from '../../experiments/allocation.ts'
import { type Route, route } from '../route.ts'

const receiptSchema = z
  .object({
    decisionId: z.uuid(),
    decidedAt: z.iso.datetime(),
    surface: z.string(),
    reason: z.enum(Object.keys(REASONS) as [string, ...string[]]),
    policy: z.string().meta({ description: 'The policy that was chosen.' }),
    servedPolicy: z.string(),
    modelVersion: z.string(),
    calibration: z
      .string()
      .nullable()
      .meta({ description: 'Id of what was learned of its chances of a purchase; null where nothing was.' }),
    snapshot: z.string(),
    items: z.array(z.string()).meta({ description: 'Best first; # and a number for an item that is gone.' }),
    stratum: z.string().meta({ description: 'fixed, none, uniform (drawn evenly, never learned from) or bandit.' }),
    firstDecision: z.uuid().nullable().meta({
      description: 'Of a sticky bandit’s unit: the decision that drew its arm, which features, arms and replay speak of. Null otherwise.',
    }),
    experiment: z.looseObject({ key: z.string(), epochId: z.number().int(), arm: z.string().nullable() }).nullable(),
    features: z.array(z.object({ name: z.string(), value: z.number() })),
    arms: z.array(
      z.looseObject({
        arm: z.string(),
        policy: z.string(),
        eligible: z.boolean(),
        propensity: z.number(),
        stretch: z.object({ low: z.number(), high: z.number() }).meta({ description: 'The arm is drawn when low ≤ u < high.' }),
        drawn: z.boolean(),
        expected: z
          .looseObject({
            mean: z.number(),
            scale: z.number(),
            chanceBest: z.number().nullable(),
            contributions: z.array(z.object({ name: z.string(), value: z.number(), weight: z.number(), contribution: z.number() })),
          })
          .nullable()
          .meta({ description: 'What the model expected at this request; null when none served.' }),
      }),
    ),
    belief: z
      .looseObject({
        kind: z.enum(['models', 'unknown']),
        model: modelSchema.optional(),
        meansAre: z.enum(['rewards', 'chances', 'log-odds']).optional().meta({ description: 'What the means and scales of arms are in.' }),
      })
      .nullable(),
    replay: z.looseObject({ kind: z.enum(['same', 'different', 'same-vector', 'impossible']) }).meta({
      description: 'The decision made again from the log and the snapshot, and compared bit for bit.',
    }),
  })
  .meta({ id: 'Receipt' })

export const readDecision = route({
  id: 'readDecision',
  tag: 'Experiments',
  method: 'get',
  path: '/v1/decisions/{decisionId}',
  scopes: ['product'],
  load: 'crud',
  summary: 'Why a decision was as it was',
  description:
    'What was seen of the request, what every arm was expected to bring and by which features, with which probability the arm was drawn, and ' +
    'whether the decision comes out the same, bit for bit, when it is made again. Snapshots are kept within a second after they serve, for the days of CROUPIER_SNAPSHOT_DAYS.',
  params: z.strictObject({ decisionId: z.uuid() }),
  answers: { 200: { description: 'The receipt.', schema: receiptSchema } },
  problems: ['not-found'],
})

export const decisionRoutes = [readDecision] as readonly Route[]
