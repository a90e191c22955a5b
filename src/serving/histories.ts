/**
 * Histories at serving: what a shopper dealt with lately, found by pseudonym.
 *
 * Pseudonyms are keyed hashes, hence spread evenly, so that interpolation finds one among a million in about five steps; a corner that is
 * not even costs a binary search.
 */
import { HISTORIES, purchasesAt, UNIT_BYTES, unpackHistories } from '../policies/history-body.ts'
import type { Purchases } from '../policies/policy.ts'

export { HISTORIES }

export interface Histories {
  /** Item numbers, newest first; empty for an unknown shopper. `unit` is a pseudonym of 16 bytes. */
  of(unit: Uint8Array): readonly number[]
  /** What the shopper bought and when, newest first. */
  purchasesOf(unit: Uint8Array): Purchases
}

const NOTHING: readonly number[] = []
/** Before anything was learned nobody is known. */
const NO_PURCHASES: Purchases = { items: [], seconds: [] }
export const NO_HISTORIES: Histories = { of: () => NOTHING, purchasesOf: () => NO_PURCHASES }

const GUESSES = 4

/** Opens the trained histories without copying them. Throws on bytes that are none. */
export function openHistories(body: Uint8Array): Histories {
  const rows = unpackHistories(body)
  const { units, starts, items } = rows
  const count = starts.length - 1
  const view = new DataView(units.buffer, units.byteOffset, units.byteLength)
  const leading = (row: number): number => view.getUint32(row * UNIT_BYTES)
  return {
    of: (unit) => {
      const row = find(unit)
      return row < 0 ? NOTHING : Array.from(items.subarray(starts[row], starts[row + 1]))
    },
    purchasesOf: (unit) => {
      const row = find(unit)
      return row < 0 ? NO_PURCHASES : purchasesAt(rows, row)
    },
  }

  function find(unit: Uint8Array): number {
    const wanted = new DataView(unit.buffer, unit.byteOffset, UNIT_BYTES).getUint32(0)
    let low = 0
    let high = count - 1
    for (let step = 0; low <= high; step++) {
      const row = step < GUESSES ? guess(low, high, wanted) : (low + high) >>> 1
      const order = compare(row, unit)
      if (order === 0) return row
      if (order < 0) low = row + 1
      else high = row - 1
    }
    return -1
  }

  function guess(low: number, high: number, wanted: number): number {
    const first = leading(low)
    const span = leading(high) - first
    const part = span > 0 ? (wanted - first) / span : 0.5
    return low + Math.floor(Math.min(1, Math.max(0, part)) * (high - low))
  }

  /** Below 0 when the pseudonym at the row comes before the unit. */
  function compare(row: number, unit: Uint8Array): number {
    const at = row * UNIT_BYTES
    for (let i = 0; i < UNIT_BYTES; i++) {
      const difference = units[at + i]! - unit[i]!
      if (difference !== 0) return difference
    }
    return 0
  }
}
