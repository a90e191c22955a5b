/**
 * A lane: one connection of its own that comes back by itself.
 *
 * A pool would hide the two things that matter here: whether this connection is up now, and that an answer is overdue. An overdue lane is
 * not ready, so that nobody queues behind it, but its connection lives on for a while: on a busy machine a commit may take longer than
 * its callers can wait, and reconnecting after every such moment would only add to the load.
 */
import pg from 'pg'
import { failureOf } from './failure.ts'

export interface LaneOptions {
  readonly url: string
  /** Shown in pg_stat_activity. */
  readonly name: string
  /** Makes a fresh connection ready for work; throws when it is of no use. */
  readonly prepare?: (client: pg.Client) => Promise<void>
  /** The lane became ready. */
  readonly onReady?: () => void
  /** Without an answer for this long the connection is given up. */
  readonly hungMs?: number
}

/** Nobody knows whether the work was done. */
export class Overdue extends Error {
  constructor(patienceMs: number) {
    super(`no answer within ${patienceMs} ms`)
  }
}

const CONNECT_MS = 500
const BACK_OFF_MS = { least: 50, most: 5_000 }
const HUNG_MS = 1_500

/** Connects; resolves when the first attempt succeeded or failed. */
export async function openLane(options: LaneOptions): Promise<Lane> {
  const lane = new Lane(options)
  await lane.connect()
  return lane
}

export class Lane {
  readonly #options: LaneOptions
  #client: pg.Client | null = null
  #overdue = false
  #closed = false
  #attempts = 0
  #retry: NodeJS.Timeout | undefined

  constructor(options: LaneOptions) {
    this.#options = options
  }

  ready(): boolean {
    return this.#client !== null && !this.#overdue
  }

  async connect(): Promise<void> {
    const { url, name, prepare, onReady } = this.#options
    const client = new pg.Client({ connectionString: url, application_name: name, connectionTimeoutMillis: CONNECT_MS, keepAlive: true })
    client.on('error', () => this.#lose(client))
    client.on('end', () => this.#lose(client))
    const late = setTimeout(() => discard(client), 2 * CONNECT_MS)
    try {
      await client.connect()
      await openSession(client)
      await prepare?.(client)
    } catch {
      discard(client)
      return this.#retryLater()
    } finally {
      clearTimeout(late)
    }
    if (this.#closed) return discard(client)
    this.#client = client
    onReady?.()
  }

  /** Runs work on the connection, one at a time. Rejects with the work's error, or with Overdue after `patienceMs`. */
  run<Result>(work: (client: pg.Client) => Promise<Result>, patienceMs: number): Promise<Result> {
    const client = this.#client
    if (!client) return Promise.reject(new Error('The lane is not connected.'))
    return new Promise<Result>((resolve, reject) => {
      let settled = false
      let hung: NodeJS.Timeout | undefined
      const late = () => {
        if (settled) return
        this.#overdue = true
        hung = setTimeout(() => discard(client), this.#options.hungMs ?? HUNG_MS)
        reject(new Overdue(patienceMs))
      }
      // When our own process was held up, the answer may be here already: let the loop read it before judging.
      const patience = setTimeout(() => setImmediate(late), patienceMs)
      const settle = (error?: unknown) => {
        settled = true
        clearTimeout(patience)
        clearTimeout(hung)
        this.#settle(client, error)
      }
      work(client).then(
        (result) => {
          settle()
          resolve(result)
        },
        (error) => {
          settle(error)
          reject(error)
        },
      )
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    const client = this.#client
    this.#client = null
    if (!client) return
    const late = setTimeout(() => discard(client), CONNECT_MS)
    await client.end().catch(() => {})
    clearTimeout(late)
  }

  #settle(client: pg.Client, error: unknown): void {
    if (error === undefined) this.#attempts = 0
    else if (failureOf(error) === 'away') this.#lose(client)
    if (!this.#overdue) return
    this.#overdue = false
    if (this.ready()) this.#options.onReady?.()
  }

  #lose(client: pg.Client): void {
    if (client !== this.#client) return
    this.#client = null
    discard(client)
    this.#retryLater()
  }

  /** A failing write counts like a failing connection: a read-only server is not asked again at once. */
  #retryLater(): void {
    if (this.#closed) return
    const delay = Math.min(BACK_OFF_MS.least * 2 ** this.#attempts++, BACK_OFF_MS.most)
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.connect(), delay * (0.5 + Math.random() / 2))
    this.#retry.unref()
  }
}

/** What is called durable has to be so, whatever the server's default is; and a standby is of no use. */
async function openSession(client: pg.Client): Promise<void> {
  await client.query("SET synchronous_commit = on; SET TimeZone = 'UTC'")
  const { rows } = await client.query<{ readonly: string }>("SELECT current_setting('transaction_read_only') AS readonly")
  if (rows[0]?.readonly === 'on') throw new Error('The server is read-only.')
}

/** Ends a connection without waiting for a server that may not answer. */
export function discard(client: pg.Client): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}
