/** Tables and paragraphs of plain text, never wider than a page. */

import type { Paint } from './paint.ts'

export const PAGE_WIDTH = 100
/** Labels of this many characters are still told apart. */
const LABEL_ENOUGH = 16
const REMARK_LEAST = 8
const INDENT = 2
const GAP = 2

export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
}

/**
 * Lines of a table: a header and its rows, indented by two. When it is too wide, the first column (labels) is shortened in the middle;
 * when that is not enough, the columns that do not fit follow in a second table with the same labels.
 */
export function tableOf(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, i) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[i] ?? ''))))
  const room = PAGE_WIDTH - INDENT - Math.min(widths[0]!, LABEL_ENOUGH)
  return tablesThatFit(widths, room).flatMap((places) => {
    const numbers = places.reduce((sum, i) => sum + widths[i]! + GAP, 0)
    const label = Math.min(widths[0]!, PAGE_WIDTH - INDENT - numbers)
    const line = (cells: readonly string[]): string =>
      [
        ' '.repeat(INDENT) + pad(shortened(cells[0] ?? '', label), label, columns[0]!.align),
        ...places.map((i) => pad(cells[i] ?? '', widths[i]!, columns[i]!.align)),
      ]
        .join(' '.repeat(GAP))
        .trimEnd()
    return [line(columns.map(({ title }) => title)), ...rows.map(line)]
  })
}

/** The columns after the label, in as few runs as fit beside it. */
function tablesThatFit(widths: readonly number[], room: number): readonly (readonly number[])[] {
  const tables: number[][] = [[]]
  let used = 0
  for (let i = 1; i < widths.length; i++) {
    const width = widths[i]! + GAP
    if (used + width > room && used > 0) {
      tables.push([])
      used = 0
    }
    tables.at(-1)!.push(i)
    used += width
  }
  return tables
}

/** A heading with a faint remark behind it, as far as there is room. */
export function heading(title: string, remark: string, paint: Paint): string {
  if (remark === '') return paint.strong(title)
  const shown = shortened(title, PAGE_WIDTH)
  const room = PAGE_WIDTH - widthOf(shown) - GAP
  return room < REMARK_LEAST ? paint.strong(shown) : `${paint.strong(shown)}  ${paint.faint(shortened(remark, room))}`
}

/** Breaks a paragraph at spaces, but never before a unit; a word that is longer than a line is cut. */
export function wrapped(text: string, indent = '', width = PAGE_WIDTH): string[] {
  const room = width - indent.length
  const lines: string[] = []
  let line = ''
  for (const word of wordsOf(text, room)) {
    if (line === '') line = word
    else if (widthOf(line) + 1 + widthOf(word) <= room) line += ` ${word}`
    else {
      lines.push(indent + line)
      line = word
    }
  }
  return line === '' ? lines : [...lines, indent + line]
}

/** A text of at most `width` characters, with its middle left out: keys often differ at their ends. */
export function shortened(text: string, width: number): string {
  const characters = [...text]
  if (characters.length <= width) return text
  const head = Math.ceil((width - 1) / 2)
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (width - 1 - head)).join('')}`
}

export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(width - widthOf(text), 0))
  return align === 'left' ? text + space : space + text
}

/** A text without control characters: what people typed must not steer the reader's terminal. */
export function harmless(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim()
}

export function widthOf(text: string): number {
  return [...text].length
}

function wordsOf(text: string, room: number): string[] {
  return text
    .split(/\s+(?!%|pp\b)/)
    .filter((word) => word !== '')
    .flatMap((word) => {
      const characters = [...word]
      const parts = Math.ceil(characters.length / room)
      return Array.from({ length: parts }, (_, i) => characters.slice(i * room, (i + 1) * room).join(''))
    })
}
