/**
 * The outbox: outcomes that are still to happen, sent in batches when their time has come.
 *
 * Without an answer a batch is sent again: an outcome counts once, however often it is told.
 */
import { OUTCOMES_MAX } from '../../http/outcome-request.ts'
import type { Client } from './client.ts'

export interface Outcome {
  readonly outcomeId: string
  readonly [member: string]: unknown
}

export interface Outbox {
  /** `dueAt` on the clock of performance.now(). */
  put(outcome: Outcome, dueAt: number): void
  /** Sends everything at once, due or not, and ends. */
  close(): Promise<void>
}

const EVERY_MS = 200
const LAST_TRIES = 5

/** `told` hears of every outcome that was taken, `failed` of every batch that was not and every outcome that was refused. */
export function openOutbox(client: Client, told: (outcome: Outcome) => void, failed: (count: number) => void): Outbox {
  let waiting: { readonly outcome: Outcome; readonly dueAt: number }[] = []
  let sending = Promise.resolve()
  const timer = setInterval(() => {
    sending = sending.then(() => send(performance.now()))
  }, EVERY_MS)

  async function send(now: number): Promise<void> {
    const due = waiting.filter(({ dueAt }) => dueAt <= now)
    if (due.length === 0) return
    waiting = waiting.filter(({ dueAt }) => dueAt > now)
    for (let from = 0; from < due.length; from += OUTCOMES_MAX) {
      const batch = due.slice(from, from + OUTCOMES_MAX)
      if (await take(batch.map(({ outcome }) => outcome))) continue
      waiting.push(...batch)
      failed(1)
    }
  }

  async function take(outcomes: readonly Outcome[]): Promise<boolean> {
    const answer = await client.send('POST', '/v1/outcomes', { outcomes }).catch(() => null)
    if (answer?.status !== 200) return false
    const results: readonly { readonly status: string }[] = answer.body.results
    for (const [i, outcome] of outcomes.entries()) {
      if (results[i]!.status === 'refused') failed(1)
      else told(outcome)
    }
    return true
  }

  return {
    put: (outcome, dueAt) => void waiting.push({ outcome, dueAt }),
    async close() {
      clearInterval(timer)
      await sending
      for (let tries = 0; tries < LAST_TRIES && waiting.length > 0; tries++) await send(Number.POSITIVE_INFINITY)
    },
  }
}
