/** The clock of this node: what it does again and again beside answering. */
import type { Config } from '../config.ts'
import { type Beat, beat } from '../jobs/clockwork.ts'
import { controlExposure } from '../jobs/exposure-control.ts'
import { foldAll } from '../log/fold-all.ts'
import { foldWhenDue } from '../log/fold-due.ts'
import { ensurePartitions, pruneRequestKeys } from '../log/partitions.ts'
import type { ChangeFeed } from '../store/change-feed.ts'
import type { Database } from '../store/database.ts'
import type { Logger } from '../store/logger.ts'
import type { Begun } from './beginning.ts'
import type { DueTraining } from './due-training.ts'
import { gateOf } from './gate.ts'
import type { Learning } from './learning.ts'
import { allOf, type Stores } from './stores.ts'

export interface Clock {
  /** Folds what is in the log now. */
  fold(): Promise<void>
  close(): Promise<void>
}

interface ClockWorld {
  readonly config: Config
  readonly database: Database
  readonly learning: Learning
  readonly due: DueTraining
  readonly stores: Stores
  readonly begun: Begun
  readonly feed: ChangeFeed
  readonly log: Logger
}

const UPKEEP_MS = 3_600_000
/** How often exposure targets look at what was shown. */
const EXPOSURE_MS = 60_000
/** How soon the strategies learn anew once they should. */
const DUE_MS = 60_000
/** After a training that failed. */
const AGAIN_MS = 600_000

export function openClock({ config, database, learning, due, stores, begun, feed, log }: ClockWorld): Clock {
  const tell = (what: string) => (error: unknown) => log.warn(`${what} failed and will be tried again: ${(error as Error).message}`)
  const everyMs = config.CROUPIER_FOLD_EVERY_MS
  const fold = beat({ everyMs, task: () => foldWhenDue(database, everyMs), onFault: quietly(tell('Folding')) })
  const wholeFold = beat({ everyMs: 0, task: () => foldAll(database), onFault: quietly(tell('Folding')) })
  const upkeep = beat({ everyMs: UPKEEP_MS, task: () => tidy(database, stores, config.CROUPIER_SNAPSHOT_DAYS), onFault: tell('Upkeep') })
  const gate = gateOf({ database, stores, log })
  const look = beat({ everyMs: config.CROUPIER_GATE_EVERY_MS, task: gate.look, onFault: quietly(tell('The gate’s look')) })
  const exposure = beat({
    everyMs: EXPOSURE_MS,
    task: () => controlExposure({ surfaces: () => allOf(stores.surfaces), controls: stores.exposureControls }),
    onFault: quietly(tell('Control of exposure')),
  })
  const beats: Beat[] = [fold, wholeFold, upkeep, look, exposure]
  let forget = (): unknown => undefined
  if (config.CROUPIER_TRAIN_EVERY_MINUTES > 0) {
    const teach = beat({ everyMs: DUE_MS, task: learningWhenDue(learning, due), onFault: quietly(tell('Training')) })
    beats.push(teach)
    forget = feed.onChange((topic) => topic === 'settings' && void teach.now())
    void begun.settled.then(() => teach.now())
  }
  if (config.CROUPIER_DRIFT_EVERY_MINUTES > 0)
    beats.push(beat({ everyMs: config.CROUPIER_DRIFT_EVERY_MINUTES * 60_000, task: due.look, onFault: quietly(tell('Looking for drift')) }))
  void begun.settled.then(() => upkeep.now())
  return {
    fold: () => wholeFold.now(),
    close: async () => {
      begun.give()
      forget()
      await Promise.all(beats.map((one) => one.close()))
    },
  }
}

/** The lock decides which of the nodes does it. A training that failed is not tried again at once. */
function learningWhenDue(learning: Learning, { due }: DueTraining): () => Promise<void> {
  let failedAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (performance.now() - failedAt < AGAIN_MS) return
    const because = await due()
    if (!because) return
    try {
      await learning.train({ because })
    } catch (error) {
      failedAt = performance.now()
      throw error
    }
  }
}

async function tidy(database: Database, stores: Stores, snapshotDays: number): Promise<void> {
  await ensurePartitions(database)
  await pruneRequestKeys(database)
  await stores.snapshots.prune(snapshotDays)
  await stores.shadows.prune()
}

/** Says a failure once until something else fails: a database that is away fails every second. */
function quietly(tell: (error: unknown) => void): (error: unknown) => void {
  let last = ''
  return (error) => {
    const message = (error as Error).message
    if (message !== last) tell(error)
    last = message
  }
}
