/** What another policy would have been worth on a bandit's own log. */
import { z } from 'zod'
import { ESTIMATORS } from '../../bandits/off-policy-estimates.ts'
import { type Route, route, TEXT_TYPE } from '../route.ts'
import { whatIfRequestSchema } from '../what-if-request.ts'
import { keyParams } from './parts.ts'

const figureSchema = z
  .looseObject({
    value: z.number(),
    standardError: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
  })
  .meta({ id: 'WhatIfFigure' })
const judged = {
  kind: z.enum(['valued', 'refused']),
  because: z.string().nullable(),
  remedy: z.string().nullable().meta({ description: 'What helps where the log cannot say.' }),
} as const
const valueSchema = z
  .looseObject({
    name: z.string(),
    ...judged,
    ran: figureSchema.nullable(),
    would: figureSchema.nullable(),
    difference: figureSchema.nullable(),
    estimates: z.partialRecord(z.enum(ESTIMATORS), figureSchema).nullable(),
  })
  .meta({ id: 'WhatIfValue' })

const whatIfSchema = z
  .looseObject({
    format: z.string(),
    ...judged,
    experiment: z.string(),
    epoch: z.number().int(),
    asked: z.looseObject({ policy: z.enum(['settings', 'arm', 'shares']), words: z.string() }),
    log: z.looseObject({ decisions: z.number().int(), used: z.number().int(), units: z.number().int() }),
    overlap: z.looseObject({ effectiveSampleSize: z.number(), maxWeightShare: z.number() }),
    traffic: z.array(z.object({ arm: z.string(), ran: z.number(), would: z.number() })),
    reward: valueSchema,
    metrics: z.array(valueSchema),
    notes: z.array(z.string()),
  })
  .meta({ id: 'WhatIf', description: 'All members are explained in docs/replay.md.' })

export const askWhatIf = route({
  id: 'askWhatIf',
  tag: 'Experiments',
  method: 'post',
  path: '/v1/experiments/{key}/what-if',
  scopes: ['product'],
  load: 'report',
  summary: 'What another policy would have been worth',
  description:
    'Other weights, another floor, mode or scale, one arm for everybody, or fixed shares, valued on the decisions of a bandit that were ' +
    'logged: doubly robust, with interval, or refused with a remedy where the log cannot say. A refusal is an answer (200). Nothing is changed. ' +
    'In JSON or as a page of plain text, by Accept.',
  params: keyParams,
  body: { schema: whatIfRequestSchema },
  answers: { 200: { description: 'The values, or why there are none.', schema: whatIfSchema, types: [TEXT_TYPE] } },
  problems: ['not-found', 'not-acceptable', 'wrong-status'],
})

export const whatIfRoutes = [askWhatIf] as readonly Route[]
