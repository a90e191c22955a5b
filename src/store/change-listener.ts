/**
 * LISTEN on a connection of its own, for as long as we live.
 *
 * What is told while the connection is down is lost, so after every reconnection the caller is told to take everything for changed. A
 * connection that hangs is found out by asking it something every few seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { CHANNEL } from './changes.ts'

export interface ListenerOptions {
  readonly url: string
  readonly onMessage: (text: string) => void
  /** Connected again after a loss. */
  readonly onBack: () => void
  readonly onFault: (error: Error) => void
  /** How often the connection is asked whether it lives, in milliseconds. */
  readonly pulseMs?: number
}

export interface Listener {
  isUp(): boolean
  close(): Promise<void>
}

const CONNECT_MS = 2_000
const ANSWER_MS = 2_000
const PULSE_MS = 5_000
const PAUSE_MS_LEAST = 100
const PAUSE_MS_MOST = 5_000

/** Returns after the first attempt to connect, successful or not. */
export async function openListener({ url, onMessage, onBack, onFault, pulseMs = PULSE_MS }: ListenerOptions): Promise<Listener> {
  let client: pg.Client | null = null
  let pauseMs = PAUSE_MS_LEAST
  const closing = new AbortController()

  async function connect(): Promise<void> {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'croupier listen',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    })
    fresh.on('error', () => lose(fresh))
    fresh.on('end', () => lose(fresh))
    fresh.on('notification', ({ payload }) => onMessage(payload ?? ''))
    await fresh.connect()
    await fresh.query(`LISTEN ${CHANNEL}`)
    client = fresh
    pauseMs = PAUSE_MS_LEAST
  }

  function lose(lost: pg.Client): void {
    if (lost !== client) return
    client = null
    lost.end().catch(() => {})
    void reconnect()
  }

  async function reconnect(): Promise<void> {
    while (!closing.signal.aborted) {
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal: closing.signal }).catch(() => {})
      if (closing.signal.aborted) return
      try {
        await connect()
        onBack()
        return
      } catch (error) {
        pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MOST)
        onFault(error as Error)
      }
    }
  }

  const pulse = setInterval(() => {
    const asked = client
    asked?.query('SELECT 1').catch((error: Error) => {
      onFault(error)
      lose(asked)
    })
  }, pulseMs)
  pulse.unref()

  await connect().catch((error: Error) => {
    onFault(error)
    void reconnect()
  })
  return {
    isUp: () => client !== null,
    async close() {
      closing.abort()
      clearInterval(pulse)
      const last = client
      client = null
      await last?.end().catch(() => {})
    },
  }
}
