/**
 * The drain: when the database is back, what waits in the spool goes in, oldest first, each row once.
 *
 * It writes with a connection of its own, in batches that are idempotent, and removes a segment only after its last batch is committed. When
 * PostgreSQL refuses the rows themselves, the batch is halved until the bad row stands alone; that one is put aside in the spool's folder.
 */
import pg from 'pg'
import { failureOf } from './failure.ts'
import { discard } from './lane.ts'
import type { Spool } from './spool.ts'

export interface DrainOptions {
  readonly url: string
  readonly spool: Spool
  /** Commits the rows; the same rows may come again. Rejects when they are not committed. */
  readonly write: (client: pg.Client, payloads: readonly Buffer[]) => Promise<void>
  /** A row that PostgreSQL will never take was put aside, for this reason. */
  readonly onRejected?: ((because: string) => void) | undefined
}

export interface DrainCounters {
  drained: number
  torn: number
  rejected: number
  failures: number
}

export interface Drain {
  readonly counters: Readonly<DrainCounters>
  /** There may be something to do: looks soon. */
  wake(): void
  /** What is under way is broken off: it comes again in the next life. */
  close(): Promise<void>
}

const BATCH_ROWS = 500
/** Appends that fall into this moment share a segment. */
const SOON_MS = 100
const BACK_OFF_MS = { least: 250, most: 5_000 }
const LIMITS = { connectionTimeoutMillis: 500, statement_timeout: 10_000, query_timeout: 10_500, lock_timeout: 5_000 }

/** Starts at once with what an earlier life left behind. */
export function openDrain({ url, spool, write, onRejected }: DrainOptions): Drain {
  const counters: DrainCounters = { drained: 0, torn: 0, rejected: 0, failures: 0 }
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let client: pg.Client | null = null
  /** Looks in vain since the last segment went in: the database is away, or what waits belongs to a process that still lives. */
  let vain = 0
  let closed = false

  function wake(): void {
    if (!running && !timer) schedule(SOON_MS)
  }

  function schedule(delay: number): void {
    if (closed || spool.backlogBytes() === 0) return
    timer = setTimeout(() => {
      timer = undefined
      running = drainAll().finally(() => {
        running = null
        schedule(vain === 0 ? SOON_MS : Math.min(BACK_OFF_MS.least * 2 ** vain, BACK_OFF_MS.most))
      })
    }, delay)
    timer.unref()
  }

  async function drainAll(): Promise<void> {
    const connection = new pg.Client({ connectionString: url, application_name: 'croupier drain', ...LIMITS })
    connection.on('error', () => {})
    client = connection
    try {
      await connection.connect()
      const segments = await spool.seal()
      for (const segment of segments) {
        if (closed) return
        await drainSegment(connection, segment)
      }
      vain = segments.length > 0 ? 0 : vain + 1
    } catch {
      vain += 1
      counters.failures += 1
    } finally {
      await connection.end().catch(() => {})
    }
  }

  async function drainSegment(client: pg.Client, segment: string): Promise<void> {
    const { payloads, torn } = await spool.read(segment)
    for (let i = 0; i < payloads.length; i += BATCH_ROWS) await put(client, payloads.slice(i, i + BATCH_ROWS))
    await spool.remove(segment)
    counters.torn += torn
  }

  async function put(client: pg.Client, payloads: readonly Buffer[]): Promise<void> {
    try {
      await write(client, payloads)
      counters.drained += payloads.length
    } catch (error) {
      if (failureOf(error) !== 'poison') throw error
      if (payloads.length > 1) {
        const half = payloads.length >> 1
        await put(client, payloads.slice(0, half))
        await put(client, payloads.slice(half))
      } else {
        await spool.reject(payloads)
        counters.rejected += 1
        onRejected?.((error as Error).message)
      }
    }
  }

  wake()
  return {
    counters,
    wake,
    async close() {
      closed = true
      clearTimeout(timer)
      if (running && client) discard(client)
      await running
    },
  }
}
