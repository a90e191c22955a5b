/**
 * The file of units: one shopper a line, with what else is known of the request. CSV with a header, NDJSON, or one unit a line.
 *
 *     unit,device,country        {"unit":"a","context":{"device":"mobile"}}        a
 *     a,mobile,DE                {"unit":"b","candidates":["SKU-1","SKU-2"]}        b
 *
 * What is a member of a slate request is taken as such, everything else is context. In CSV, cart and candidates are lists with "|" between
 * items, and consent stands in the columns consent.measurement and consent.personalisation.
 */
import { csvSplitter, RECORD_CHARS_MAX, type Splitter } from '../importing/csv.ts'
import { SNIFFED_CHARS, sniff } from '../importing/sniff.ts'
import { type FileIdentity, textSource } from '../importing/text-source.ts'

export type UnitsFormat = 'auto' | 'csv' | 'ndjson' | 'lines'

/** A line before it is checked against the schema of slate requests. */
export type UnitLine =
  | { readonly kind: 'wish'; readonly line: number; readonly wish: Readonly<Record<string, unknown>>; readonly raw: string }
  | { readonly kind: 'broken'; readonly line: number; readonly because: string; readonly raw: string }

export interface UnitsFile {
  readonly format: Exclude<UnitsFormat, 'auto'>
  /** The lines, block by block of the file. */
  blocks(): AsyncIterable<readonly UnitLine[]>
  bytesRead(): number
}

export interface UnitsFileOptions {
  readonly path: string
  readonly identity: FileIdentity
  readonly format: UnitsFormat
}

const UNIT = 'unit'
const MEMBERS: ReadonlySet<string> = new Set([UNIT, 'size', 'context', 'candidates', 'consent'])
const LIST_COLUMNS: ReadonlySet<string> = new Set(['cart', 'candidates'])
const CONSENT = /^consent\.(measurement|personalisation)$/
const YES = /^(1|true|yes)$/i
const NO = /^(0|false|no)$/i

/** Looks at the beginning and settles how the file is read. Throws a sentence when it has nothing to say. */
export async function openUnits({ path, identity, format: asked }: UnitsFileOptions): Promise<UnitsFile> {
  const source = textSource(path, identity, 'utf-8')
  const texts = source.blocks()[Symbol.asyncIterator]()
  let first = ''
  for (let block = await texts.next(); !block.done; block = await texts.next()) {
    first += block.value
    if (first.length >= SNIFFED_CHARS) break
  }
  if (first.trim() === '') throw new Error(`${path} names nobody.`)
  const csv = asked === 'csv' || asked === 'auto' ? sniff(first, { format: 'csv', delimiter: 'auto' }, []) : null
  const format = asked === 'auto' ? formatOf(first, csv?.columns ?? []) : asked
  if (format === 'csv' && !csv!.columns.includes(UNIT)) throw new Error(`${path} has no column "${UNIT}".`)
  return {
    format,
    bytesRead: () => source.bytesRead(),
    async *blocks() {
      let found: UnitLine[] = []
      const keep = (line: UnitLine) => void found.push(line)
      const delimiter = csv?.format.kind === 'csv' ? csv.format.delimiter : ','
      const splitter = format === 'csv' ? csvLines(delimiter, keep) : textLines(format, keep)
      const drained = () => found.splice(0)
      splitter.push(first)
      yield drained()
      for (let block = await texts.next(); !block.done; block = await texts.next()) {
        splitter.push(block.value)
        yield drained()
      }
      splitter.end()
      yield drained()
      found = []
    },
  }
}

function formatOf(text: string, columns: readonly string[]): 'csv' | 'ndjson' | 'lines' {
  if (text.trimStart().startsWith('{')) return 'ndjson'
  return columns.includes(UNIT) ? 'csv' : 'lines'
}

type Keep = (line: UnitLine) => void

function csvLines(delimiter: string, keep: Keep): Splitter {
  let columns: readonly string[] | null = null
  return csvSplitter(delimiter, {
    record(cells, line, raw) {
      if (columns === null) columns = cells.map((column) => column.trim())
      else if (cells.length !== columns.length)
        keep({ kind: 'broken', line, because: `the row has ${cells.length} cells, the header ${columns.length}`, raw })
      else keep({ kind: 'wish', line, wish: wishOf(Object.fromEntries(columns.map((column, i) => [column, cells[i]!]))), raw })
    },
    broken: (reason, line, raw) => keep({ kind: 'broken', line, because: reason.replaceAll('-', ' '), raw }),
  })
}

/** A row of CSV as a request: empty cells say nothing. */
function wishOf(cells: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const members: Record<string, unknown> = {}
  const context: Record<string, unknown> = {}
  const consent: Record<string, unknown> = {}
  for (const [column, cell] of Object.entries(cells)) {
    if (cell === '') continue
    const [, allowed] = CONSENT.exec(column) ?? []
    const value = LIST_COLUMNS.has(column) ? cell.split('|') : cell
    if (allowed) consent[allowed] = YES.test(cell) || (NO.test(cell) ? false : cell)
    else if (column === 'size') members.size = Number(cell)
    else if (MEMBERS.has(column)) members[column] = value
    else context[column] = value
  }
  return {
    ...members,
    ...(Object.keys(context).length > 0 ? { context } : {}),
    ...(Object.keys(consent).length > 0 ? { consent } : {}),
  }
}

/** Splits at line ends; a line without end costs itself, not the memory. */
function textLines(format: 'ndjson' | 'lines', keep: Keep): Splitter {
  let rest = ''
  let line = 0
  let isTooLong = false
  const read = (raw: string) => {
    line++
    const text = raw.trim()
    if (isTooLong || text.length > RECORD_CHARS_MAX) keep({ kind: 'broken', line, because: 'the line is too long', raw: text })
    else if (text !== '') keep(format === 'lines' ? { kind: 'wish', line, wish: { unit: text }, raw: text } : objectIn(text, line))
    isTooLong = false
  }
  return {
    push(more) {
      const lines = (rest + more).split('\n')
      rest = lines.pop()!
      lines.forEach(read)
      if (rest.length <= RECORD_CHARS_MAX) return
      isTooLong = true
      rest = ''
    },
    end() {
      if (rest !== '' || isTooLong) read(rest)
      rest = ''
    },
  }
}

function objectIn(raw: string, line: number): UnitLine {
  let value: unknown
  try {
    value = JSON.parse(raw)
  } catch {
    return { kind: 'broken', line, because: 'the line is not JSON', raw }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'broken', line, because: 'the line is JSON, but not an object', raw }
  const members = Object.entries(value)
  const other = members.filter(([name]) => !MEMBERS.has(name))
  const wish = Object.fromEntries(members.filter(([name]) => MEMBERS.has(name)))
  if (other.length === 0) return { kind: 'wish', line, wish, raw }
  return { kind: 'wish', line, wish: { ...wish, context: { ...Object.fromEntries(other), ...(wish.context as object) } }, raw }
}
