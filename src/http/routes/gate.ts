/** What the gate did to the arms of an experiment, and how a person takes it back. */
import { z } from 'zod'
import { GATE_KINDS } from '../../experiments/gate.ts'
import { keySchema } from '../../experiments/key.ts'
import { type Route, route } from '../route.ts'
import { keyParams, timestamp } from './parts.ts'

const LIMIT = { most: 500, usual: 100 }
const REASON_MAX = 500

const actionSchema = z
  .object({
    id: z.number().int(),
    epoch: z.number().int().meta({ description: 'Number of the epoch.' }),
    kind: z.enum(GATE_KINDS),
    arm: z.string().nullable().meta({ description: 'Null where the whole experiment is meant.' }),
    at: timestamp,
    by: z.string().meta({ description: '`gate`, or the name of the key of the person who did it.' }),
    evidence: z.looseObject({ kind: z.string() }).meta({
      description: 'What it rests on: the tests with their numbers, a person’s reason, or the action of an earlier epoch.',
    }),
    undoes: z.number().int().nullable().meta({ description: 'The action that is taken back.' }),
    stands: z.boolean().meta({ description: 'Whether it still acts: it was not taken back, and its epoch goes on.' }),
  })
  .meta({ id: 'GateAction', description: 'All members are explained in docs/bandits.md.' })

export const listActions = route({
  id: 'listActions',
  tag: 'Experiments',
  method: 'get',
  path: '/v1/experiments/{key}/actions',
  scopes: ['product', 'finance'],
  load: 'crud',
  summary: 'What the gate did, newest first',
  description: 'Arms that were retired, masked or promoted, and whether the experiment was stopped for harm; each with its evidence.',
  params: keyParams,
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(LIMIT.most).default(LIMIT.usual).meta({ description: 'Actions on a page.' }),
    after: z.coerce.number().int().min(1).max(2_147_483_647).optional().meta({
      description: 'Id of the last action of the page before; the header Link has the whole address.',
    }),
  }),
  answers: { 200: { description: 'A page of actions.', schema: z.object({ actions: z.array(actionSchema) }), headers: ['Link'] } },
  problems: ['not-found'],
})

export const unmaskArm = route({
  id: 'unmaskArm',
  tag: 'Experiments',
  method: 'post',
  path: '/v1/experiments/{key}/arms/{arm}/unmask',
  scopes: ['product'],
  load: 'crud',
  summary: 'Takes back what the gate did to an arm',
  description:
    'Whatever stands for the arm is taken back: a mask, a retirement, a promotion. The gate then judges this arm anew, from decisions of ' +
    'the following days (UTC) alone. Only people unmask.',
  params: z.strictObject({ key: keySchema, arm: keySchema }),
  body: {
    schema: z
      .strictObject({ because: z.string().trim().min(1).max(REASON_MAX).meta({ description: 'Why. It stands in the list for ever.' }) })
      .meta({ id: 'Unmask', example: { because: 'The returns came from one broken parcel service.' } }),
  },
  answers: { 200: { description: 'What was taken back.', schema: z.object({ actions: z.array(actionSchema) }) } },
  problems: ['not-found', 'wrong-status'],
})

export const gateRoutes = [listActions, unmaskArm] as readonly Route[]
