/**
 * Limits: how much is in hand at once, and who has to come back later.
 *
 * Work that nobody can finish in time is refused at the door, with 429 and a whole number of seconds, because a refusal costs a tenth of an
 * answer. A kind of work is admitted while less than its share of the capacity is in hand: as the load rises reports go first, then bulk
 * loads and changes, then outcomes, and slates last. Slow kinds have a few places of their own and a short queue, so that they cannot take
 * the database's connections from each other.
 */
import { LOADS, type Load } from './route.ts'

export interface Gate {
  /** True, and counted, when work of this kind has to come back later; asked before a body is read. */
  refuses(load: Load): boolean
  /** Admits at once (true), refuses (false), or promises either. Every admission needs one `leave`. */
  enter(load: Load): boolean | Promise<boolean>
  leave(load: Load): void
  /** In hand and refused so far, by kind. */
  readonly counters: Readonly<Record<Load, GateCounters>>
}

export interface GateCounters {
  inHand: number
  waiting: number
  refused: number
}

interface Rule {
  /** Share of the capacity below which the kind is admitted. */
  readonly share: number
  /** Requests of this kind in hand at once; more have to wait. */
  readonly places: number
  readonly queue: number
  /** Seconds after which a refused caller may try again. */
  readonly retryAfter: number
}

/** At 4,000 slates a second, 512 in hand are an answer within 130 ms: the deadline of a slate is 150. */
const CAPACITY = 512
const WAIT_MS = 2_000

const RULES: Readonly<Record<Load, Rule>> = {
  report: { share: 0.25, places: 2, queue: 8, retryAfter: 5 },
  bulk: { share: 0.5, places: 2, queue: 8, retryAfter: 2 },
  crud: { share: 0.5, places: 16, queue: 64, retryAfter: 2 },
  outcome: { share: 0.75, places: Number.POSITIVE_INFINITY, queue: 0, retryAfter: 1 },
  slate: { share: 1, places: Number.POSITIVE_INFINITY, queue: 0, retryAfter: 1 },
}

/** Seconds to wait before trying again. */
export function retryAfterOf(load: Load): number {
  return RULES[load].retryAfter
}

interface Waiter {
  readonly admit: (admitted: boolean) => void
  readonly timer: NodeJS.Timeout
}

/** A gate for `capacity` requests in hand. */
export function newGate(capacity: number = CAPACITY, waitMs: number = WAIT_MS): Gate {
  const counters = Object.fromEntries(LOADS.map((load) => [load, { inHand: 0, waiting: 0, refused: 0 }])) as Record<Load, GateCounters>
  const queues = Object.fromEntries(LOADS.map((load) => [load, [] as Waiter[]])) as Record<Load, Waiter[]>
  let inHand = 0

  const crowded = (load: Load) => inHand >= capacity * RULES[load].share
  const full = (load: Load) => crowded(load) || (counters[load].inHand >= RULES[load].places && counters[load].waiting >= RULES[load].queue)
  const take = (load: Load): true => {
    inHand++
    counters[load].inHand++
    return true
  }
  const refuse = (load: Load): false => {
    counters[load].refused++
    return false
  }
  const wait = (load: Load): Promise<boolean> =>
    new Promise((resolve) => {
      const queue = queues[load]
      const waiter: Waiter = { admit: resolve, timer: setTimeout(() => leaveQueue(waiter), waitMs) }
      const leaveQueue = (one: Waiter) => {
        queue.splice(queue.indexOf(one), 1)
        counters[load].waiting--
        resolve(refuse(load))
      }
      queue.push(waiter)
      counters[load].waiting++
    })

  return {
    counters,
    refuses: (load) => full(load) && !refuse(load),
    enter(load) {
      if (full(load)) return refuse(load)
      return counters[load].inHand < RULES[load].places ? take(load) : wait(load)
    },
    leave(load) {
      inHand--
      counters[load].inHand--
      const next = queues[load].shift()
      if (!next) return
      clearTimeout(next.timer)
      counters[load].waiting--
      next.admit(take(load))
    },
  }
}
