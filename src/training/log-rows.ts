/**
 * Rows of the log in columns, in one order, and how known rows and new ones become one sequence in place.
 *
 *     known  ▪▪▪▪▪▪▪▪▪▪······      the new rows are merged in from the back, so that nothing is overwritten unread;
 *     new    ▫▫▫▫▫▫                then shoppers are numbered anew, by first sight, as if all had been read at once
 *
 * 33 bytes a row: five columns that models see, the number that settles the order of one time, and whether the row is settled.
 */
import type { UnitTable } from './unit-table.ts'

export interface LogRows {
  readonly units: Int32Array
  readonly items: Int32Array
  readonly weights: Float32Array
  /** Since 1970, not decreasing. */
  readonly seconds: Float64Array
  readonly baskets: Int32Array
  /** Increasing where seconds are equal. */
  readonly numbers: Float64Array
  /** 1 of transactions of which no more rows can appear. */
  readonly settled: Uint8Array
}

export const ROW_BYTES = 33

export function newLogRows(length: number): LogRows {
  return {
    ...{ units: new Int32Array(length), items: new Int32Array(length), weights: new Float32Array(length) },
    ...{ seconds: new Float64Array(length), baskets: new Int32Array(length), numbers: new Float64Array(length) },
    settled: new Uint8Array(length),
  }
}

/** Rows [from, to), as views. */
export function partOf(rows: LogRows, from: number, to: number): LogRows {
  return {
    ...{ units: rows.units.subarray(from, to), items: rows.items.subarray(from, to), weights: rows.weights.subarray(from, to) },
    ...{ seconds: rows.seconds.subarray(from, to), baskets: rows.baskets.subarray(from, to), numbers: rows.numbers.subarray(from, to) },
    settled: rows.settled.subarray(from, to),
  }
}

/** How many of the fresh rows come before all the others. */
export function earlierThan(rows: LogRows, fresh: LogRows): number {
  let count = 0
  while (count < fresh.units.length && isAfter(rows, 0, fresh, count)) count++
  return count
}

/** Merges `fresh` into `rows`, whose first `known` rows are in order and which has room for exactly both. O(rows behind the oldest fresh one). */
export function mergeInto(rows: LogRows, known: number, fresh: LogRows): void {
  let last = known - 1
  let newest = fresh.units.length - 1
  for (let to = rows.units.length - 1; newest >= 0; to--) {
    if (last >= 0 && isAfter(rows, last, fresh, newest)) copyRow(rows, last--, rows, to)
    else copyRow(fresh, newest--, rows, to)
  }
}

function isAfter(a: LogRows, i: number, b: LogRows, j: number): boolean {
  const [first, second] = [a.seconds[i]!, b.seconds[j]!]
  return first === second ? a.numbers[i]! > b.numbers[j]! : first > second
}

function copyRow(from: LogRows, i: number, to: LogRows, j: number): void {
  to.units[j] = from.units[i]!
  to.items[j] = from.items[i]!
  to.weights[j] = from.weights[i]!
  to.seconds[j] = from.seconds[i]!
  to.baskets[j] = from.baskets[i]!
  to.numbers[j] = from.numbers[i]!
  to.settled[j] = from.settled[i]!
}

export interface Shoppers {
  readonly count: number
  /** Pseudonyms by number, 16 bytes each. */
  readonly keys: Uint8Array
  /** A shopper's number by 32 hexadecimal digits; −1 of one who is in no row. */
  find(hex: string): number
}

const KEY_BYTES = 16

/** Numbers the shoppers of the rows in the order of first sight, in place; those of the table who are in no row have no number any more. */
export function numberByFirstSight({ units }: LogRows, table: UnitTable): Shoppers {
  const numbers = new Int32Array(table.count).fill(-1)
  let count = 0
  for (let row = 0; row < units.length; row++) {
    const unit = units[row]!
    if (unit < 0) continue
    if (numbers[unit]! < 0) numbers[unit] = count++
    units[row] = numbers[unit]!
  }
  const before = table.keys()
  const keys = new Uint8Array(count * KEY_BYTES)
  numbers.forEach((number, unit) => {
    if (number >= 0) keys.set(before.subarray(unit * KEY_BYTES, (unit + 1) * KEY_BYTES), number * KEY_BYTES)
  })
  const find = (hex: string) => {
    const unit = table.find(hex, 0)
    return unit < 0 ? -1 : numbers[unit]!
  }
  return { count, keys, find }
}
