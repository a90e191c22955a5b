/**
 * Counters of requests by route and status, and how long they took. Plain numbers: counting costs a hot route well under a microsecond, and
 * nothing is formatted until somebody asks.
 */

/** Upper bounds of the histogram in seconds; the last bucket has none. The deadline of a slate, 0.15, is one of them. */
export const LATENCY_BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10] as const

export interface RouteCounters {
  /** Requests by status. */
  readonly statuses: Map<number, number>
  /** Requests by bucket, not cumulated; one more than there are bounds. */
  readonly buckets: Float64Array
  seconds: number
}

export interface RequestCounters {
  readonly routes: Map<string, RouteCounters>
  /** Answers of status 500: our own faults. */
  crashes: number
}

export function newRequestCounters(): RequestCounters {
  return { routes: new Map(), crashes: 0 }
}

/** Counts one answered request. */
export function observe(counters: RequestCounters, route: string, answer: { readonly status: number; readonly seconds: number }): void {
  let of = counters.routes.get(route)
  if (!of) {
    of = { statuses: new Map(), buckets: new Float64Array(LATENCY_BOUNDS.length + 1), seconds: 0 }
    counters.routes.set(route, of)
  }
  of.statuses.set(answer.status, (of.statuses.get(answer.status) ?? 0) + 1)
  of.seconds += answer.seconds
  let bucket = 0
  while (bucket < LATENCY_BOUNDS.length && answer.seconds > LATENCY_BOUNDS[bucket]!) bucket++
  of.buckets[bucket]!++
}
