/**
 * A circuit breaker: after failures in a row it stops asking for a while, so that something broken costs nothing.
 *
 *     closed ──3 failures──▶ open for 1 s ──one try──▶ closed, or open for twice as long (30 s at most)
 */

export interface Breaker {
  /** Whether the work succeeded. While the breaker is open the work is not done at all. Never rejects. */
  attempt(work: () => Promise<unknown>): Promise<boolean>
  /** Whether an attempt made now would be refused. */
  isOpen(): boolean
}

const FAILURES_MAX = 3
const OPEN_MS = 1_000
const OPEN_MS_MAX = 30_000

/** `onFault` hears of every failure. `now`: milliseconds on any clock that does not go back. */
export function makeBreaker(onFault: (error: unknown) => void, now: () => number = () => performance.now()): Breaker {
  let failures = 0
  let openMs = OPEN_MS
  let openUntil = Number.NEGATIVE_INFINITY
  return {
    isOpen: () => now() < openUntil,
    async attempt(work) {
      if (now() < openUntil) return false
      const isTrial = failures >= FAILURES_MAX
      // Others wait for the outcome of the one try.
      if (isTrial) openUntil = now() + openMs
      try {
        await work()
        failures = 0
        openMs = OPEN_MS
        openUntil = Number.NEGATIVE_INFINITY
        return true
      } catch (error) {
        failures++
        if (isTrial) openMs = Math.min(2 * openMs, OPEN_MS_MAX)
        if (failures >= FAILURES_MAX) openUntil = now() + openMs
        onFault(error)
        return false
      }
    },
  }
}
