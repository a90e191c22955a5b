/**
 * An experiment: a question on a surface. Which arm is worth more, for whom, by which metrics, and when may we say so.
 *
 * `weights` are relative. The first arm is the control unless one is marked. The plan is frozen when the experiment starts.
 */
import { z } from 'zod'
import {
  allocationSchema,
  CENTRED_ARMS_MAX,
  type FrozenAllocation,
  frozenAllocationOf,
  modelFaults,
  objectiveFaults,
} from './allocation.ts'
import { audienceSchema } from './audience.ts'
import { keySchema } from './key.ts'

export const ARMS_MAX = 64

export const armSchema = z
  .strictObject({
    key: keySchema,
    policy: keySchema.meta({ description: 'Key of the policy that serves this arm.' }),
    weight: z.number().positive().max(1e6).default(1).meta({ description: 'Relative share of the traffic.' }),
    control: z.boolean().default(false),
    description: z.string().max(500).default(''),
  })
  .meta({ id: 'Arm' })

export const planSchema = z
  .strictObject({
    unitsPerArm: z
      .number()
      .int()
      .min(10)
      .max(1e9)
      .default(1000)
      .meta({ description: 'Planned units in each arm; before that the report says "not yet".' }),
    level: z.number().gt(0.5).max(0.9999).default(0.95).meta({ description: 'Confidence level of intervals and tests.' }),
  })
  .meta({ id: 'Plan' })

export const guardrailSchema = z
  .strictObject({
    metric: keySchema.meta({ description: 'One of the metrics of the experiment.' }),
    margin: z.number().gt(0).lt(1).meta({
      description: 'How much worse than the control is still acceptable, relative to it: 0.02 is two percent. Agreed before the start.',
      example: 0.02,
    }),
  })
  .meta({ id: 'Guardrail' })

export const experimentSchema = z
  .strictObject({
    key: keySchema,
    name: z.string().max(200).default(''),
    hypothesis: z.string().max(2000).default(''),
    surface: keySchema,
    unit: z
      .enum(['shopper', 'session', 'request'])
      .default('shopper')
      .meta({ description: 'Who is randomised. A request unit is fresh in every request.' }),
    allocation: allocationSchema.default({ kind: 'fixed' }),
    arms: z.array(armSchema).min(2).max(ARMS_MAX),
    traffic: z.number().gt(0).max(1).default(1).meta({ description: 'Share of the audience that takes part.' }),
    audience: audienceSchema,
    metrics: z
      .array(keySchema)
      .min(1)
      .max(12)
      .default(['conversion', 'ctr', 'net-revenue'])
      .meta({ description: 'Metric keys; the first is the primary one.' }),
    guardrails: z
      .array(guardrailSchema)
      .max(12)
      .default([])
      .meta({ description: 'Metrics that must not fall by more than a margin: an arm is shipped only when all of them hold.' }),
    plan: planSchema.prefault({}),
    freezeModels: z.boolean().default(false).meta({
      description: 'The arms keep to the models (and parameters) that were live when the epoch began, whatever is trained meanwhile.',
    }),
  })
  .superRefine((experiment, context) => {
    if (new Set(experiment.arms.map((arm) => arm.key)).size < experiment.arms.length)
      context.addIssue({ code: 'custom', path: ['arms'], message: 'arm keys have to differ' })
    if (experiment.arms.filter((arm) => arm.control).length > 1)
      context.addIssue({ code: 'custom', path: ['arms'], message: 'only one arm can be the control' })
    if (new Set(experiment.metrics).size < experiment.metrics.length)
      context.addIssue({ code: 'custom', path: ['metrics'], message: 'a metric is named twice' })
    const { allocation } = experiment
    const faults = [...objectiveFaults(allocation, experiment.metrics), ...(allocation.kind === 'thompson' ? modelFaults(allocation) : [])]
    for (const { path, message } of faults) context.addIssue({ code: 'custom', path: [...path], message })
    if (experiment.allocation.kind === 'thompson' && experiment.allocation.sticky && experiment.unit === 'request')
      context.addIssue({
        code: 'custom',
        path: ['allocation', 'sticky'],
        message: 'a request unit is never seen again: it has no arm to keep',
      })
    if (experiment.allocation.kind === 'thompson' && experiment.allocation.centring && experiment.allocation.context) {
      if (experiment.arms.length > CENTRED_ARMS_MAX)
        context.addIssue({
          code: 'custom',
          path: ['allocation', 'centring'],
          message: `ties all arms together, and with context up to ${CENTRED_ARMS_MAX}: leave it out, or set context to false`,
        })
    }
    if (experiment.allocation.kind === 'thompson')
      experiment.arms.forEach(({ weight }, i) => {
        if (weight === 1) return
        context.addIssue({ code: 'custom', path: ['arms', i, 'weight'], message: 'has no meaning where shares are learned: leave it out' })
      })
    for (const [i, { metric }] of experiment.guardrails.entries()) {
      const path = ['guardrails', i, 'metric']
      if (!experiment.metrics.includes(metric))
        context.addIssue({ code: 'custom', path, message: 'has to be one of the metrics of the experiment' })
      if (experiment.guardrails.findIndex((other) => other.metric === metric) < i)
        context.addIssue({ code: 'custom', path, message: 'is a guardrail already' })
    }
  })
  .meta({ id: 'Experiment' })

export type Arm = z.output<typeof armSchema>
export type Guardrail = z.output<typeof guardrailSchema>
export type Plan = z.output<typeof planSchema>
export type Experiment = z.output<typeof experimentSchema>

/** Index of the control arm: the marked one, else the first. */
export function controlOf(arms: readonly Arm[]): number {
  const marked = arms.findIndex((arm) => arm.control)
  return marked === -1 ? 0 : marked
}

/** The weights as probabilities that sum to 1. */
export function sharesOf(arms: readonly Arm[]): readonly number[] {
  const total = arms.reduce((sum, arm) => sum + arm.weight, 0)
  return arms.map((arm) => arm.weight / total)
}

export type EpochSettings = Pick<Experiment, 'surface' | 'unit' | 'arms' | 'traffic' | 'audience' | 'metrics' | 'plan'> & {
  /** Objectives and what else is applied when moments are read are not in it. */
  readonly allocation: FrozenAllocation
  /** Left out when there are none: settings from before there were guardrails read and hash as they always did. */
  readonly guardrails?: readonly Guardrail[]
  /** Left out when models are not frozen, for the same reason. */
  readonly freezeModels?: true
}

/** The part of an experiment that allocation and analysis rest on: a change of it while running opens a new epoch. */
export function epochSettingsOf(
  experiment: Omit<Experiment, 'guardrails' | 'freezeModels'> &
    Partial<Pick<Experiment, 'freezeModels'>> &
    Pick<EpochSettings, 'guardrails'>,
): EpochSettings {
  const { surface, unit, arms, traffic, audience, metrics, plan, guardrails = [] } = experiment
  const allocation = frozenAllocationOf(experiment.allocation)
  return {
    surface,
    unit,
    allocation,
    arms,
    traffic,
    audience,
    metrics,
    plan,
    ...(guardrails.length > 0 ? { guardrails } : {}),
    ...(experiment.freezeModels ? { freezeModels: true } : {}),
  }
}
