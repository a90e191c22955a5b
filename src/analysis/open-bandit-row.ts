/**
 * Rows of a log in the form of the Open Bandit Dataset: item, position, click, and the probability of that item at that position.
 *
 * A row that cannot be read is a fault, and a log with faults is refused as a whole: what is left would be another log.
 * @see Saito, Aihara, Matsutani & Narita (2020), arXiv:2008.07146
 */
import type { Faults } from './faults.ts'
import { columnOf } from './header.ts'
import { flagOf, numberOf } from './number-cell.ts'

/** Bound the memory, and tell a wrong column early. */
export const ITEMS_MAX = 10_000
export const POSITIONS_MAX = 100

/** One row. The object is used again for the next. */
export interface OpenBanditRow {
  /** From 0. */
  item: number
  /** From 0; the file counts from 1. */
  position: number
  /** 0 or 1. */
  click: number
  /** In (0, 1]. */
  propensity: number
}

export interface OpenBanditReader {
  readonly row: OpenBanditRow
  /** Fills `row`; false when the row is a fault. */
  read(cells: readonly string[], line: number): boolean
}

/** Opens a reader. Throws a sentence when a column is missing. */
export function openBanditReader(
  header: readonly string[],
  { faults, commaAllowed }: { readonly faults: Faults; readonly commaAllowed: boolean },
): OpenBanditReader {
  const [item, position, click, propensity] = ['item_id', 'position', 'click', 'propensity_score'].map((name) => columnOf(header, name))
  const row: OpenBanditRow = { item: 0, position: 0, click: 0, propensity: 1 }

  function faultOf(cells: readonly string[]): string | null {
    if (cells.length !== header.length) return `other than ${header.length} cells`
    const [itemSaid, positionSaid] = [numberOf(cells[item!]!, commaAllowed), numberOf(cells[position!]!, commaAllowed)]
    const clickSaid = flagOf(cells[click!]!, commaAllowed)
    const propensitySaid = numberOf(cells[propensity!]!, commaAllowed)
    if (!isWhole(itemSaid, 0, ITEMS_MAX - 1)) return `item_id is no whole number from 0 to ${ITEMS_MAX - 1}`
    if (!isWhole(positionSaid, 1, POSITIONS_MAX)) return `position is no whole number from 1 to ${POSITIONS_MAX}`
    if (typeof clickSaid === 'string') return 'click is neither 0 nor 1'
    if (typeof propensitySaid === 'string' || !(propensitySaid > 0 && propensitySaid <= 1))
      return 'propensity_score is not above 0 and at most 1'
    row.item = itemSaid
    row.position = positionSaid - 1
    row.click = clickSaid
    row.propensity = propensitySaid
    return null
  }

  return {
    row,
    read(cells, line) {
      const fault = faultOf(cells)
      if (fault !== null) faults.add(fault, line)
      return fault === null
    },
  }
}

function isWhole(said: number | string, least: number, most: number): said is number {
  return typeof said === 'number' && Number.isInteger(said) && said >= least && said <= most
}
