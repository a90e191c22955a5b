/** How far a surface is from its exposure targets. */
import { z } from 'zod'
import { CAPPED } from '../../policies/assembly.ts'
import { type Route, route } from '../route.ts'
import { keyParams } from './parts.ts'

const stateSchema = z
  .object({
    field: z.enum(CAPPED),
    value: z.string(),
    share: z.number().meta({ description: 'The target: least share of exposure.' }),
    shown: z.number().nullable().meta({ description: 'Share of exposure in the last step; null before the first.' }),
    slates: z.number().int().meta({ description: 'Slates in the last step.' }),
    pressure: z
      .number()
      .min(0)
      .max(1)
      .meta({ description: 'What the group’s items are given on top of their value. 1 for long: the pool has too few of them.' }),
  })
  .meta({ id: 'ExposureState', description: 'A target and how far it is reached; see docs/assembly.md.' })

export const readExposure = route({
  id: 'readExposure',
  tag: 'Surfaces',
  method: 'get',
  path: '/v1/surfaces/{key}/exposure',
  scopes: ['product'],
  load: 'crud',
  summary: 'How far a surface is from its exposure targets',
  description: 'What was shown of each group lately, position-weighted, and what its items are given to reach the target.',
  params: keyParams,
  answers: { 200: { description: 'The targets in their order.', schema: z.object({ targets: z.array(stateSchema) }) } },
  problems: ['not-found'],
})

export const exposureRoutes = [readExposure] as readonly Route[]
