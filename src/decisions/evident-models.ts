/**
 * The models that serve from the evidence of an epoch's arms, whichever kind is wanted: the same for serving and for asking what if.
 *
 *     linear   lines of the reward w·y (epoch-posterior)          beta   the chance of one proportion (rate-models)
 *     logistic its log-odds, from cells (epoch-logits): what a snapshot's evidence cannot tell
 *
 * What is expected of every outcome (m̂) comes from lines in either case: it is only ever subtracted from what came.
 */
import type { ArmEvidence } from '../bandits/arm-evidence.ts'
import type { ArmModels } from '../bandits/arm-models.ts'
import { modelsOf } from '../bandits/epoch-posterior.ts'
import { ratesOf } from '../bandits/rate-models.ts'
import { type StoredModels, storedLogits, storedModels, storedRates } from '../bandits/stored-models.ts'
import { type EvidentModel, slotWeightsOf, type ThompsonAllocation } from '../experiments/allocation.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import type { Pieces } from '../stats/pieces.ts'
import type { FloorPrices } from './floor-prices.ts'
import { type Learnt, type Priced, pricedInPieces } from './priced-models.ts'
import type { RunningEpoch } from './running.ts'

/** Unknown while nothing has been seen, or nothing varies. `weights`: per stored integer of every slot; for `beta` one is not 0. */
export function evidentModels(evidence: readonly ArmEvidence[], weights: readonly number[], model: EvidentModel): StoredModels | Unknown {
  const lines = modelsOf(evidence, weights)
  if (model === 'linear') return isUnknown(lines) ? lines : storedModels(lines)
  const rates = ratesOf(evidence, weights)
  if (isUnknown(rates)) return rates
  return storedRates(rates, isUnknown(lines) ? { features: evidence[0]!.features, lines: null } : lines)
}

/** What serves, with the prices of floors where there are some. */
export interface ModelsToServe {
  readonly models: StoredModels
  readonly prices: FloorPrices | null
}

export interface LearntOf extends Learnt {
  /** Lines of log-odds from the epoch's cells; asked for by the logistic model alone. */
  readonly logits: () => Pieces<ArmModels | Unknown>
}

/** The models of an epoch as its experiment is now, in pieces of a few milliseconds. */
export function* modelsToServe(
  epoch: Pick<RunningEpoch, 'settings' | 'armIds' | 'gates'>,
  allocation: ThompsonAllocation,
  learnt: LearntOf,
): Pieces<ModelsToServe | Unknown> {
  const weights = slotWeightsOf(allocation, epoch.settings.metricBodies)
  switch (allocation.model) {
    case 'linear':
      return linesToServe(yield* pricedInPieces(epoch, allocation, learnt))
    case 'beta': {
      const models = evidentModels(learnt.evidence, weights, 'beta')
      return models.kind === 'unknown' ? models : { models, prices: null }
    }
    case 'logistic': {
      const logits = yield* learnt.logits()
      if (isUnknown(logits)) return logits
      const lines = modelsOf(learnt.evidence, weights)
      return { models: storedLogits(logits, isUnknown(lines) ? null : lines.lines), prices: null }
    }
  }
}

export function linesToServe(priced: Priced | Unknown): ModelsToServe | Unknown {
  return 'kind' in priced ? priced : { models: storedModels(priced.models), prices: priced.prices }
}
