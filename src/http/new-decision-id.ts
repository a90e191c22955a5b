/**
 * Makes decision ids: UUID version 7 (RFC 9562), so that the log's primary key grows at its end and carries the moment of the decision.
 *
 *     48 bits milliseconds · version 7 · 12 bits counter within the millisecond · variant · 62 bits chance
 */
import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 8192
const pool = Buffer.alloc(POOL_BYTES)
let used = POOL_BYTES
let lastMs = 0
let counter = 0

/** A new id, 16 bytes; ids of one process grow strictly. The time in the id may run ahead of `nowMs` when 4,096 ids share one millisecond. */
export function newDecisionId(nowMs: number): Uint8Array {
  if (nowMs > lastMs) {
    lastMs = nowMs
    counter = 0
  } else if (++counter > 0xfff) {
    lastMs++
    counter = 0
  }
  if (used + 8 > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  const id = new Uint8Array(16)
  writeTime(id, lastMs)
  id[6] = 0x70 | (counter >>> 8)
  id[7] = counter & 0xff
  id.set(pool.subarray(used, used + 8), 8)
  id[8] = (id[8]! & 0x3f) | 0x80
  used += 8
  return id
}

function writeTime(id: Uint8Array, ms: number): void {
  const high = Math.floor(ms / 0x10000)
  id[0] = high >>> 24
  id[1] = high >>> 16
  id[2] = high >>> 8
  id[3] = high
  id[4] = ms >>> 8
  id[5] = ms
}
