/**
 * The keeper of the snapshot: reads what changed, builds the next one beside the old, swaps. A failure keeps the last good one.
 *
 * Parts are read by topic, so that a change of stock does not open every model again. What was read last is also kept in a file, so that a
 * node which starts while the database is away decides as it did before.
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Snapshot } from '../decisions/snapshot.ts'
import { type CatalogueItem, catalogueOf } from '../policies/catalogue.ts'
import { bodyOf, type ModelBody, rankersOf, type Seed, type Settings, type SnapshotParts, snapshotOf } from './snapshot-of.ts'

/** What a change can be about. */
export type Topic = 'settings' | 'items' | 'models' | 'flags'

export interface SnapshotSource {
  settings(): Promise<Settings>
  items(): Promise<readonly CatalogueItem[]>
  /** Newest active model of every policy; bodies that the keeper has already (by version) may be left out of the read. */
  models(known: ReadonlyMap<string, ModelBody>): Promise<readonly ModelBody[]>
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
}

export interface SnapshotKeeper {
  current(): Snapshot | null
  /** Milliseconds since 1970 of the last successful reading; 0 before the first. */
  readAt(): number
  /** Reads the topics again and swaps. Calls during a run are gathered into the next one. Rejects when the reading fails. */
  refresh(topics: readonly Topic[]): Promise<void>
  /** Resolves when nothing is being read: what was changed before the call is in the snapshot then, or could not be read. */
  settled(): Promise<void>
  /** Decides from the file of an earlier life; false when there is none. */
  recall(): Promise<boolean>
}

interface Read {
  settings: Settings
  items: readonly CatalogueItem[]
  models: ReadonlyMap<string, ModelBody>
}

const FILE = 'last-snapshot.bin'
const ALL: readonly Topic[] = ['settings', 'items', 'models', 'flags']

export function openKeeper(options: KeeperOptions): SnapshotKeeper {
  const { source, folder, onFault } = options
  let read: Read | null = null
  let parts: SnapshotParts | null = null
  let snapshot: Snapshot | null = null
  let readAt = 0
  let waiting = new Set<Topic>()
  let running: Promise<void> | null = null

  const load = async (topics: ReadonlySet<Topic>): Promise<Read> => {
    const known = read?.models ?? new Map<string, ModelBody>()
    const [settings, items, models] = await Promise.all([
      topics.has('settings') || !read ? source.settings() : read.settings,
      topics.has('items') || !read ? source.items() : read.items,
      topics.has('models') || !read ? source.models(known) : [...known.values()],
    ])
    return { settings, items, models: new Map(models.map((model) => [model.policy, model])) }
  }

  const swap = (next: Read, topics: ReadonlySet<Topic>): void => {
    const sameItems = parts !== null && next.items === read?.items
    const catalogue = sameItems ? parts!.catalogue : catalogueOf(next.items)
    const sameRankers = sameItems && !topics.has('models') && next.settings.policies === read?.settings.policies
    const rankers = sameRankers
      ? parts!.rankers
      : rankersOf(next.settings.policies, next.models, {
          catalogue,
          onFault: (policy, error) => onFault(`open the model of ${policy}`, error),
        })
    parts = { settings: next.settings, catalogue, rankers, killed: source.killed() }
    read = next
    const fresh = snapshotOf(parts, options.seed)
    const changed = fresh.id !== snapshot?.id
    snapshot = fresh
    options.onSwap?.(fresh, next.models)
    if (changed) source.save(fresh.id, bodyOf(parts)).catch((error: unknown) => onFault('keep the snapshot for replay', error))
  }

  const run = async (): Promise<void> => {
    while (waiting.size > 0) {
      const topics = waiting
      waiting = new Set()
      try {
        const next = await load(topics)
        swap(next, topics)
        readAt = Date.now()
      } catch (error) {
        for (const topic of topics) waiting.add(topic)
        throw error
      }
      if ([...topics].some((topic) => topic !== 'flags'))
        await remember(folder, read!).catch((error: unknown) => onFault('keep the snapshot on disk', error))
    }
  }

  return {
    current: () => snapshot,
    readAt: () => readAt,
    refresh: (topics) => {
      for (const topic of read ? topics : ALL) waiting.add(topic)
      running ??= run().finally(() => {
        running = null
      })
      return running
    },
    settled: async () => {
      await running?.catch(() => undefined)
    },
    recall: async () => {
      const remembered = await recall(folder)
      if (remembered) swap(remembered, new Set(ALL))
      return remembered !== null
    },
  }
}

async function remember(folder: string, read: Read): Promise<void> {
  const file = join(folder, FILE)
  await writeFile(`${file}.new`, serialize(read), { mode: 0o600 })
  await rename(`${file}.new`, file)
}

async function recall(folder: string): Promise<Read | null> {
  try {
    return deserialize(await readFile(join(folder, FILE))) as Read
  } catch {
    return null
  }
}
