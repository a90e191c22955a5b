/** Whether the strategies should learn anew, asked of the database: every node comes to the same answer, one of them gets the lock. */
import type { PolicyDefinition } from '../policies/definition.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import type { ModelStore } from '../store/model-store.ts'
import type { TrainingNote, TrainingStore } from '../store/training-store.ts'
import type { DemandReference } from '../training/demand-reference.ts'
import { type Drift, driftOf } from '../training/drift.ts'
import { type DueCause, dueOf, growthOf } from '../training/due.ts'
import { learningAmong, settingsTexts } from './learning.ts'

export interface DueTrainingWorld {
  readonly trainings: TrainingStore
  readonly models: ModelStore
  policies(): Promise<readonly PolicyDefinition[]>
  readonly everyMinutes: number
  readonly driftPauseMinutes: number
}

/** What this node knows of the last training and of drift since. */
export interface LearningState {
  readonly last: TrainingNote | null
  readonly drift: Drift | Unknown | null
}

export interface DueTraining {
  /** Looks whether demand has drifted since the last training. */
  look(): Promise<void>
  /** Null when there is nothing to learn. */
  due(): Promise<DueCause | null>
  state(): LearningState
}

const MINUTE_SECONDS = 60

export function openDueTraining({ trainings, models, policies, everyMinutes, driftPauseMinutes }: DueTrainingWorld): DueTraining {
  let seen: LearningState = { last: null, drift: null }
  const newest = async () => {
    const last = await trainings.last()
    // What was seen of drift belongs to a training.
    if (last?.id !== seen.last?.id) seen = { last, drift: null }
    return last
  }
  return {
    async look() {
      const last = await newest()
      if (last) seen = { last, drift: driftOf(last.reference as DemandReference, await trainings.demandSince(last)) }
    },
    async due() {
      const [last, pinned, all] = [await newest(), await models.pinned(), await policies()]
      const learning = learningAmong(all).filter(({ key }) => !pinned.has(key))
      const known = last && { at: last.readAt.getTime() / 1000, rows: last.summary.rows, settings: last.summary.settings }
      const { drift } = seen
      return dueOf({
        last: known,
        now: Date.now() / 1000,
        settings: settingsTexts(learning),
        newRows: await trainings.rowsSince(last, growthOf(known)),
        drifted: drift !== null && !isUnknown(drift) && drift.drifted,
        everySeconds: everyMinutes * MINUTE_SECONDS,
        driftPauseSeconds: driftPauseMinutes * MINUTE_SECONDS,
      })
    },
    state: () => seen,
  }
}
