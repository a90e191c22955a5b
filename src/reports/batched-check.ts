/**
 * The cross-check of a bandit's honest figures that needs no propensities: batched least squares.
 *
 *     batches   stratum × hour (the last two days) or day      each arm pair by least squares with the context beside it      z = Σz_b/√B
 *
 * Its effect counts contexts by how much the arms overlap in them, so where an arm suits some and not others it may differ from the
 * honest one without either being wrong; that nobody is affected both test alike. A bandit's draws move a little within an hour.
 */
import { batchEffect } from '../bandits/batch-effect.ts'
import type { DecisionMoments } from '../bandits/decision-moments.ts'
import { combinedBatches } from '../stats/adaptive-batched-ols.ts'
import { testEffect } from '../stats/effect-test.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import type { BatchedEstimate } from './bandit-shape.ts'
import { toMajor } from './measure.ts'

/** Decisions of an arm that were drawn in one stratum within one span of time; batches are told apart by name. */
export interface BatchArm {
  readonly batch: string
  readonly armId: number
  readonly moments: DecisionMoments
}

interface Asked {
  readonly control: number
  readonly treatment: number
  /** One weight a slot. */
  readonly slots: readonly number[]
  readonly level: number
  readonly exponent: number
}

/** Treatment − control by arm ids. Unknown without a batch in which both were drawn often enough. */
export function batchedCheck(
  batches: readonly BatchArm[],
  { control, treatment, slots, level, exponent }: Asked,
): BatchedEstimate | Unknown {
  const momentsBy = (id: number) => new Map(batches.flatMap(({ batch, armId, moments }) => (armId === id ? [[batch, moments]] : [])))
  const [controls, treatments] = [momentsBy(control), momentsBy(treatment)]
  const names = [...new Set(batches.map(({ batch }) => batch))]
  const effects = names.map((name) => {
    const [c, t] = [controls.get(name), treatments.get(name)]
    return c && t ? batchEffect({ control: c, treatment: t }, slots) : null
  })
  const found = combinedBatches(effects)
  if (isUnknown(found)) return unknown('no-overlap', { have: 0, need: 1 })
  const { estimate, interval } = testEffect(found.effect, { level })
  const { pValue, log10PValue } = found.anyEffect
  return {
    kind: 'estimate',
    value: toMajor(estimate, exponent),
    interval: { low: toMajor(interval.low, exponent), high: toMajor(interval.high, exponent) },
    batches: found.batchStatistics.length,
    batchesLeftOut: found.batchesLeftOut,
    anyEffect: { pValue, log10PValue },
  }
}
