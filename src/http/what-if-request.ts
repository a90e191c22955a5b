/** The body of a what-if: which policy is asked about, over which part of the log. */
import { z } from 'zod'
import { ESTIMATORS } from '../bandits/off-policy-estimates.ts'
import { evidentModelSchema, floorSchema, modeSchema, scaleSchema, weighedObjectivesSchema } from '../experiments/allocation.ts'
import { keySchema } from '../experiments/key.ts'

export const ROWS_MAX = 1_000_000
const SWITCH_AT = 10
const moment = z.iso.datetime({ offset: true })

export const whatIfRequestSchema = z
  .strictObject({
    objectives: weighedObjectivesSchema.optional().meta({ description: 'Other weights. What is left out has the weight 0.' }),
    allocation: z
      .strictObject({
        floor: floorSchema.optional(),
        mode: modeSchema.optional(),
        scale: scaleSchema.optional(),
        model: evidentModelSchema.optional(),
      })
      .optional()
      .meta({
        description: 'Other settings of the draw. Memory and window cannot be asked about: what they would have known is not kept.',
      }),
    arm: keySchema.optional().meta({ description: 'This arm, always and for everybody.' }),
    shares: z
      .record(keySchema, z.number().min(0).max(1e6))
      .optional()
      .meta({ description: 'The same shares for everybody, by arm, on any scale; arms that are left out get nothing.' }),
    epoch: z.number().int().min(1).max(1_000_000).optional().meta({ description: 'Number of an epoch; the latest otherwise.' }),
    from: moment.optional().meta({ description: 'Only decisions from this moment on.' }),
    to: moment.optional().meta({ description: 'Only decisions before this moment.' }),
    maturity: z.enum(['so-far', 'mature']).default('so-far').meta({
      description: 'mature: only decisions whose longest window has ended. so-far: all of them, with what they have brought up to now.',
    }),
    estimators: z
      .array(z.enum(ESTIMATORS))
      .min(1)
      .max(ESTIMATORS.length)
      .default(['IPS', 'SNIPS', 'DR', 'SwitchDR'])
      .meta({ description: 'Shown side by side; DR is the figure to use.' }),
    level: z.number().gt(0.5).max(0.9999).default(0.95).meta({ description: 'Confidence level of the intervals.' }),
    switchAt: z.number().min(0).max(1e6).default(SWITCH_AT).meta({ description: 'SwitchDR leaves heavier decisions to the model.' }),
    rows: z.number().int().min(1).max(ROWS_MAX).default(ROWS_MAX).meta({ description: 'At most so many decisions, the newest ones.' }),
  })
  .superRefine(({ objectives, allocation, arm, shares, from, to }, context) => {
    const kinds = [objectives || allocation ? 'settings' : null, arm ? 'arm' : null, shares ? 'shares' : null].filter(
      (kind) => kind !== null,
    )
    const path = shares ? ['shares'] : ['arm']
    if (kinds.length > 1) context.addIssue({ code: 'custom', path, message: 'is another question than the rest: ask one at a time' })
    if (shares && !Object.values(shares).some((share) => share > 0))
      context.addIssue({ code: 'custom', path: ['shares'], message: 'one share at least is above 0' })
    if (objectives?.every(({ weight }) => weight === 0))
      context.addIssue({ code: 'custom', path: ['objectives'], message: 'one objective at least needs a weight above 0' })
    if (from && to && Date.parse(from) >= Date.parse(to))
      context.addIssue({ code: 'custom', path: ['to'], message: 'has to lie after from' })
  })
  .meta({
    id: 'WhatIfRequest',
    example: {
      objectives: [
        { metric: 'conversion', weight: 1 },
        { metric: 'net-revenue', weight: 0.05 },
      ],
      maturity: 'so-far',
    },
  })

export type WhatIfRequest = z.output<typeof whatIfRequestSchema>
