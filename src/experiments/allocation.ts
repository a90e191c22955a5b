/**
 * Allocation: how an experiment divides its traffic. `fixed` keeps the weights of the arms, `thompson` learns which arm suits whom.
 *
 *     reward of a decision = Σ weight · (±1) · metric        − for metrics of which less is better: turned round here, and nowhere else
 *
 * Weights are per 1 of the metric as reports show it: per converted shopper, per click, per euro. What changes probabilities in a way that
 * the log could not tell (floor, uniform share, context, stickiness) is frozen with the epoch; objectives, model, scale, mode, memory,
 * window, delay, centring and gate are applied when moments are read, so that the next request uses them and nothing is learned anew.
 */
import { z } from 'zod'
import { gateSettingsSchema } from './gate.ts'
import { keySchema } from './key.ts'
import type { Metric } from './metric.ts'
import { exponentOf } from './money.ts'
import { slotsOf } from './slot.ts'

const OBJECTIVES_MAX = 12
const FLOORS_MAX = 2
const MEMORY_DAYS_MAX = 365
/** Arms that centring compares with context: sixteen features each, 256 unknowns in one system. */
export const CENTRED_ARMS_MAX = 16

export const weighedSchema = z.strictObject({
  metric: keySchema.meta({ description: 'One of the experiment’s metrics: a proportion or a mean.' }),
  weight: z.number().min(0).max(1e9).default(1).meta({
    description: 'What one of it is worth: a converted shopper, a click, a euro. Where less is better it counts against the arm.',
  }),
})

const objectiveSchema = weighedSchema
  .extend({
    floor: z
      .strictObject({
        margin: z
          .number()
          .gt(0)
          .lt(1)
          .meta({ description: 'How much worse than the control is acceptable, relative to it: 0.02 is two percent.' }),
      })
      .optional()
      .meta({
        description:
          'The metric has to keep this level per decision, whatever else is gained; at most two objectives have one. With a weight of 0 nothing ' +
          'but the floor counts.',
      }),
  })
  .meta({ id: 'Objective' })

const fixedSchema = z.strictObject({ kind: z.literal('fixed') })

const objectivesSchema = z.array(objectiveSchema).min(1).max(OBJECTIVES_MAX)
/** Objectives without floors. */
export const weighedObjectivesSchema = z.array(weighedSchema).min(1).max(OBJECTIVES_MAX)
export const floorSchema = z.number().min(0.01).max(1)
export const modeSchema = z.enum(['earn', 'learn'])
export const scaleSchema = z.number().gt(0).max(10)
export const modelSchema = z.enum(['linear', 'beta', 'logistic'])
/** What a snapshot's evidence can be read as. */
export const evidentModelSchema = z.enum(['linear', 'beta'])

const thompsonSchema = z
  .strictObject({
    kind: z.literal('thompson'),
    objectives: objectivesSchema.meta({
      description: 'What an arm is to bring. Another weight counts from the next request on, and opens no epoch.',
    }),
    floor: floorSchema.default(0.05).meta({
      description: 'Share that is spread evenly over the arms on top of what is learned: the price of evidence.',
    }),
    uniformShare: z.number().min(0).max(0.5).default(0.05).meta({
      description:
        'Share of the units, by a keyed hash, whose arms are drawn evenly and never learned from: a plain comparison that stays.',
    }),
    mode: modeSchema.default('earn').meta({
      description: 'earn: Thompson sampling. learn: top-two, which asks sooner which arm is best, and pays for it.',
    }),
    model: modelSchema.default('linear').meta({
      description:
        'linear: a line of the reward an arm, for any objectives. beta: the rate of one proportion, exactly, without context. ' +
        'logistic: a line of the log-odds of one proportion. Between the first two a change counts from the next request on; to and from ' +
        'logistic it opens an epoch.',
    }),
    scale: z
      .union([z.literal('auto'), scaleSchema], { error: 'is "auto" or a number above 0, at most 10' })
      .default('auto')
      .meta({ description: 'How much doubt widens a draw. auto: 0.5 with context, 0.6 without, which cost least in simulations.' }),
    context: z.boolean().default(true).meta({ description: 'Whether the best arm may depend on the request: device, hour, history, …' }),
    discountDays: z
      .union([z.literal('auto'), z.number().min(1).max(MEMORY_DAYS_MAX), z.null()], {
        error: `is "auto", null or a number of days from 1 to ${MEMORY_DAYS_MAX}`,
      })
      .default('auto')
      .meta({ description: 'Days that are remembered; null: all alike. auto: whatever foretold each day best.' }),
    windowDays: z
      .number()
      .int()
      .min(1)
      .max(MEMORY_DAYS_MAX)
      .optional()
      .meta({ description: 'Decisions of days before these do not count.' }),
    delay: z.enum(['observed', 'none']).default('observed').meta({
      description:
        'observed: young decisions count for what they could have shown by now, after how long outcomes were seen to take. none: as they came.',
    }),
    centring: z.boolean().default(false).meta({
      description:
        'Whether arms are compared within each day or hour only, so that a sale or a weekend blames nobody. Up to 16 arms with context.',
    }),
    sticky: z.boolean().default(false).meta({
      description: 'Whether a unit keeps the arm that was drawn at its first request: for prices and layouts. Not for request units.',
    }),
    gate: gateSettingsSchema.prefault({}),
  })
  .meta({
    id: 'ThompsonAllocation',
    example: { kind: 'thompson', objectives: [{ metric: 'conversion', weight: 1 }], floor: 0.05, mode: 'earn' },
  })

export const allocationSchema = z.discriminatedUnion('kind', [fixedSchema, thompsonSchema]).meta({ id: 'Allocation' })

export type Objective = z.output<typeof objectiveSchema>
/** A metric with what one of it is worth. */
export type Weighed = z.output<typeof weighedSchema>
export type ThompsonAllocation = z.output<typeof thompsonSchema>
/** How chances or rewards are modelled. */
export type Model = z.output<typeof modelSchema>
export type EvidentModel = z.output<typeof evidentModelSchema>
export type Allocation = z.output<typeof allocationSchema>

/** What of an allocation an epoch freezes. */
export type FrozenAllocation =
  | { readonly kind: 'fixed' }
  | (Pick<ThompsonAllocation, 'kind' | 'floor' | 'uniformShare' | 'context'> & {
      /** Left out when it is not: settings from before there was such a thing read and hash as they always did. */
      readonly sticky?: boolean
      /** `logistic`, which has to be counted for while the epoch runs; others are read from what is counted anyway, and left out. */
      readonly model?: Model
    })

/** What is applied when moments are read: it may change at any moment. */
export type Tuning = Pick<
  ThompsonAllocation,
  'objectives' | 'mode' | 'model' | 'scale' | 'discountDays' | 'windowDays' | 'delay' | 'centring' | 'gate'
>

export function frozenAllocationOf(allocation: Allocation): FrozenAllocation {
  if (allocation.kind === 'fixed') return { kind: 'fixed' }
  const { kind, floor, uniformShare, context, sticky, model } = allocation
  return { kind, floor, uniformShare, context, ...(sticky ? { sticky } : {}), ...(model === 'logistic' ? { model } : {}) }
}

/** Null for fixed allocation. */
export function tuningOf(allocation: Allocation): Tuning | null {
  if (allocation.kind === 'fixed') return null
  const { objectives, mode, model, scale, discountDays, windowDays, delay, centring, gate } = allocation
  return { objectives, mode, model, scale, discountDays, ...(windowDays === undefined ? {} : { windowDays }), delay, centring, gate }
}

/** Something that is wrong with the objectives: where, as a path within the experiment, and what. */
export interface ObjectiveFault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What can be said without the metrics' bodies. */
export function objectiveFaults(allocation: Allocation, metrics: readonly string[]): readonly ObjectiveFault[] {
  if (allocation.kind === 'fixed') return []
  const { objectives } = allocation
  const at = (i: number, message: string): ObjectiveFault => ({ path: ['allocation', 'objectives', i, 'metric'], message })
  return [
    ...objectives.flatMap(({ metric }, i) => (metrics.includes(metric) ? [] : [at(i, 'is not among the metrics of the experiment')])),
    ...objectives.flatMap(({ metric }, i) =>
      objectives.findIndex((other) => other.metric === metric) < i ? [at(i, 'is an objective already')] : [],
    ),
    ...objectives.flatMap(({ floor }, i) =>
      floor && objectives.slice(0, i).filter((other) => other.floor).length >= FLOORS_MAX
        ? [{ path: ['allocation', 'objectives', i, 'floor'], message: `is one too many: at most ${FLOORS_MAX} objectives have a floor` }]
        : [],
    ),
    ...(allocation.centring && objectives.some(({ floor }) => floor)
      ? [{ path: ['allocation', 'centring'], message: 'is not possible beside floors, which have to know what arms bring by themselves' }]
      : []),
    ...(objectives.length > 0 && objectives.every(({ weight }) => weight === 0)
      ? [{ path: ['allocation', 'objectives'], message: 'one objective at least needs a weight above 0' }]
      : []),
  ]
}

/** Objectives that no decision can be credited with: a ratio is no sum over decisions. */
export function ratioFaults(allocation: Allocation, metrics: readonly Metric[]): readonly ObjectiveFault[] {
  if (allocation.kind === 'fixed') return []
  const ratios = new Set(metrics.filter(({ kind }) => kind === 'ratio').map(({ key }) => key))
  return allocation.objectives.flatMap(({ metric }, i) =>
    ratios.has(metric)
      ? [
          {
            path: ['allocation', 'objectives', i, 'metric'],
            message: 'is a ratio, and an objective has to be a proportion or a mean: a ratio is no sum over decisions',
          },
        ]
      : [],
  )
}

/** What a model rests on. */
export type Modelled = Pick<ThompsonAllocation, 'model' | 'context' | 'centring'> & {
  readonly objectives: readonly (Weighed & { readonly floor?: unknown })[]
}

/** What the chance of a single proportion cannot have beside it, and of which metrics, as far as their bodies are known, it is none. */
export function modelFaults(
  { model, objectives, context, centring }: Modelled,
  metrics: readonly Metric[] = [],
): readonly ObjectiveFault[] {
  if (model !== 'beta' && model !== 'logistic') return []
  const fault = (path: readonly (string | number)[], message: string): ObjectiveFault => ({ path: ['allocation', ...path], message })
  const means = new Set(metrics.filter(({ kind }) => kind === 'mean').map(({ key }) => key))
  return [
    ...(objectives.length > 1 ? [fault(['objectives', 1], `is one too many: the model "${model}" learns a single proportion`)] : []),
    ...objectives.flatMap(({ metric, floor }, i) => [
      ...(means.has(metric) ? [fault(['objectives', i, 'metric'], `is a mean, and the model "${model}" learns a proportion`)] : []),
      ...(floor ? [fault(['objectives', i, 'floor'], `is not possible with the model "${model}", which has nothing to weigh`)] : []),
    ]),
    ...(centring ? [fault(['centring'], `is not possible with the model "${model}": only lines are centred`)] : []),
    ...(model === 'beta' && context ? [fault(['context'], 'has to be false: the model "beta" knows no requests')] : []),
  ]
}

/** The weight of every slot of an epoch that looks forward, in their order and per stored integer: minor units, and negative where less is better. */
export function slotWeightsOf({ objectives }: { readonly objectives: readonly Weighed[] }, metrics: readonly Metric[]): readonly number[] {
  const byKey = new Map(metrics.map((metric) => [metric.key, metric]))
  const weights = new Map(objectives.map(({ metric, weight }) => [metric, weight]))
  return slotsOf(metrics)
    .filter(({ daysBefore }) => daysBefore === null)
    .map(({ metric: key, part }) => {
      const weight = part === 'value' ? (weights.get(key!) ?? 0) : 0
      const metric = byKey.get(key!)!
      return weight === 0 ? 0 : (metric.direction === 'decrease' ? -weight : weight) / minorUnitsOf(metric)
    })
}

/** Stored integers in one of the metric: 100 cents in a euro. */
function minorUnitsOf(metric: Metric): number {
  return metric.kind === 'mean' && metric.of.aggregate === 'value' ? 10 ** exponentOf(metric.currency!) : 1
}
