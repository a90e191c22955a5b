/**
 * The NDJSON splitter: one JSON object a line, handed out as cells under the columns of the file, like a row of CSV.
 *
 * Nested objects become columns with dots (`attributes.colour`), lists become text with commas, null and absent become ''. Numbers keep
 * their own digits: 12345678901234567890 would lose the last four as a float, so such a line is read again with its source text.
 */
import { type Broken, RECORD_CHARS_MAX, type RecordSink, type Splitter } from './csv.ts'

const DEPTH_MAX = 8
const RAW_CHARS_MAX = 4096
/** How many lines are looked at to learn the columns. */
const LINES_SAMPLED = 1000

export type BrokenLine = Broken | 'not-json' | 'not-an-object'

export interface LineSink extends Pick<RecordSink, 'record'> {
  broken(reason: BrokenLine, line: number, raw: string): void
  /** A line has keys that are no column: they are not read. */
  strange(line: number, keys: readonly string[]): void
}

/** The columns of a file: all keys of the lines of its first text, in the order they come; and those that are asked for anyway. */
export function columnsOfLines(text: string, asked: readonly string[]): readonly string[] {
  const columns = new Set<string>()
  for (const line of text.split('\n', LINES_SAMPLED)) {
    const cells = cellsOf(line)
    if (cells instanceof Map) for (const key of cells.keys()) columns.add(key)
  }
  for (const column of asked) columns.add(column)
  return [...columns]
}

/** Opens a splitter of lines. */
export function ndjsonSplitter(columns: readonly string[], sink: LineSink): Splitter {
  const positions = new Map(columns.map((column, i) => [column, i]))
  const cells = columns.map(() => '')
  let text = ''
  let line = 0
  let skipping = false

  return {
    push(more) {
      text += more
      let from = 0
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
        read(text.slice(from, end))
        from = end + 1
      }
      text = text.slice(from)
      if (text.length > RECORD_CHARS_MAX) {
        if (!skipping) sink.broken('record-too-long', line + 1, text.slice(0, RAW_CHARS_MAX))
        skipping = true
        text = ''
      }
    },
    end() {
      if (text !== '') read(text)
      text = ''
    },
  }

  function read(raw: string): void {
    line++
    if (skipping) {
      skipping = false
      return
    }
    if (raw.trim() === '') return
    const found = raw.length > RECORD_CHARS_MAX ? 'record-too-long' : cellsOf(raw)
    if (!(found instanceof Map)) {
      sink.broken(found, line, raw.slice(0, RAW_CHARS_MAX))
      return
    }
    cells.fill('')
    const strange: string[] = []
    for (const [key, cell] of found) {
      const position = positions.get(key)
      if (position === undefined) strange.push(key)
      else cells[position] = cell
    }
    if (strange.length > 0) sink.strange(line, strange)
    sink.record(cells, line, raw)
  }
}

function cellsOf(line: string): Map<string, string> | BrokenLine {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'not-json'
  }
  if (!isObject(value)) return 'not-an-object'
  const cells = new Map<string, string>()
  if (!flatten(value, '', 1, cells)) {
    cells.clear()
    flatten(JSON.parse(line, keepDigits), '', 1, cells)
  }
  return cells
}

/** Puts an object's values under their paths; false when a number may have lost digits. */
function flatten(value: Readonly<Record<string, unknown>>, path: string, depth: number, cells: Map<string, string>): boolean {
  let exact = true
  for (const key of Object.keys(value)) {
    const part = value[key]
    if (isObject(part) && depth < DEPTH_MAX) exact = flatten(part, `${path}${key}.`, depth + 1, cells) && exact
    else {
      exact = exact && !(typeof part === 'number' && Math.abs(part) > Number.MAX_SAFE_INTEGER)
      cells.set(path + key, textOf(part))
    }
  }
  return exact
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value
}
