/**
 * Rows of a file as numbers: the arm, the segment, and the quantities that the metrics need.
 *
 * A cell that is no number leaves its metric out for that row, not the row: the unit still counts for the arm, or the sample ratio would
 * be wrong. A row without an arm (or without a unit, where units are asked for) is refused as a whole.
 */
import type { Faults } from './faults.ts'
import type { Layout } from './layout.ts'
import { flagOf, numberOf } from './number-cell.ts'

/** More different values than this in an arm or segment column say that it is another column. */
const NAMES_MAX = 1000

/** One row, or one unit. The object is used again for the next. */
export interface UnitRecord {
  arm: number
  /** 0 when no segments are asked for. */
  segment: number
  /** One number a quantity; NaN where the row has none. Inside this room only. */
  readonly values: Float64Array
}

export interface Names {
  readonly list: readonly string[]
  placeOf(name: string): number
}

export interface RowReader {
  readonly arms: Names
  readonly segments: Names
  /** The unit's name when units are asked for, '' otherwise; null when the row is refused. Fills `record`. */
  read(cells: readonly string[], line: number): string | null
  readonly record: UnitRecord
}

/** Opens a reader. `commaAllowed`: cells are not separated by commas, so that 12,5 may be a number. */
export function openRowReader(
  layout: Layout,
  { faults, commaAllowed }: { readonly faults: Faults; readonly commaAllowed: boolean },
): RowReader {
  const arms = openNames('the arm column')
  const segments = openNames('the segment column')
  const record: UnitRecord = { arm: 0, segment: 0, values: new Float64Array(layout.quantities.length) }

  function readQuantities(cells: readonly string[], line: number): void {
    for (let i = 0; i < layout.quantities.length; i++) {
      const { column, name, over } = layout.quantities[i]!
      const value = (over === 'any' ? flagOf : numberOf)(cells[column]!, commaAllowed)
      if (typeof value === 'number') record.values[i] = value
      else {
        record.values[i] = Number.NaN
        faults.add(`column ${name}: ${value.replaceAll('-', ' ')}`, line)
      }
    }
  }

  return {
    arms,
    segments,
    record,
    read(cells, line) {
      if (cells.length !== layout.columns) {
        faults.add(`rows refused: other than ${layout.columns} cells`, line)
        return null
      }
      const arm = cells[layout.arm]!.trim()
      const unit = layout.unit === null ? '' : cells[layout.unit]!.trim()
      if (arm === '') faults.add('rows refused: no arm', line)
      else if (layout.unit !== null && unit === '') faults.add('rows refused: no unit', line)
      if (arm === '' || (layout.unit !== null && unit === '')) return null
      record.arm = arms.placeOf(arm)
      record.segment = layout.segment === null ? 0 : segments.placeOf(cells[layout.segment]!.trim() || '(none)')
      readQuantities(cells, line)
      return unit
    },
  }
}

function openNames(what: string): Names {
  const places = new Map<string, number>()
  const list: string[] = []
  return {
    list,
    placeOf(name) {
      const known = places.get(name)
      if (known !== undefined) return known
      if (list.length === NAMES_MAX) throw new Error(`More than ${NAMES_MAX} different values: is ${what} the right one?`)
      places.set(name, list.length)
      return list.push(name) - 1
    },
  }
}
