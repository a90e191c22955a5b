/**
 * The table of units: in memory while they are few, in partitions on disk when they grow beyond a bound. Callers see no difference.
 */
import type { Quantity } from './layout.ts'
import type { UnitRecord } from './row-reader.ts'
import { openUnitPartitions, type UnitPartitions } from './unit-partitions.ts'
import { openUnitSums } from './unit-sums.ts'

/** About 250 bytes a unit: 250 MB at most. */
const UNITS_IN_MEMORY_MAX = 1_000_000

export interface UnitTable {
  add(unit: string, record: UnitRecord): void
  /** Hands out every unit of one arm, once; returns how many were in two. */
  drain(sink: (record: UnitRecord) => void): number
  close(): void
}

/** Opens an empty table. */
export function openUnitTable(quantities: readonly Quantity[], unitsMax = UNITS_IN_MEMORY_MAX): UnitTable {
  const sums = openUnitSums(quantities, unitsMax)
  let partitions: UnitPartitions | null = null
  // what is in memory stays there and takes the rows of its own units; new units go to disk
  return {
    add(unit, record) {
      if (sums.add(unit, record)) return
      partitions ??= openUnitPartitions(quantities)
      partitions.add(unit, record)
    },
    drain(sink) {
      const inMemory = sums.drain(sink)
      return inMemory + (partitions?.drain(sink) ?? 0)
    },
    close: () => partitions?.close(),
  }
}
