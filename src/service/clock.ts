/** The clock of this node: what it does again and again beside answering. */
import type { Config } from '../config.ts'
import { type Beat, beat } from '../jobs/clockwork.ts'
import { foldAll } from '../log/fold-all.ts'
import { ensurePartitions, pruneRequestKeys } from '../log/partitions.ts'
import type { ChangeFeed } from '../store/change-feed.ts'
import type { Database } from '../store/database.ts'
import type { Logger } from '../store/logger.ts'
import type { Begun } from './beginning.ts'
import { gateOf } from './gate.ts'
import type { Learning } from './learning.ts'
import type { Stores } from './stores.ts'

export interface Clock {
  /** Folds what is in the log now. */
  fold(): Promise<void>
  close(): Promise<void>
}

interface ClockWorld {
  readonly config: Config
  readonly database: Database
  readonly learning: Learning
  readonly stores: Stores
  readonly begun: Begun
  readonly feed: ChangeFeed
  readonly log: Logger
}

const UPKEEP_MS = 3_600_000
/** How soon after a change of policies or a growth of history the strategies learn anew. */
const DUE_MS = 60_000

export function openClock({ config, database, learning, stores, begun, feed, log }: ClockWorld): Clock {
  const tell = (what: string) => (error: unknown) => log.warn(`${what} failed and will be tried again: ${(error as Error).message}`)
  const fold = beat({ everyMs: config.CROUPIER_FOLD_EVERY_MS, task: () => foldAll(database), onFault: quietly(tell('Folding')) })
  const upkeep = beat({ everyMs: UPKEEP_MS, task: () => tidy(database, stores, config.CROUPIER_SNAPSHOT_DAYS), onFault: tell('Upkeep') })
  const gate = gateOf({ database, stores, log })
  const look = beat({ everyMs: config.CROUPIER_GATE_EVERY_MS, task: gate.look, onFault: quietly(tell('The gate’s look')) })
  const beats: Beat[] = [fold, upkeep, look]
  let forget = (): unknown => undefined
  if (config.CROUPIER_TRAIN_EVERY_MINUTES > 0) {
    const regular = beat({ everyMs: config.CROUPIER_TRAIN_EVERY_MINUTES * 60_000, task: () => learning.train(), onFault: tell('Training') })
    const due = beat({
      everyMs: DUE_MS,
      task: async () => (await learning.isDue()) && learning.train(),
      onFault: quietly(tell('Training')),
    })
    beats.push(regular, due)
    forget = feed.onChange((topic) => topic === 'settings' && void due.now())
    void begun.settled.then(() => due.now())
  }
  void begun.settled.then(() => upkeep.now())
  return {
    fold: () => fold.now(),
    close: async () => {
      begun.give()
      forget()
      await Promise.all(beats.map((one) => one.close()))
    },
  }
}

async function tidy(database: Database, stores: Stores, snapshotDays: number): Promise<void> {
  await ensurePartitions(database)
  await pruneRequestKeys(database)
  await stores.snapshots.prune(snapshotDays)
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
