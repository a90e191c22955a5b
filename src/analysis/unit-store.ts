/** Unit records on disk, for questions that need a second look: read back as often as wanted, in constant memory. */
import type { UnitRecord } from './row-reader.ts'
import { openScratchFile } from './scratch-file.ts'

const RECORDS_PER_BLOCK = 4096
const NUMBER_BYTES = 8

export interface UnitStore {
  add(record: UnitRecord): void
  /** All records in the order they came; the object is used again for the next. */
  records(): Iterable<UnitRecord>
  close(): void
}

/** Opens an empty store of records with so many quantities. */
export function openUnitStore(quantities: number): UnitStore {
  const file = openScratchFile()
  const width = 2 + quantities
  const row = new Float64Array(width)
  const bytes = new Uint8Array(row.buffer)
  return {
    add({ arm, segment, values }) {
      row[0] = arm
      row[1] = segment
      row.set(values, 2)
      file.append(bytes)
    },
    *records() {
      const record: UnitRecord = { arm: 0, segment: 0, values: new Float64Array(quantities) }
      for (const block of file.blocks(RECORDS_PER_BLOCK * width * NUMBER_BYTES)) {
        const numbers = new Float64Array(block.buffer, block.byteOffset, block.length / NUMBER_BYTES)
        for (let at = 0; at < numbers.length; at += width) {
          record.arm = numbers[at]!
          record.segment = numbers[at + 1]!
          record.values.set(numbers.subarray(at + 2, at + width))
          yield record
        }
      }
    },
    close: () => file.close(),
  }
}
