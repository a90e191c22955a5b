/**
 * The shape of a report in the contract. What only a bandit has is written out, since nobody would guess it; the rest is in docs/report.md.
 *
 * A type says that what the report makes fits what the contract promises; a test holds real reports against the schema.
 */
import { z } from 'zod'
import type { BanditReport } from '../../reports/bandit-shape.ts'

const unknownSchema = z
  .looseObject({ kind: z.literal('unknown'), because: z.string(), have: z.number().optional(), need: z.number().optional() })
  .meta({ id: 'Unknown', description: 'Why there is no number; `have` and `need` count what the reason names.' })
const bounds = z.object({ low: z.number(), high: z.number() })
const estimate = { kind: z.literal('estimate'), value: z.number(), interval: z.union([bounds, unknownSchema]) }
const estimateSchema = z
  .union([z.object(estimate), unknownSchema])
  .meta({ id: 'Estimate', description: 'A number with its interval at the level of the plan; or why there is none.' })
const p = { pValue: z.number(), log10PValue: z.number() }

const contrastSchema = z
  .object({
    arm: z.string(),
    control: z.string(),
    drawsLeftOut: z.number().meta({ description: 'Draws in which one of the two could not be drawn.' }),
    honest: estimateSchema.meta({ description: 'Augmented scores of all draws, for the planned look.' }),
    anyLook: estimateSchema.meta({ description: 'The same; its interval holds at every look.' }),
    mature: estimateSchema.meta({ description: 'Of days alone whose windows have closed.' }),
    uniform: estimateSchema.meta({ description: 'Of the stratum alone that is drawn evenly.' }),
    batched: z
      .union([z.object({ ...estimate, batches: z.number(), batchesLeftOut: z.number(), anyEffect: z.object(p) }), unknownSchema])
      .meta({ description: 'Least squares by hours or days, without propensities; unknown under sticky arms and of ratios.' }),
    naive: estimateSchema.meta({ description: 'Plain figures of the draws: biased, to be seen beside the honest ones.' }),
  })
  .meta({
    id: 'BanditContrast',
    description: 'Treatment − control per draw; of a ratio, the difference of the ratios. Money in major units.',
  })

const stratum = { stratum: z.string(), arms: z.array(z.object({ arm: z.string(), draws: z.number(), expected: z.number() })) }

export const banditReportSchema = z
  .object({
    per: z.enum(['decision', 'unit']).meta({ description: 'What a draw is: a decision, or a unit that keeps its arm.' }),
    draws: z.number(),
    unitDays: z.number().meta({ description: 'Independent observations: draws of a unit on one day are one.' }),
    drawsWithoutChoice: z
      .number()
      .meta({ description: 'Draws with one arm alone to draw: promoted, or the last one left. Choosing is worth nothing there.' }),
    strata: z
      .array(
        z.union([
          z.object({
            ...stratum,
            kind: z.literal('tested'),
            chiSquare: z.number(),
            degreesOfFreedom: z.number(),
            ...p,
            alarm: z.boolean(),
          }),
          unknownSchema.extend(stratum),
        ]),
      )
      .meta({ description: 'Draws against the logged propensities.' }),
    arms: z.array(
      z.object({
        arm: z.string(),
        draws: z.number(),
        effectiveSampleSize: z.number().meta({ description: 'As many even draws would say as much.' }),
        weights: z.union([z.object({ kind: z.literal('tested'), z: z.number(), pValue: z.number(), alarm: z.boolean() }), unknownSchema]),
      }),
    ),
    metrics: z.array(
      z.object({
        key: z.string(),
        immatureShare: z.number().meta({ description: 'Share of the draws whose window may still be open.' }),
        contrasts: z.array(contrastSchema),
      }),
    ),
    reward: z
      .union([
        z.object({
          kind: z.literal('reward'),
          contrasts: z.array(contrastSchema),
          choosing: z
            .object({ perDraw: estimateSchema, total: estimateSchema, anyLook: estimateSchema })
            .meta({ description: 'What choosing brought against drawing evenly.' }),
        }),
        unknownSchema,
      ])
      .meta({ description: 'Of the weighted objectives as they are now.' }),
    money: z
      .array(
        z.object({
          metric: z.string(),
          currency: z.string(),
          arms: z.array(
            z.object({
              arm: z.string(),
              perDraw: estimateSchema,
              total: estimateSchema.meta({ description: 'Had every draw been this arm’s.' }),
            }),
          ),
          choosing: z.object({ perDraw: estimateSchema, total: estimateSchema, anyLook: estimateSchema }),
        }),
      )
      .meta({
        description: 'Honest money of every mean of money among the metrics: what each arm would have brought, and what choosing did.',
      }),
  })
  .meta({ id: 'BanditReport', description: 'What a report of a bandit’s epoch has beside the rest (docs/report.md).' })

export const reportSchema = z
  .looseObject({
    format: z.string(),
    experiment: z.looseObject({ key: z.string(), status: z.string() }),
    epoch: z.looseObject({ no: z.number().int(), startedAt: z.string(), endedAt: z.string().nullable() }),
    verdict: z.looseObject({ kind: z.string(), sentences: z.array(z.string()) }),
    decisions: z.array(z.looseObject({ arm: z.string(), kind: z.string(), sentence: z.string() })),
    bandit: banditReportSchema.optional(),
    gate: z.array(z.looseObject({ kind: z.string(), arm: z.string().nullable(), stands: z.boolean() })),
  })
  .meta({ id: 'Report', description: 'All members are explained in docs/report.md.' })

type Writable<T> = T extends readonly (infer Item)[]
  ? Writable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Writable<T[Key]> }
    : T
type Promised<T extends z.input<typeof banditReportSchema>> = T
/** Compiles as long as every report of a bandit fits its schema. */
export type PromisedBandit = Promised<Writable<BanditReport>>
