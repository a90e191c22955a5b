/**
 * The guard before a remote strategy: a bulkhead, so that a slow one cannot hold everything, and a breaker, so that a broken one is left alone.
 *
 *     closed ──half of the last 20 questions failed (5 at least)──▶ open 1 s ──one question──▶ closed, or open for twice as long (30 s at most)
 *
 * While it is open its arms are masked before the draw. When its time is over they may be drawn again, and the first question tries it out.
 */
import {
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleAll,
  type IHalfOpenAfterBackoffContext,
} from 'cockatiel'

export interface RemoteGuard {
  /** Does the work, or rejects at once with a plain sentence. A rejection by the work counts as a failure, a full bulkhead does not. */
  pass<Result>(work: () => Promise<Result>): Promise<Result>
  /** Whether a question asked now would be refused by the breaker. */
  isOpen(): boolean
}

const SAMPLE = { threshold: 0.5, size: 20, minimumNumberOfCalls: 5 }
const OPEN_MS = 1_000
const OPEN_MS_MAX = 30_000

/** `now`: milliseconds since 1970, as the breaker itself reads them. */
export function makeRemoteGuard(concurrency: number, now: () => number = Date.now): RemoteGuard {
  let openUntil = 0
  const halfOpenAfter = new DelegateBackoff<IHalfOpenAfterBackoffContext>(({ attempt }) =>
    Math.min(OPEN_MS_MAX, OPEN_MS * 2 ** (attempt - 1)),
  )
  const breaker = circuitBreaker(handleAll, { breaker: new CountBreaker(SAMPLE), halfOpenAfter })
  const places = bulkhead(concurrency, 0)
  let opened = 0
  breaker.onBreak(() => {
    openUntil = now() + Math.min(OPEN_MS_MAX, OPEN_MS * 2 ** opened++)
  })
  breaker.onReset(() => {
    opened = 0
  })
  const isOpen = () => breaker.state === CircuitState.HalfOpen || (breaker.state === CircuitState.Open && now() < openUntil)
  return {
    isOpen,
    pass: async (work) => {
      if (isOpen()) throw new Error('It failed too often; it is left alone for a while.')
      try {
        return await places.execute(() => breaker.execute(work))
      } catch (error) {
        throw error instanceof BulkheadRejectedError ? new Error(`${concurrency} questions are under way already.`) : error
      }
    },
  }
}
