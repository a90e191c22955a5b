/**
 * Units beyond memory: rows are dealt to scratch files by a hash of their unit, and each file is summed by itself afterwards.
 *
 * All rows of a unit land in the same file, in the order of the input, so the result is the one of the table in memory.
 */
import type { Quantity } from './layout.ts'
import type { UnitRecord } from './row-reader.ts'
import { openScratchFile } from './scratch-file.ts'
import { openUnitSums } from './unit-sums.ts'

const PARTITIONS = 64
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
/** Before the unit's name: its length in bytes, arm and segment, as 32-bit numbers. */
const HEAD_BYTES = 12

export interface UnitPartitions {
  add(unit: string, record: UnitRecord): void
  /** Hands out every unit of one arm; returns how many were in two. */
  drain(sink: (record: UnitRecord) => void): number
  close(): void
}

/** Opens the partitions. */
export function openUnitPartitions(quantities: readonly Quantity[]): UnitPartitions {
  const files = Array.from({ length: PARTITIONS }, openScratchFile)
  return {
    add(unit, record) {
      files[hash(unit) % PARTITIONS]!.append(packed(unit, record))
    },
    drain(sink) {
      let inTwo = 0
      for (const file of files) {
        const sums = openUnitSums(quantities)
        for (const [unit, record] of unpacked(file.blocks(), quantities.length)) sums.add(unit, record)
        inTwo += sums.drain(sink)
      }
      return inTwo
    },
    close: () => {
      for (const file of files) file.close()
    },
  }
}

function packed(unit: string, { arm, segment, values }: UnitRecord): Uint8Array {
  const name = Buffer.from(unit, 'utf8')
  const bytes = new Uint8Array(HEAD_BYTES + name.length + values.length * 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, name.length)
  view.setUint32(4, arm)
  view.setUint32(8, segment)
  bytes.set(name, HEAD_BYTES)
  for (const [i, value] of values.entries()) view.setFloat64(HEAD_BYTES + name.length + i * 8, value)
  return bytes
}

/** Records may lie across the ends of blocks. The record is used again for the next. */
function* unpacked(blocks: Iterable<Uint8Array>, width: number): Iterable<readonly [string, UnitRecord]> {
  const record: UnitRecord = { arm: 0, segment: 0, values: new Float64Array(width) }
  let rest: Uint8Array = new Uint8Array(0)
  for (const block of blocks) {
    const bytes = rest.length === 0 ? block : Buffer.concat([rest, block])
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    while (at + HEAD_BYTES <= bytes.length) {
      const name = view.getUint32(at)
      const end = at + HEAD_BYTES + name + width * 8
      if (end > bytes.length) break
      record.arm = view.getUint32(at + 4)
      record.segment = view.getUint32(at + 8)
      const from = at + HEAD_BYTES
      for (let i = 0; i < width; i++) record.values[i] = view.getFloat64(from + name + i * 8)
      yield [Buffer.from(bytes.buffer, bytes.byteOffset + from, name).toString('utf8'), record]
      at = end
    }
    rest = bytes.slice(at)
  }
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = FNV_OFFSET
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), FNV_PRIME)
  return value >>> 0
}
