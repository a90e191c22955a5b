/**
 * Beliefs: what each running bandit knows, made anew only where its moments or its knobs have changed.
 *
 *     moments (log/) + weights, memory, window, delay, centring (experiment, as it is now) ─▶ models ─▶ a decider that serves
 */
import type { ArmEvidence } from '../bandits/arm-evidence.ts'
import { type FitLogits, openLogits } from '../bandits/epoch-logits.ts'
import { type BestMemory, bestMemory, openBestMemory } from '../bandits/epoch-memory.ts'
import type { Observed } from '../bandits/epoch-parts.ts'
import { centredPosterior, epochEvidence } from '../bandits/epoch-posterior.ts'
import { FEATURE_NAMES } from '../bandits/features.ts'
import { linesToServe, modelsToServe } from '../decisions/evident-models.ts'
import { unpriced } from '../decisions/priced-models.ts'
import { type RunningEpoch, servingAllocationOf } from '../decisions/running.ts'
import { type ServingDecider, servingDecider } from '../decisions/serving-bandit.ts'
import type { StoredBelief } from '../decisions/snapshot-body.ts'
import { slotWeightsOf, type ThompsonAllocation } from '../experiments/allocation.ts'
import { slotsOf } from '../experiments/slot.ts'
import type { Learned, Maturity } from '../log/learned-days.ts'
import { atOnce, type Pieces } from '../stats/pieces.ts'
import { inTurns } from './turns.ts'

export interface Belief {
  readonly body: StoredBelief
  /** How far the log had been read. */
  readonly watermark: string
  readonly decider: ServingDecider | null
}

/** By epoch id; nothing for fixed allocation. */
export type Beliefs = (epochs: readonly RunningEpoch[], moments: ReadonlyMap<number, Learned>) => Promise<ReadonlyMap<number, Belief>>

type UnknownBelief = Extract<StoredBelief, { readonly kind: 'unknown' }>

/** What was gone through before: it only spares work. */
export interface KeptChains {
  readonly remembering: BestMemory
  readonly fitting: FitLogits
}

const FROM_SCRATCH: KeptChains = { remembering: bestMemory, fitting: (cells, days, rule) => openLogits()(cells, days, rule) }

interface Made {
  readonly kept: KeptChains
  readonly learned: Learned
  readonly settings: string
  readonly belief: Belief
}

const HOUR_MS = 3_600_000
const NOTHING: Learned = { watermark: '0', days: [] }

/** `onPiece` hears how many milliseconds of processor time each piece of work took. */
export function openBeliefs(onPiece: (ms: number) => void = () => undefined): Beliefs {
  let made = new Map<number, Made>()
  return async (epochs, moments) => {
    const next = new Map<number, Made>()
    for (const epoch of epochs) {
      const allocation = servingAllocationOf(epoch)
      if (!allocation) continue
      const learned = moments.get(epoch.epochId) ?? NOTHING
      const settings = JSON.stringify([allocation, epoch.settings.metricBodies, epoch.armIds, epoch.gates])
      const known = made.get(epoch.epochId)
      const isSame = known?.learned === learned && known.settings === settings
      const kept = known?.kept ?? { remembering: openBestMemory(), fitting: openLogits() }
      const make = () => inTurns(beliefInPieces(epoch, allocation, learned, kept), onPiece)
      next.set(epoch.epochId, isSame ? known : { kept, learned, settings, belief: await make() })
    }
    made = next
    return new Map([...next].map(([epochId, { belief }]) => [epochId, belief]))
  }
}

/** The same moments and knobs give the same bits, wherever and whenever. */
export function beliefOf(epoch: RunningEpoch, allocation: ThompsonAllocation, learned: Learned, kept: KeptChains = FROM_SCRATCH): Belief {
  return atOnce(beliefInPieces(epoch, allocation, learned, kept))
}

/** The same in pieces: requests are answered between them. */
export function* beliefInPieces(
  epoch: RunningEpoch,
  allocation: ThompsonAllocation,
  { watermark, days, contexts = [], maturity, logits = [] }: Learned,
  { remembering, fitting }: KeptChains,
): Pieces<Belief> {
  const placed = byArm(epoch, days)
  if (placed.length === 0) return unknownBelief('too-few-units', watermark)
  const lasting = {
    arms: epoch.armIds.length,
    features: FEATURE_NAMES.length,
    weights: slotWeightsOf(allocation, epoch.settings.metricBodies),
    context: allocation.context,
    ...(allocation.delay !== 'none' && maturity && { observed: observedOf(epoch, maturity) }),
  }
  const memory = allocation.discountDays === 'auto' ? remembering(placed, lasting) : (allocation.discountDays ?? Number.POSITIVE_INFINITY)
  const rule = { ...lasting, memory, window: allocation.windowDays ?? Number.POSITIVE_INFINITY }
  yield
  // Sums over all days cannot tell what arms looked like beside each other, so that other weights could not be asked about.
  const evidence = allocation.centring ? undefined : epochEvidence(placed, rule)
  yield
  const found = evidence
    ? yield* modelsToServe(epoch, allocation, { evidence, contexts, logits: () => fitting(byArm(epoch, logits), placed, rule) })
    : linesToServe(unpriced(centredPosterior(placed, rule)))
  if ('because' in found) return unknownBelief(found.because, watermark, evidence)
  const { models, prices } = found
  yield
  return {
    body: {
      kind: 'models',
      models,
      ...(evidence && { evidence }),
      ...(prices ? { prices } : {}),
      decisions: placed.reduce((sum, { moments }) => sum + Number(moments.n), 0),
      memoryDays: memory === Number.POSITIVE_INFINITY ? null : memory,
    },
    watermark,
    decider: servingDecider(models, allocation),
  }
}

function unknownBelief(because: UnknownBelief['because'], watermark: string, evidence?: readonly ArmEvidence[]): Belief {
  return { body: { kind: 'unknown', because, ...(evidence ? { evidence } : {}) }, watermark, decider: null }
}

function observedOf(epoch: RunningEpoch, { untilMs, hours, delays }: Maturity): Observed {
  const windowsMs = slotsOf(epoch.settings.metricBodies)
    .filter(({ daysBefore }) => daysBefore === null)
    .map(({ windowHours }) => windowHours * HOUR_MS)
  return { untilMs, windowsMs, hours: byArm(epoch, hours), delays: byArm(epoch, delays) }
}

/** With the position of the arm; what belongs to no arm of the epoch is left out. */
function byArm<Row extends { readonly armId: number }>(
  { armIds }: RunningEpoch,
  rows: readonly Row[],
): readonly (Row & { readonly arm: number })[] {
  return rows.map((row) => ({ ...row, arm: armIds.indexOf(row.armId) })).filter(({ arm }) => arm >= 0)
}
