/**
 * Shadow scoring: a sample of live requests, asked again of the shadow and of the live model, after the answer went out.
 *
 *     answer is out ─▶ offer (a place in a short queue, or nothing) ─▶ timer: at most 2 ms of ranking ─▶ one INSERT for all of them
 *
 * Both rank the same request without assembly, so that what differs is the models alone. Nobody saw these slates: they are no exposures,
 * and no moment counts them. What does not fit into the queue is left out and counted.
 */
import type { Ranker, RankRequest } from '../policies/policy.ts'

export interface ShadowOffer {
  readonly policy: string
  readonly live: Ranker
  readonly shadow: Ranker
  readonly request: RankRequest
  readonly decisionId: Uint8Array
  /** Milliseconds since 1970. */
  readonly decidedAt: number
  /** Pseudonym; null for a stranger, of whom no outcome will be known. */
  readonly unit: Uint8Array | null
}

export interface ShadowSlate extends Pick<ShadowOffer, 'policy' | 'decisionId' | 'decidedAt' | 'unit'> {
  readonly liveVersion: string
  readonly shadowVersion: string
  readonly liveItems: readonly number[]
  readonly shadowItems: readonly number[]
}

export interface ShadowScoring {
  /** Takes the offer or leaves it; costs nothing to speak of. */
  offer(one: ShadowOffer): void
  readonly counters: { scored: number; left: number; failed: number }
  /** Scores what waits and writes it; resolves when that is done. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface ShadowScoringOptions {
  readonly write: (slates: readonly ShadowSlate[]) => Promise<void>
  readonly onFault: (error: unknown) => void
  readonly everyMs?: number
  readonly waitingMax?: number
}

/** Queue and pace together: at most 32 slates each quarter of a second. */
const EVERY_MS = 250
const WAITING_MAX = 32
/** Of the event loop, in one go. */
const BUDGET_MS = 2

export function openShadowScoring({ write, onFault, everyMs = EVERY_MS, waitingMax = WAITING_MAX }: ShadowScoringOptions): ShadowScoring {
  const waiting: ShadowOffer[] = []
  const counters = { scored: 0, left: 0, failed: 0 }
  let timer: NodeJS.Timeout | undefined

  const score = (budgetMs: number): ShadowSlate[] => {
    const until = performance.now() + budgetMs
    const slates: ShadowSlate[] = []
    while (waiting.length > 0 && performance.now() < until) {
      try {
        slates.push(slateOf(waiting.shift()!))
      } catch (error) {
        counters.failed++
        onFault(error)
      }
    }
    return slates
  }
  const step = async (budgetMs: number): Promise<void> => {
    timer = undefined
    const slates = score(budgetMs)
    if (waiting.length > 0) plan()
    if (slates.length === 0) return
    try {
      await write(slates)
      counters.scored += slates.length
    } catch (error) {
      counters.failed += slates.length
      onFault(error)
    }
  }
  const plan = (): void => {
    timer ??= setTimeout(() => void step(BUDGET_MS), everyMs).unref()
  }

  return {
    counters,
    offer(one) {
      if (waiting.length >= waitingMax) counters.left++
      else waiting.push(one)
      plan()
    },
    flush: () => step(Number.POSITIVE_INFINITY),
    close: async () => {
      clearTimeout(timer)
      waiting.length = 0
    },
  }
}

function slateOf({ live, shadow, request, policy, decisionId, decidedAt, unit }: ShadowOffer): ShadowSlate {
  return {
    ...{ policy, decisionId, decidedAt, unit, liveVersion: live.modelVersion, shadowVersion: shadow.modelVersion },
    liveItems: live.rank(request).items,
    shadowItems: shadow.rank(request).items,
  }
}
