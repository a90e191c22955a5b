/**
 * What a snapshot was last built from, and the copy of it on disk that outlives a restart without a database.
 *
 * Settings and models are written as soon as they change. A busy shop changes its stock every second, and writing a large catalogue each
 * time would cost more than reading it: items and what bandits learn are written once in a while. Nothing is written when nothing changed.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { isSameLearning, type Learned } from '../log/learned-days.ts'
import type { CatalogueItem } from '../policies/catalogue.ts'
import { keepBodies, recallBodies, replace, sweepBodies } from './kept-bodies.ts'
import type { ModelBody, Settings } from './snapshot-of.ts'

export interface Reading {
  readonly settings: Settings
  readonly items: readonly CatalogueItem[]
  readonly models: ReadonlyMap<string, ModelBody>
  /** What bandits have learned, by epoch. */
  readonly moments: ReadonlyMap<number, Learned>
}

export interface LastReading {
  /** Keeps a reading; resolves when what matters at once is on disk. Rejects when the disk refuses it. */
  keep(reading: Reading): Promise<void>
  /** What an earlier life kept; null when there is nothing, or nothing that this release can read. */
  recall(): Promise<Reading | null>
  /** Writes what still waits. */
  close(): Promise<void>
}

export interface LastReadingOptions {
  readonly folder: string
  /** A write that nobody waits for failed. */
  readonly onFault: (error: unknown) => void
  /** Pause between two writes for the sake of items and moments alone, in milliseconds. */
  readonly pauseMs?: number
}

const FILE = 'last-snapshot.bin'
/** Of the file: another one is not read. */
const FORMAT = 4
const PAUSE_MS = 10_000
const FIELDS = Object.keys({
  itemNo: 0,
  itemId: 0,
  title: 0,
  category: 0,
  brand: 0,
  priceMinor: 0,
  marginMinor: 0,
  stock: 0,
  discontinued: 0,
  seller: 0,
  returnRate: 0,
  addedSeconds: 0,
  countries: 0,
} satisfies Record<keyof CatalogueItem, 0>) as readonly (keyof CatalogueItem)[]

/** As the file has it: bodies of models lie beside it. */
interface Kept extends Omit<Reading, 'models'> {
  readonly format: number
  readonly models: ReadonlyMap<string, Omit<ModelBody, 'bytes'>>
}

export function openLastReading({ folder, onFault, pauseMs = PAUSE_MS }: LastReadingOptions): LastReading {
  const file = join(folder, FILE)
  let written: Reading | null = null
  let writtenAt = Number.NEGATIVE_INFINITY
  let waiting: Reading | null = null
  let timer: NodeJS.Timeout | undefined
  let turn: Promise<void> = Promise.resolve()

  const write = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const reading = waiting
    if (!reading) return turn
    const work = turn.then(async () => {
      writtenAt = performance.now()
      // Large models go to files of their own: copying them into one block would hold up the event loop.
      const names = await keepBodies(folder, [...reading.models.values()])
      const models = new Map([...reading.models].map(([slot, { bytes: _, ...name }]) => [slot, name]))
      await replace(file, serialize({ format: FORMAT, ...reading, models }))
      await sweepBodies(folder, names)
      written = reading
      if (waiting === reading) waiting = null
    })
    turn = work.catch(() => undefined)
    return work
  }

  return {
    async keep(reading) {
      if (written && isSame(written, reading)) {
        waiting = null
        return
      }
      waiting = reading
      if (written?.settings !== reading.settings || written.models !== reading.models) return write()
      const pause = Math.max(0, writtenAt + pauseMs - performance.now())
      timer ??= setTimeout(() => void write().catch(onFault), pause).unref()
    },
    async recall() {
      try {
        const { format, models, ...reading } = deserialize(await readFile(file)) as Kept
        return format === FORMAT ? { ...reading, models: await recallBodies(folder, models) } : null
      } catch {
        return null
      }
    },
    async close() {
      await write().catch(onFault)
    },
  }
}

/** The next reading with everything that did not change taken from the one before, so that "the same" can be asked with ===. */
export function withWhatIsSame(before: Reading | null, next: Reading): Reading {
  if (!before) return next
  const settings = isDeepStrictEqual(before.settings, next.settings)
    ? before.settings
    : settingsWithWhatIsSame(before.settings, next.settings)
  return {
    settings,
    items: areSameItems(before.items, next.items) ? before.items : next.items,
    models: haveSameVersions(before.models, next.models) ? before.models : next.models,
    moments: momentsWithWhatIsSame(before.moments, next.moments),
  }
}

/** Rankers hang on the policies: a new experiment must not open them again. */
function settingsWithWhatIsSame(before: Settings, next: Settings): Settings {
  return isDeepStrictEqual(before.policies, next.policies) ? { ...next, policies: before.policies } : next
}

/** A deep comparison would take as long as reading; 100,000 items take this one some 15 ms. */
function areSameItems(before: Reading['items'], next: Reading['items']): boolean {
  return before.length === next.length && next.every((item, i) => FIELDS.every((field) => item[field] === before[i]![field]))
}

function haveSameVersions(before: Reading['models'], next: Reading['models']): boolean {
  const isSame = (slot: string, { version, role, calibration = null }: ModelBody) => {
    const known = before.get(slot)
    return known?.version === version && known.role === role && isDeepStrictEqual(known.calibration ?? null, calibration)
  }
  return before.size === next.size && [...next].every(([slot, model]) => isSame(slot, model))
}

/** A fold that moved one bandit leaves the others alone; one that moved none leaves the map. */
function momentsWithWhatIsSame(before: Reading['moments'], next: Reading['moments']): Reading['moments'] {
  const kept = new Map(
    [...next].map(([epochId, learned]) => {
      const known = before.get(epochId)
      return [epochId, known && isSameLearning(known, learned) ? known : learned] as const
    }),
  )
  const isSameMap = before.size === kept.size && [...kept].every(([epochId, learned]) => before.get(epochId) === learned)
  return isSameMap ? before : kept
}

function isSame(one: Reading, other: Reading): boolean {
  return one.settings === other.settings && one.items === other.items && one.models === other.models && one.moments === other.moments
}
