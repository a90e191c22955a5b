/** The snapshot of this node: fed by the stores, refreshed by the change feed, remembered on disk. */
import { CONTEXTS_MAX } from '../bandits/constrained.ts'
import { FEATURE_NAMES } from '../bandits/features.ts'
import type { RunningEpoch } from '../decisions/running.ts'
import type { CombinedFlags } from '../flags/combined-flags.ts'
import { beat } from '../jobs/clockwork.ts'
import { openKeeper, type SnapshotKeeper, type Topic } from '../jobs/snapshot-keeper.ts'
import { type Learned, type LearnedReader, openLearnedReader } from '../log/learned-days.ts'
import { HISTORIES, type Histories, NO_HISTORIES, openHistories } from '../serving/histories.ts'
import type { ChangeFeed } from '../store/change-feed.ts'
import type { Database } from '../store/database.ts'
import type { Secrets } from '../store/secrets.ts'
import type { Log } from '../telemetry/log.ts'
import { allOf, type Stores } from './stores.ts'

export interface Snapshots {
  readonly keeper: SnapshotKeeper
  /** What training knows of shoppers, as of its latest run. */
  histories(): Histories
}

interface SnapshotsWorld {
  readonly database: Database
  readonly stores: Stores
  readonly feed: ChangeFeed
  readonly switches: CombinedFlags
  readonly secrets: Secrets
  readonly folder: string
  readonly log: Log
}

/** In case an announcement was lost. */
const REFRESH_MS = 30_000
/** After a reading that failed. */
const AGAIN_MS = 1_000
const ALL: readonly Topic[] = ['settings', 'items', 'models', 'flags', 'moments']
/** Folds may follow each other more quickly than anybody needs to learn. */
const LEARN_EVERY_MS = 250
/** Beliefs that take long are made the more seldom: after one of 40 ms there are 400 for everything else, and never more than half a second. */
const BELIEVING_SHARE = 10
const LEARN_MOST_MS = 500

/** Reads once; with the database away, recalls what the last life knew. */
export async function openSnapshots({
  database,
  stores,
  feed,
  switches,
  secrets,
  folder,
  log,
}: SnapshotsWorld): Promise<Snapshots & { close(): Promise<void> }> {
  let histories: Histories = NO_HISTORIES
  let historiesVersion = ''
  const readLearned = openLearnedReader(database, FEATURE_NAMES.length)
  const keeper = openKeeper({
    folder,
    seed: secrets.seed,
    source: {
      settings: async () => ({
        surfaces: await allOf(stores.surfaces),
        policies: await allOf(stores.policies),
        running: await stores.experiments.runningEpochs(),
        pressures: (await stores.exposureControls.list()).map(({ surface, field, value, pressure }) => ({
          surface,
          field,
          value,
          pressure,
        })),
      }),
      items: () => stores.items.load(),
      models: (known) => stores.models.open(known),
      moments: (running) => momentsOf(readLearned, running),
      killed: () => switches.killed(),
      save: (id, body) => stores.snapshots.save(id, body),
    },
    onFault: (what, error) => log.fault(`Could not ${what}.`, error),
    onSwap: (_snapshot, models) => {
      const body = models.get(HISTORIES)
      if (!body || body.version === historiesVersion) return
      histories = openHistories(body.bytes)
      historiesVersion = body.version
    },
  })
  const refresh = (topics: readonly Topic[]) =>
    keeper
      .refresh(topics)
      .catch((error: unknown) => log.warn(`The settings could not be read; the last good snapshot stays: ${(error as Error).message}`))
  let learning: NodeJS.Timeout | undefined
  let learnedAt = Number.NEGATIVE_INFINITY
  const learnSoon = () => {
    learning ??= setTimeout(
      () => {
        learning = undefined
        learnedAt = performance.now()
        void refresh(['moments'])
      },
      Math.max(0, learnedAt + pauseAfter(keeper.believingMs()) - performance.now()),
    ).unref()
  }
  const forget = feed.onChange((topic) => {
    if (topic === 'moments') learnSoon()
    else if (topic === 'settings' || topic === 'items' || topic === 'models') void refresh([topic])
  })
  const forgetFlags = switches.onChange(() => void refresh(['flags']))
  await keeper.refresh(ALL).catch(async (error: Error) => {
    const known = await keeper.recall()
    log.warn(
      `The settings could not be read (${error.message}); ${known ? 'deciding as in the last life' : 'nothing is kept on disk either'}`,
    )
  })
  const onFault = () => undefined
  const beats = [
    beat({ everyMs: REFRESH_MS, task: () => keeper.refresh(ALL), onFault }),
    beat({ everyMs: AGAIN_MS, task: async () => keeper.behind() && keeper.refresh([]), onFault }),
  ]
  return {
    keeper,
    histories: () => histories,
    close: async () => {
      forget()
      forgetFlags()
      clearTimeout(learning)
      await Promise.all(beats.map((one) => one.close()))
      await keeper.close()
    },
  }
}

function pauseAfter(believingMs: number): number {
  return Math.min(LEARN_MOST_MS, Math.max(LEARN_EVERY_MS, BELIEVING_SHARE * believingMs))
}

/** One bandit after the other: they are few. */
async function momentsOf(read: LearnedReader, running: readonly RunningEpoch[]): Promise<ReadonlyMap<number, Learned>> {
  const moments = new Map<number, Learned>()
  for (const { epochId, settings, allocation } of running) {
    const hasFloors = allocation.kind === 'thompson' && allocation.objectives.some(({ floor }) => floor)
    if (settings.allocation.kind !== 'thompson') continue
    const question = { contexts: hasFloors ? CONTEXTS_MAX : 0, logits: settings.allocation.model === 'logistic' }
    moments.set(epochId, await read(epochId, question))
  }
  return moments
}
