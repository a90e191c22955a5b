/**
 * The keeper of the snapshot: reads what changed, builds the next one beside the old, swaps. A failure keeps the last good one.
 *
 * Parts are read by topic, and what turns out to be the same is not built again: a new experiment opens no model, and a fold none but the bandits it taught. What was read last is also
 * kept in a file, so that a node which starts while the database is away decides as it did before.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Seed } from '../decisions/running.ts'
import type { Snapshot } from '../decisions/snapshot.ts'
import type { Learned } from '../log/learned-days.ts'
import { type CatalogueItem, catalogueOf } from '../policies/catalogue.ts'
import { openBeliefs } from './beliefs.ts'
import { openLastReading, type Reading, withWhatIsSame } from './last-reading.ts'
import { frozenRankersOf, rankersOf, shadowRankersOf } from './open-rankers.ts'
import { keptBodyOf, type ModelBody, type Settings, type SnapshotParts, slotOf, snapshotOf } from './snapshot-of.ts'

/** What a change can be about. */
export type Topic = 'settings' | 'items' | 'models' | 'flags' | 'moments'

export interface SnapshotSource {
  settings(): Promise<Settings>
  items(): Promise<readonly CatalogueItem[]>
  /** The models to keep open; bodies that the keeper has already (by version) need not be read again. */
  models(known: readonly ModelBody[]): Promise<readonly ModelBody[]>
  /** What the bandits among the epochs have learned, by epoch. */
  moments(running: Settings['running']): Promise<ReadonlyMap<number, Learned>>
  killed(): ReadonlySet<string>
  /** Keeps a snapshot's body for replay. */
  save(id: string, body: object): Promise<void>
}

export interface KeeperOptions {
  readonly source: SnapshotSource
  readonly seed: Seed
  /** Folder of the file that survives the database. */
  readonly folder: string
  readonly onFault: (what: string, error: unknown) => void
  /** Called with every new snapshot and the models that came with it. */
  readonly onSwap?: (snapshot: Snapshot, models: ReadonlyMap<string, ModelBody>) => void
  /** Least pause between two writes of the file for the sake of items alone, in milliseconds. */
  readonly writePauseMs?: number
}

export interface SnapshotKeeper {
  current(): Snapshot | null
  /** Milliseconds since 1970 of the last successful reading; 0 before the first. */
  readAt(): number
  /** Reads the topics again and swaps. Calls during a run are gathered into the next one. Rejects when the reading fails. */
  refresh(topics: readonly Topic[]): Promise<void>
  /** Milliseconds of work that the beliefs of the last snapshot took, turns of others not counted. */
  believingMs(): number
  /** Whether something should have been read and could not be. */
  behind(): boolean
  /** Resolves when nothing is being read: what was changed before the call is in the snapshot then, or could not be read. */
  settled(): Promise<void>
  /** Decides from the file of an earlier life; false when there is none that serves. */
  recall(): Promise<boolean>
  /** Writes what still waits to be written. */
  close(): Promise<void>
}

const ALL: readonly Topic[] = ['settings', 'items', 'models', 'flags', 'moments']

export function openKeeper(options: KeeperOptions): SnapshotKeeper {
  const { source, folder, onFault, writePauseMs } = options
  const onWriteFault = (error: unknown) => onFault('keep the snapshot on disk', error)
  const last = openLastReading({ folder, onFault: onWriteFault, ...(writePauseMs === undefined ? {} : { pauseMs: writePauseMs }) })
  let read: Reading | null = null
  let parts: SnapshotParts | null = null
  let snapshot: Snapshot | null = null
  let readAt = 0
  let believingMs = 0
  const beliefsOf = openBeliefs((ms) => {
    believingMs += ms
  })
  let waiting = new Set<Topic>()
  let running: Promise<void> | null = null

  const load = async (topics: ReadonlySet<Topic>): Promise<Reading> => {
    const known = [...(read?.models.values() ?? [])]
    const [settings, items, readModels] = await Promise.all([
      topics.has('settings') || !read ? source.settings() : read.settings,
      topics.has('items') || !read ? source.items() : read.items,
      topics.has('models') || !read ? source.models(known) : known,
    ])
    // An experiment may have frozen a model between two announcements.
    const models = lacksFrozen(settings, readModels) ? await source.models(readModels) : readModels
    const isStale = topics.has('moments') || topics.has('settings')
    const moments = isStale || !read ? await source.moments(settings.running) : read.moments
    return withWhatIsSame(read, { settings, items, models: new Map(models.map((model) => [slotOf(model), model])), moments })
  }

  const swap = async (next: Reading): Promise<void> => {
    const catalogue = parts && next.items === read?.items ? parts.catalogue : catalogueOf(next.items)
    const sameRankers = catalogue === parts?.catalogue && next.models === read?.models && next.settings.policies === read.settings.policies
    const around = { catalogue, onFault: (policy: string, error: unknown) => onFault(`open the model of ${policy}`, error) }
    const { policies, running: epochs } = next.settings
    const before =
      parts && read && catalogue === parts.catalogue
        ? { policies: read.settings.policies, models: read.models, rankers: parts.rankers }
        : null
    const rankers = sameRankers ? parts!.rankers : await rankersOf(policies, next.models, around, before)
    const sameFrozen = sameRankers && isDeepStrictEqual(frozenIn(read?.settings), frozenIn(next.settings))
    const frozen = sameFrozen ? parts!.frozen! : await frozenRankersOf(epochs, { policies, models: next.models, rankers }, around)
    const shadows = sameRankers ? parts!.shadows! : await shadowRankersOf({ policies, models: next.models, rankers }, around)
    believingMs = 0
    const beliefs = await beliefsOf(next.settings.running, next.moments)
    const nextParts = { settings: next.settings, catalogue, rankers, frozen, shadows, killed: source.killed(), beliefs }
    const fresh = snapshotOf(nextParts, options.seed)
    const changed = fresh.id !== snapshot?.id
    parts = nextParts
    read = next
    snapshot = fresh
    options.onSwap?.(fresh, next.models)
    if (changed) source.save(fresh.id, keptBodyOf(parts)).catch((error: unknown) => onFault('keep the snapshot for replay', error))
  }

  const step = async (topics: ReadonlySet<Topic>): Promise<void> => {
    try {
      const next = await load(topics)
      await swap(next)
      readAt = Date.now()
    } catch (error) {
      for (const topic of topics) waiting.add(topic)
      throw error
    }
    await last.keep(read!).catch(onWriteFault)
  }

  /** Ends in the same breath in which it finds nothing to do: who asks a moment later starts the next run. */
  const run = async (): Promise<void> => {
    try {
      while (waiting.size > 0) {
        const topics = waiting
        waiting = new Set()
        await step(topics)
      }
    } finally {
      running = null
    }
  }

  return {
    current: () => snapshot,
    readAt: () => readAt,
    believingMs: () => believingMs,
    behind: () => waiting.size > 0 && running === null,
    async refresh(topics) {
      for (const topic of read ? topics : ALL) waiting.add(topic)
      if (waiting.size > 0) running ??= run()
      await running
    },
    settled: async () => {
      await running?.catch(() => undefined)
    },
    async recall() {
      const remembered = await last.recall()
      if (!remembered) return false
      try {
        await swap(remembered)
        return true
      } catch (error) {
        onFault('decide from the snapshot on disk', error)
        return false
      }
    },
    close: last.close,
  }
}

/** What running epochs have frozen. */
function frozenIn(settings: Settings | undefined): readonly unknown[] {
  return (settings?.running ?? []).flatMap(({ epochId, settings: { frozenModels } }) => (frozenModels ? [[epochId, frozenModels]] : []))
}

function lacksFrozen({ running }: Settings, models: readonly ModelBody[]): boolean {
  const has = new Set(models.map(({ policy, version }) => `${policy}@${version}`))
  const frozen = running.flatMap(({ settings: { frozenModels = [] } }) => frozenModels)
  return frozen.some(({ policy, version }) => version !== null && !has.has(`${policy.key}@${version}`))
}
