/**
 * Intervals drawn in characters on one axis, so that a reader sees at a glance which ones leave 0 out:
 *
 *     -0.20 pp   0                     +1.40 pp
 *                ┊   ├────────●────────┤
 */
import { widthOf } from './text-table.ts'

export interface Drawable {
  readonly low: number
  readonly value: number
  readonly high: number
}

export interface Drawing {
  /** Line above the drawings: the ends of the axis and its 0. */
  readonly axis: string
  /** One line a row, each `width` characters. A row without an interval has only the mark of 0. */
  readonly lines: readonly string[]
}

/** Draws every row on an axis from the lowest to the highest end, 0 always included. `label` words the ends of the axis. */
export function drawIntervals(rows: readonly (Drawable | null)[], width: number, label: (value: number) => string): Drawing {
  const drawn = rows.filter((row) => row !== null)
  const least = Math.min(0, ...drawn.map((row) => row.low))
  const most = Math.max(0, ...drawn.map((row) => row.high))
  const scale: Scale = { width, least, span: most - least, zero: zeroPlace(width, least, most) }
  return {
    axis: axisOf(width, { zero: scale.zero, least: least < 0 ? label(least) : '', most: most > 0 ? label(most) : '' }),
    lines: rows.map((row) => lineOf(row, scale)),
  }
}

interface Scale {
  readonly width: number
  readonly least: number
  readonly span: number
  readonly zero: number
}

/** There is always a column left of 0 for what is below it, and one right of 0 for what is above. */
function zeroPlace(width: number, least: number, most: number): number {
  if (most === least) return 0
  const place = Math.round((-least / (most - least)) * (width - 1))
  return Math.min(Math.max(place, least < 0 ? 1 : 0), most > 0 ? width - 2 : width - 1)
}

function lineOf(row: Drawable | null, { width, least, span, zero }: Scale): string {
  const marks = new Array<string>(width).fill(' ')
  marks[zero] = '┊'
  if (!row) return marks.join('')
  const place = (value: number): number => (span > 0 ? Math.round(((value - least) / span) * (width - 1)) : 0)
  // Rounding must not make an interval touch a 0 that it leaves out.
  const [first, last] = [row.low > 0 ? zero + 1 : 0, row.high < 0 ? zero - 1 : width - 1]
  const between = (value: number): number => Math.min(Math.max(place(value), first), last)
  const [low, value, high] = [between(row.low), between(row.value), between(row.high)]
  for (let at = low + 1; at < high; at++) marks[at] = at === zero ? '┼' : '─'
  marks[low] = '├'
  marks[high] = '┤'
  marks[value] = '●'
  return marks.join('')
}

/** The ends stand at the ends, 0 at its place if there is room between them. */
function axisOf(width: number, { zero, least, most }: { readonly zero: number; readonly least: string; readonly most: string }): string {
  const room = width - widthOf(least) - widthOf(most)
  if (room < 0) return ' '.repeat(width)
  const between = new Array<string>(room).fill(' ')
  const at = zero - widthOf(least)
  if (at >= 0 && at < room && (at > 0 || least === '') && (at < room - 1 || most === '')) between[at] = '0'
  return least + between.join('') + most
}
