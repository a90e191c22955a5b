/** What a bandit believes now. */
import { z } from 'zod'
import { modelSchema } from '../../experiments/allocation.ts'
import { type Route, route, SVG_TYPE, TEXT_TYPE } from '../route.ts'
import { keyParams } from './parts.ts'

const believed = z.object({ mean: z.number(), low: z.number(), high: z.number() }).nullable()
const banditSchema = z
  .looseObject({
    format: z.string(),
    experiment: z.string(),
    epoch: z.number().int(),
    snapshot: z.string().nullable().meta({ description: 'What served last.' }),
    model: modelSchema.meta({ description: 'Of what served last.' }),
    decisions: z.number().meta({ description: 'Decisions behind it.' }),
    because: z.string().nullable().meta({ description: 'Why nothing is believed yet.' }),
    arms: z.array(
      z.looseObject({
        arm: z.string(),
        control: z.boolean(),
        dominated: z.boolean().meta({ description: 'Another arm is at least as good in every objective and better in one.' }),
        traffic: z.object({ hour: z.number().nullable(), day: z.number().nullable() }),
        reward: believed,
        values: z.record(z.string(), believed),
      }),
    ),
    slider: z
      .looseObject({
        first: z.string(),
        second: z.string(),
        steps: z.array(z.object({ worthFrom: z.number().nullable(), arm: z.string() })),
      })
      .nullable()
      .meta({ description: 'Whose turn it is, by what one of `first` is worth in `second`.' }),
  })
  .meta({ id: 'BanditState', description: 'All members are explained in docs/bandits.md.' })

export const readBandit = route({
  id: 'readBandit',
  tag: 'Experiments',
  method: 'get',
  path: '/v1/experiments/{key}/bandit',
  scopes: ['product', 'finance'],
  load: 'report',
  summary: 'What the bandit believes now',
  description:
    'By arm and metric at the average request, with intervals; shares of traffic; dominated arms; whose turn it is at which weight; prices of ' +
    'floors. In JSON, as a page of plain text, or as a picture of two objectives (SVG), by Accept or `format`.',
  params: keyParams,
  query: z.strictObject({
    format: z.enum(['json', 'text', 'svg']).optional().meta({ description: 'Goes before Accept.' }),
    between: z
      .string()
      .regex(/^[^,]+,[^,]+$/, 'must be two keys with a comma between them')
      .optional()
      .meta({ description: 'Two objectives, as clicks,net-revenue; the first two otherwise.' }),
  }),
  answers: { 200: { description: 'The beliefs.', schema: banditSchema, types: [TEXT_TYPE, SVG_TYPE] } },
  problems: ['not-found', 'not-acceptable', 'wrong-status'],
})

export const banditRoutes = [readBandit] as readonly Route[]
