/**
 * A chunk of interactions in PostgreSQL's binary COPY format, written straight into bytes: no text, no escaping, one buffer a chunk.
 *
 *     header · per row: int16 10, then per column int32 length (−1: null) and its bytes, big endian · int16 −1
 *
 * Columns in the order of COLUMNS. Times are microseconds since 2000. The number of an item that is not known yet is left open and patched
 * when the chunk is written.
 * @see PostgreSQL manual, COPY, "Binary Format"
 */
import type { InteractionRow } from './row-reader.ts'

export const COLUMNS = 'import_id, line, unit, item_no, type, quantity, value_minor, currency, basket, occurred_at'
const COLUMN_COUNT = 10
/** A chunk is one transaction: short, so that it never holds back the readers of the log. */
export const CHUNK_ROWS = 5000

const HEADER = Uint8Array.from([...Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), 0, 0, 0, 0, 0, 0, 0, 0])
const FIXED_BYTES_MAX = 160
const UTF8_BYTES_PER_CHAR = 3
const START_BYTES = 1 << 20
const TWO_32 = 2 ** 32
const EPOCH_2000_MS = Date.UTC(2000, 0, 1)
const encoder = new TextEncoder()

/** Where an item's number is missing, and how the item is called if it has to be made. */
export interface OpenItem {
  readonly title: string
  readonly places: number[]
}

export interface InteractionChunk {
  readonly rows: number
  /** Items whose number is not known yet, by id. */
  readonly open: ReadonlyMap<string, OpenItem>
  add(line: number, row: InteractionRow, unit: Uint8Array | null, itemNo: number | undefined): void
  settle(item: OpenItem, itemNo: number): void
  /** The whole COPY stream; valid until the chunk is cleared. */
  bytes(): Uint8Array
  clear(): void
}

/** An empty chunk; it grows and can be cleared and used again. */
export function interactionChunk(importId: number): InteractionChunk {
  let bytes = new Uint8Array(START_BYTES)
  let view = new DataView(bytes.buffer)
  let at = HEADER.length
  let rows = 0
  const open = new Map<string, OpenItem>()
  bytes.set(HEADER)

  function reserve(more: number): void {
    if (at + more <= bytes.length) return
    const larger = new Uint8Array(Math.max(2 * bytes.length, at + more))
    larger.set(bytes)
    bytes = larger
    view = new DataView(bytes.buffer)
  }

  function int32(value: number): void {
    view.setInt32(at, 4)
    view.setInt32(at + 4, value)
    at += 8
  }

  function int64(value: number): void {
    view.setInt32(at, 8)
    view.setInt32(at + 4, Math.floor(value / TWO_32))
    view.setUint32(at + 8, value >>> 0)
    at += 12
  }

  function absent(): void {
    view.setInt32(at, -1)
    at += 4
  }

  function text(value: string): void {
    const start = at + 4
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) {
        foreignText(value)
        return
      }
      bytes[start + i] = code
    }
    view.setInt32(at, value.length)
    at = start + value.length
  }

  function foreignText(value: string): void {
    const { written } = encoder.encodeInto(value, bytes.subarray(at + 4))
    view.setInt32(at, written)
    at += 4 + written
  }

  return {
    get rows() {
      return rows
    },
    open,
    add(line, row, unit, itemNo) {
      reserve(FIXED_BYTES_MAX + UTF8_BYTES_PER_CHAR * (row.type.length + (row.basket?.length ?? 0)))
      view.setInt16(at, COLUMN_COUNT)
      at += 2
      int32(importId)
      int64(line)
      if (unit === null) absent()
      else {
        view.setInt32(at, unit.length)
        bytes.set(unit, at + 4)
        at += 4 + unit.length
      }
      if (itemNo === undefined) leaveOpen(row)
      int32(itemNo ?? 0)
      text(row.type)
      int32(row.quantity)
      if (row.valueMinor === null) absent()
      else int64(row.valueMinor)
      if (row.currency === null) absent()
      else text(row.currency)
      if (row.basket === null) absent()
      else text(row.basket)
      int64((row.occurredAt - EPOCH_2000_MS) * 1000)
      rows++
    },
    settle(item, itemNo) {
      for (const place of item.places) view.setInt32(place, itemNo)
    },
    bytes() {
      reserve(2)
      view.setInt16(at, -1)
      return bytes.subarray(0, at + 2)
    },
    clear() {
      at = HEADER.length
      rows = 0
      open.clear()
    },
  }

  function leaveOpen(row: InteractionRow): void {
    let item = open.get(row.itemId)
    if (!item) {
      item = { title: row.title, places: [] }
      open.set(row.itemId, item)
    }
    item.places.push(at + 4)
  }
}
