/**
 * Remote strategies: the half of the policy kind `remote` that touches the world.
 *
 *     question ─▶ guard (bulkhead, breaker) ─▶ signed POST within the deadline ─▶ answer in item numbers ─▶ last good
 *                         └────────────── any failure ──────────────▶ last good answer to the same question, else a failure
 *
 * Each question carries `Croupier-Signature: t=<seconds>,v1=<hex>`, the HMAC-SHA256 of "<t>.<body>" under the policy's own signing key, so
 * that the other side knows who asks. Nothing here rejects.
 */
import { createHmac, hash } from 'node:crypto'
import type { Catalogue } from '../policies/catalogue.ts'
import { type RemoteAnswer, type RemoteParameters, type RemoteQuestion, readAnswer } from '../policies/remote.ts'
import { type LastGood, newLastGood } from './last-good.ts'
import { openRemoteCaller } from './remote-call.ts'
import { makeRemoteGuard, type RemoteGuard } from './remote-guard.ts'

export interface RemoteAsk {
  readonly policy: string
  readonly parameters: RemoteParameters
  readonly question: RemoteQuestion
  readonly catalogue: Catalogue
}

export interface RemoteStrategies {
  /** Never rejects. */
  ask(asked: RemoteAsk): Promise<RemoteAnswer>
  /** Policies that are left alone just now: their arms must not be drawn. */
  unavailable(): ReadonlySet<string>
  /** What happened, by "<policy> <event>": answered, stale, failed, and how many unknown items were left out. */
  readonly counters: ReadonlyMap<string, number>
  close(): Promise<void>
}

export interface RemoteOptions {
  readonly allowPrivate: boolean
  /** The signing key of a policy, as text. */
  signingKey(policy: string): string
  now?: () => number
}

interface Guarded {
  readonly parameters: RemoteParameters
  readonly guard: RemoteGuard
  readonly lastGood: LastGood<RemoteAnswer>
}

const NOBODY: ReadonlySet<string> = new Set()
const SECOND_MS = 1_000

export function openRemoteStrategies({ allowPrivate, signingKey, now = Date.now }: RemoteOptions): RemoteStrategies {
  const caller = openRemoteCaller({ allowPrivate })
  const known = new Map<string, Guarded>()
  const counters = new Map<string, number>()
  const count = (policy: string, event: string, times = 1) => {
    counters.set(`${policy} ${event}`, (counters.get(`${policy} ${event}`) ?? 0) + times)
  }

  /** Other parameters are another strategy: it starts with a clean slate. */
  const guarded = ({ policy, parameters }: RemoteAsk): Guarded => {
    const kept = known.get(policy)
    if (kept && kept.parameters === parameters) return kept
    if (kept && JSON.stringify(kept.parameters) === JSON.stringify(parameters)) return kept
    const { concurrency, lastGoodSeconds } = parameters
    const fresh = { parameters, guard: makeRemoteGuard(concurrency, now), lastGood: newLastGood<RemoteAnswer>(lastGoodSeconds * SECOND_MS) }
    known.set(policy, fresh)
    return fresh
  }

  const signed = (policy: string, body: string): string => {
    const seconds = Math.floor(now() / SECOND_MS)
    return `t=${seconds},v1=${createHmac('sha256', signingKey(policy)).update(`${seconds}.${body}`).digest('hex')}`
  }

  return {
    counters,
    unavailable: () => {
      let open: Set<string> | undefined
      for (const [policy, { guard }] of known) if (guard.isOpen()) open = (open ?? new Set()).add(policy)
      return open ?? NOBODY
    },
    async ask(asked) {
      const { policy, parameters, question, catalogue } = asked
      const { guard, lastGood } = guarded(asked)
      const body = JSON.stringify(question)
      const name = hash('sha256', body, 'base64')
      try {
        const answer = await guard.pass(async () => {
          const { url, deadlineMs, bytesMax } = parameters
          const headers = { 'croupier-signature': signed(policy, body) }
          const read = readAnswer((await caller.call({ url, body, headers, deadlineMs, bytesMax })).toString(), catalogue)
          if (read.unknown > 0) count(policy, 'unknown-items', read.unknown)
          // It speaks of another catalogue: for us that is no answer, however quick.
          if (read.items.length === 0 && read.unknown > 0) throw new Error(`None of the ${read.unknown} items of its answer is known here.`)
          return read
        })
        count(policy, 'answered')
        lastGood.put(name, answer, now())
        return answer
      } catch (error) {
        const stale = lastGood.get(name, now())
        count(policy, stale ? 'stale' : 'failed')
        return stale ?? { kind: 'failed', because: messageOf(error) }
      }
    },
    close: async () => caller.close(),
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
