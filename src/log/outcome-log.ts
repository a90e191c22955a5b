/**
 * The outcome log: an outcome is in the table, or in the fsynced spool, before it is acknowledged; and it counts once for ever.
 *
 * Requests that arrive together share a statement. When the database is away, fails or does not answer, outcomes are queued in the spool
 * under their own ids; the drain meets the same unique key as everybody else.
 */
import { type Drain, type DrainCounters, openDrain } from './drain.ts'
import { failureOf } from './failure.ts'
import { type Batch, type GroupCommit, openGroupCommit } from './group-commit.ts'
import { type Lane, Overdue, openLane } from './lane.ts'
import type { OutcomeAnswer, OutcomeLog, OutcomeRecord } from './log.ts'
import { type Written, writeOutcomes } from './outcome-rows.ts'
import { openSpool, type Spool } from './spool.ts'
import { outcomeFrom, spooledOutcomeOf } from './spooled-outcome.ts'

export interface OutcomeLogOptions {
  readonly url: string
  /** A folder for this process alone; made when it is not there. */
  readonly spoolFolder: string
  readonly patienceMs?: number
  readonly lanes?: number
  /** A spooled row that PostgreSQL will never take was put aside, for this reason. */
  readonly onRejected?: (because: string) => void
}

interface OwnCounters {
  accepted: number
  duplicates: number
  conflicts: number
  batches: number
  overdue: number
  failed: number
  queued: number
  lost: number
}

export interface DurableOutcomeLog extends OutcomeLog {
  readonly counters: Readonly<OwnCounters>
  readonly drainCounters: Readonly<DrainCounters>
  connected(): boolean
  backlogBytes(): number
}

/** No shopper waits for an outcome; a server that needs longer is in trouble. */
const PATIENCE_MS = 1_000
const LANES = 2
const ROWS_MAX = 1_000
const QUEUE_MAX = 20_000
const TRIES = 3

/** Opens the log; resolves when the first attempt to connect is over. Rejects only when the spool's folder cannot be made. */
export async function openOutcomeLog(options: OutcomeLogOptions): Promise<DurableOutcomeLog> {
  const log = new PostgresOutcomeLog(options)
  await log.open(options)
  return log
}

class PostgresOutcomeLog implements DurableOutcomeLog {
  readonly #spool: Spool
  readonly #drain: Drain
  readonly #patienceMs: number
  #lanes: readonly Lane[] = []
  #commit!: GroupCommit<OutcomeRecord, OutcomeAnswer>
  readonly counters: OwnCounters = { accepted: 0, duplicates: 0, conflicts: 0, batches: 0, overdue: 0, failed: 0, queued: 0, lost: 0 }

  constructor({ url, spoolFolder, patienceMs = PATIENCE_MS, onRejected }: OutcomeLogOptions) {
    this.#patienceMs = patienceMs
    this.#spool = openSpool(spoolFolder)
    this.#drain = openDrain({
      url,
      spool: this.#spool,
      onRejected,
      write: async (client, payloads) => this.#count(await writeOutcomes(client, payloads.map(outcomeFrom))),
    })
  }

  async open({ url, lanes = LANES }: OutcomeLogOptions): Promise<void> {
    const onReady = () => {
      this.#commit?.pump()
      this.#drain.wake()
    }
    this.#lanes = await Promise.all(Array.from({ length: lanes }, () => openLane({ url, name: 'croupier outcomes', onReady })))
    this.#commit = openGroupCommit<OutcomeRecord, OutcomeAnswer>({
      lanes: this.#lanes.map((lane) => ({ ready: () => lane.ready(), flush: (batch) => this.#flush(batch, lane) })),
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

  append(outcomes: readonly OutcomeRecord[]): Promise<readonly OutcomeAnswer[]> {
    return this.#commit.appendAll(outcomes)
  }

  async close(): Promise<void> {
    await this.#commit.idle()
    await this.#drain.close()
    await this.#spool.close()
    await Promise.all(this.#lanes.map((lane) => lane.close()))
  }

  async #flush(batch: Batch<OutcomeRecord, OutcomeAnswer>, lane: Lane): Promise<void> {
    try {
      const written = await this.#write(
        batch.map(({ row }) => row),
        lane,
      )
      this.#count(written)
      batch.forEach(({ resolve }, i) => {
        resolve(written[i]!)
      })
    } catch (error) {
      if (failureOf(error) === 'poison') return this.#halve(batch, lane)
      if (error instanceof Overdue) this.counters.overdue += 1
      else this.counters.failed += 1
      this.#toSpool(batch)
    }
  }

  async #write(records: readonly OutcomeRecord[], lane: Lane): Promise<readonly Written[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await lane.run((client) => writeOutcomes(client, records), this.#patienceMs)
      } catch (error) {
        if (failureOf(error) !== 'again' || tries === TRIES) throw error
      }
    }
  }

  /** PostgreSQL refuses a row for what it is: find it, so that it spoils no other. */
  async #halve(batch: Batch<OutcomeRecord, OutcomeAnswer>, lane: Lane): Promise<void> {
    if (batch.length === 1) {
      this.counters.lost += 1
      return batch[0]!.resolve('lost')
    }
    const half = batch.length >> 1
    await this.#flush(batch.slice(0, half), lane)
    await this.#flush(batch.slice(half), lane)
  }

  #toSpool(batch: Batch<OutcomeRecord, OutcomeAnswer>): void {
    for (const { row, resolve } of batch) {
      void this.#spool.append(spooledOutcomeOf(row)).then(({ kind }) => {
        if (kind === 'kept') this.counters.queued += 1
        else this.counters.lost += 1
        resolve(kind === 'kept' ? 'queued' : 'lost')
        this.#drain.wake()
      })
    }
  }

  #count(written: readonly Written[]): void {
    this.counters.batches += 1
    for (const one of written) {
      if (one === 'accepted') this.counters.accepted += 1
      else if (one === 'duplicate') this.counters.duplicates += 1
      else this.counters.conflicts += 1
    }
  }
}
