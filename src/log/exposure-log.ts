/**
 * The exposure log: an exposure is in the table, or in the fsynced spool, before its slate is answered.
 *
 *     append ─▶ group commit ─▶ lane 1 | lane 2 ─▶ table            no lane up, an error, no answer within patienceMs ─▶ spool ─▶ drain
 *
 * After a failure nobody knows whether the rows were committed. The same rows with the same ids go to the spool, and the drain leaves out
 * what is in the table already, so a row is never there twice.
 */
import type { Exposure } from '../decisions/exposure.ts'
import { openRowsEncoder, type RowsEncoder } from './copy-rows.ts'
import { type Drain, type DrainCounters, openDrain } from './drain.ts'
import { flush, prepareFlushes } from './exposure-flush.ts'
import { failureOf } from './failure.ts'
import { type Batch, type GroupCommit, openGroupCommit, type Waiting } from './group-commit.ts'
import { hexOf, type KeyedExposure, keyedParameters } from './keyed-rows.ts'
import { type Lane, Overdue, openLane } from './lane.ts'
import type { Appended, ExposureLog, RequestKey } from './log.ts'
import { openRecentKeys, type RecentKeys } from './recent-keys.ts'
import { type Kept, openSpool, type Spool } from './spool.ts'
import { exposureFrom, spooledOf } from './spooled-exposure.ts'
import { statement } from './statement.ts'

export interface ExposureLogOptions {
  readonly url: string
  /** A folder for this process alone; made when it is not there. */
  readonly spoolFolder: string
  /** How long a slate waits for PostgreSQL before its exposure goes to the spool. */
  readonly patienceMs?: number
  /** Connections, each with at most one flush in flight. */
  readonly lanes?: number
  /** A spooled row that PostgreSQL will never take was put aside, for this reason. */
  readonly onRejected?: (because: string) => void
}

interface OwnCounters {
  /** Rows and transactions that PostgreSQL committed in time. */
  rows: number
  batches: number
  /** Time of those transactions: the longest, and all together. */
  flushMsMax: number
  flushMsSum: number
  /** Transactions without an answer in time, and those that failed otherwise. */
  overdue: number
  failed: number
  spooled: number
  lost: number
  repeated: number
  conflicts: number
}

export interface DurableExposureLog extends ExposureLog {
  readonly counters: Readonly<OwnCounters>
  readonly drainCounters: Readonly<DrainCounters>
  /** Whether PostgreSQL takes exposures now. */
  connected(): boolean
  /** Bytes that wait in the spool. */
  backlogBytes(): number
}

/**
 * A slate has 150 ms; a flush takes 1–3 ms. Measured on two cores with six busy loops beside it, 6 of 1,800 flushes took longer than this; as
 * their lane keeps its connection (lane.ts), the spool takes those few batches and nothing else slows down.
 */
const PATIENCE_MS = 60
const LANES = 2
const ROWS_MAX = 512
/** Three seconds at 3,000 requests a second: who would wait longer goes to the disk. */
const QUEUE_MAX = 8_192
const TABLE: Appended = { kind: 'table' }
const SPOOL: Appended = { kind: 'spool' }
/** For the memory of keys: there is nothing to wait for. */
const IN_TABLE: Promise<Kept> = Promise.resolve({ kind: 'kept' })
const CONFLICT: Appended = { kind: 'conflict' }
const DRAIN = statement('append-idempotent')

type Pending = Waiting<KeyedExposure, Appended>

/** Opens the log; resolves when the first attempt to connect is over. Rejects only when the spool's folder cannot be made. */
export async function openExposureLog(options: ExposureLogOptions): Promise<DurableExposureLog> {
  const log = new PostgresExposureLog(options)
  await log.open(options)
  return log
}

class PostgresExposureLog implements DurableExposureLog {
  readonly #spool: Spool
  readonly #drain: Drain
  readonly #recentKeys: RecentKeys = openRecentKeys()
  readonly #patienceMs: number
  #lanes: readonly Lane[] = []
  #commit!: GroupCommit<KeyedExposure, Appended>
  readonly counters: OwnCounters = {
    rows: 0,
    batches: 0,
    flushMsMax: 0,
    flushMsSum: 0,
    overdue: 0,
    failed: 0,
    spooled: 0,
    lost: 0,
    repeated: 0,
    conflicts: 0,
  }

  constructor({ url, spoolFolder, patienceMs = PATIENCE_MS, onRejected }: ExposureLogOptions) {
    this.#patienceMs = patienceMs
    this.#spool = openSpool(spoolFolder)
    this.#drain = openDrain({
      url,
      spool: this.#spool,
      onRejected,
      write: async (client, payloads) => {
        const rows = payloads.map(exposureFrom)
        await client.query({ name: 'append-idempotent', text: DRAIN, values: [...keyedParameters(rows, true)] })
      },
    })
  }

  async open({ url, lanes = LANES }: ExposureLogOptions): Promise<void> {
    const onReady = () => {
      this.#commit?.pump()
      this.#drain.wake()
    }
    const open = () =>
      openLane({ url, name: 'croupier exposures', prepare: async (client) => void (await prepareFlushes(client)), onReady })
    this.#lanes = await Promise.all(Array.from({ length: lanes }, open))
    this.#commit = openGroupCommit<KeyedExposure, Appended>({
      lanes: this.#lanes.map((lane) => {
        const encoder = openRowsEncoder()
        return { ready: () => lane.ready(), flush: (batch) => this.#flush(batch, lane, encoder) }
      }),
      overflow: (batch) => this.#toSpool(batch),
      rowsMax: ROWS_MAX,
      queueMax: QUEUE_MAX,
    })
  }

  get drainCounters(): Readonly<DrainCounters> {
    return this.#drain.counters
  }

  connected(): boolean {
    return this.#lanes.some((lane) => lane.ready())
  }

  backlogBytes(): number {
    return this.#spool.backlogBytes()
  }

  append(exposure: Exposure, key?: RequestKey): Promise<Appended> {
    const given = key && this.#recentKeys.find(hexOf(key.key))
    if (!given) return this.#commit.append({ exposure, key })
    return given.kept.then((kept) => (kept.kind === 'lost' ? kept : this.#repeated(key, given)))
  }

  async close(): Promise<void> {
    await this.#commit.idle()
    await this.#drain.close()
    await this.#spool.close()
    await Promise.all(this.#lanes.map((lane) => lane.close()))
  }

  async #flush(batch: Batch<KeyedExposure, Appended>, lane: Lane, encoder: RowsEncoder): Promise<void> {
    const { plain, keyed, twins } = partsOf(batch)
    const rows = plain.length > 0 ? encoder.rowsMessage(plain.map(({ row }) => row.exposure)) : null
    const work = { rows, keyed: Array.from(keyed.values(), ({ row }) => row) }
    const start = performance.now()
    try {
      const send = () => lane.run((client) => flush(client, work), this.#patienceMs)
      const repeated = await send().catch((error) => (failureOf(error) === 'again' ? send() : Promise.reject(error)))
      this.#count(batch.length - twins.length - repeated.size, performance.now() - start)
      for (const { resolve } of plain) resolve(TABLE)
      for (const [hex, { row, resolve }] of keyed) {
        const given = repeated.get(hex)
        if (!given) this.#recentKeys.remember(row.key!, IN_TABLE)
        resolve(given ? this.#repeated(row.key!, given) : TABLE)
      }
    } catch (error) {
      if (error instanceof Overdue) this.counters.overdue += 1
      else this.counters.failed += 1
      this.#toSpool([...plain, ...keyed.values()])
    }
    for (const { row, resolve } of twins) void this.append(row.exposure, row.key).then(resolve)
  }

  #toSpool(batch: Batch<KeyedExposure, Appended>): void {
    for (const { row, resolve } of batch) {
      const given = row.key && this.#recentKeys.find(hexOf(row.key.key))
      if (given) {
        void this.append(row.exposure, row.key).then(resolve)
        continue
      }
      const kept = this.#spool.append(spooledOf(row))
      if (row.key) this.#recentKeys.remember(row.key, kept)
      void kept.then((outcome) => {
        if (outcome.kind === 'kept') this.counters.spooled += 1
        else this.counters.lost += 1
        resolve(outcome.kind === 'kept' ? SPOOL : outcome)
        this.#drain.wake()
      })
    }
  }

  #repeated(key: RequestKey, given: { readonly bodyHash: string; readonly response: Uint8Array }): Appended {
    if (given.bodyHash !== hexOf(key.bodyHash)) {
      this.counters.conflicts += 1
      return CONFLICT
    }
    this.counters.repeated += 1
    return { kind: 'repeated', response: given.response }
  }

  #count(rows: number, ms: number): void {
    this.counters.rows += rows
    this.counters.batches += 1
    this.counters.flushMsSum += ms
    if (ms > this.counters.flushMsMax) this.counters.flushMsMax = ms
  }
}

interface Parts {
  readonly plain: readonly Pending[]
  /** The first row of each request key, by its hex. */
  readonly keyed: ReadonlyMap<string, Pending>
  /** Further rows of the same keys: they come again when the first has its answer. */
  readonly twins: readonly Pending[]
}

function partsOf(batch: Batch<KeyedExposure, Appended>): Parts {
  const plain: Pending[] = []
  const keyed = new Map<string, Pending>()
  const twins: Pending[] = []
  for (const pending of batch) {
    const { key } = pending.row
    if (!key) {
      plain.push(pending)
      continue
    }
    const hex = hexOf(key.key)
    if (keyed.has(hex)) twins.push(pending)
    else keyed.set(hex, pending)
  }
  return { plain, keyed, twins }
}
