/** The rows of the log by shopper, by counting sort: oldest first within a shopper; rows of nobody are left out. */
import type { TrainingData } from './policy.ts'

export interface RowsByUnit {
  /** Length unitCount + 1. */
  readonly starts: Int32Array
  /** Numbers of rows of the log. */
  readonly rows: Int32Array
}

/** O(rows + shoppers). */
export function rowsByUnit({ units, unitCount }: TrainingData): RowsByUnit {
  const starts = new Int32Array(unitCount + 1)
  for (const unit of units) if (unit >= 0) starts[unit + 1]!++
  for (let unit = 0; unit < unitCount; unit++) starts[unit + 1]! += starts[unit]!
  const rows = new Int32Array(starts[unitCount]!)
  const next = starts.slice(0, unitCount)
  for (let row = 0; row < units.length; row++) {
    const unit = units[row]!
    if (unit >= 0) rows[next[unit]!++] = row
  }
  return { starts, rows }
}
