/** Long work of the core, a piece a turn of the event loop: requests that came meanwhile are answered between two of them. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pieces } from '../stats/pieces.ts'

/** Short pieces share a turn. */
const TURN_MS = 2

/** `onPiece` hears how long each one took. Rejects with what the work threw. */
export async function inTurns<Result>(work: Pieces<Result>, onPiece?: (ms: number) => void): Promise<Result> {
  let since = performance.now()
  for (;;) {
    const began = performance.now()
    const { done, value } = work.next()
    onPiece?.(performance.now() - began)
    if (done) return value
    if (performance.now() - since < TURN_MS) continue
    await nextTurn()
    since = performance.now()
  }
}
