/**
 * The snapshots that decisions were made under, by the hash of their content, so that a decision can be replayed.
 *
 * Every snapshot that served is kept, in at most one statement a second. Of those older than some days, the last one of each hour stays.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './database.ts'

export interface SnapshotStore {
  /** Resolves when the body is kept, at once when it was kept before. Rejects when that fails; it is tried again with what comes later. */
  save(id: string, body: object): Promise<void>
  load(id: string): Promise<Readonly<Record<string, unknown>> | null>
  /** Thins out what is older than so many days; tells how many went. */
  prune(days: number): Promise<number>
}

const PAUSE_MS = 1_000
const RETRY_MS = 5_000
const IDS_REMEMBERED = 1_000

const PRUNE = `
DELETE FROM snapshots s
WHERE s.as_of < now() - $1::integer * interval '1 day' AND EXISTS (
  SELECT 1 FROM snapshots later WHERE date_trunc('hour', later.as_of) = date_trunc('hour', s.as_of) AND (later.as_of, later.id) > (s.as_of, s.id)
)`

/** `build`: names the program that decided; other programs may decide otherwise. */
export function snapshotStore(database: Database, build: string): SnapshotStore {
  const saved = new Set<string>()
  let waiting = new Map<string, object>()
  let coming: Promise<void> | null = null
  let nextAt = 0

  async function write(): Promise<void> {
    await sleep(Math.max(0, nextAt - performance.now()))
    const batch = waiting
    waiting = new Map()
    coming = null
    nextAt = performance.now() + PAUSE_MS
    try {
      const rows = [...batch].map(([id, body]) => ({ id, body: JSON.stringify(body), build_hash: build }))
      await database.knex('snapshots').insert(rows).onConflict('id').ignore()
    } catch (error) {
      for (const [id, body] of batch) if (waiting.size < IDS_REMEMBERED) waiting.set(id, body)
      setTimeout(() => void writeSoon().catch(() => {}), RETRY_MS).unref()
      throw error
    }
    if (saved.size > IDS_REMEMBERED) saved.clear()
    for (const id of batch.keys()) saved.add(id)
  }

  function writeSoon(): Promise<void> {
    coming ??= write()
    return coming
  }

  return {
    save(id, body) {
      if (saved.has(id)) return Promise.resolve()
      waiting.set(id, body)
      return writeSoon()
    },
    async load(id) {
      const row = await database.knex('snapshots').where({ id }).first('body')
      return row?.body ?? null
    },
    async prune(days) {
      return (await database.learner.query(PRUNE, [days])).rowCount ?? 0
    },
  }
}
