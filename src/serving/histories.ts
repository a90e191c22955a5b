/**
 * Histories at serving: what a shopper dealt with lately, found by pseudonym.
 *
 * Pseudonyms are keyed hashes, hence spread evenly, so that interpolation finds one among a million in about five steps; a corner that is
 * not even costs a binary search.
 */
import { compareAt, HISTORIES, pastAt, UNIT_BYTES, unpackHistories } from '../policies/history-body.ts'
import { NO_PAST, type Past } from '../policies/past.ts'

export { HISTORIES }

export interface Histories {
  /** Empty for an unknown shopper. `unit` is a pseudonym of 16 bytes. */
  of(unit: Uint8Array): Past
  /** Purchases and returns until this moment are accounted for, seconds since 1970; 0 where nobody knows of purchases. */
  readonly until: number
}

/** Before anything was learned nobody is known. */
export const NO_HISTORIES: Histories = { of: () => NO_PAST, until: 0 }

const GUESSES = 4

/** Opens the trained histories without copying them. Throws on bytes that are none. */
export function openHistories(body: Uint8Array): Histories {
  const rows = unpackHistories(body)
  const { units, starts } = rows
  const count = starts.length - 1
  const view = new DataView(units.buffer, units.byteOffset, units.byteLength)
  const leading = (row: number): number => view.getUint32(row * UNIT_BYTES)
  return {
    of: (unit) => {
      const row = find(unit)
      return row < 0 ? NO_PAST : pastAt(rows, row)
    },
    until: rows.purchases?.until[0] ?? 0,
  }

  function find(unit: Uint8Array): number {
    const wanted = new DataView(unit.buffer, unit.byteOffset, UNIT_BYTES).getUint32(0)
    let low = 0
    let high = count - 1
    for (let step = 0; low <= high; step++) {
      const row = step < GUESSES ? guess(low, high, wanted) : (low + high) >>> 1
      const order = compareAt(units, row * UNIT_BYTES, unit)
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
}
