/** A reading: how one file becomes rows, settled before its first row: splitter, row reader, writer, and the identity of all that. */
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { damageOf } from './cell.ts'
import { csvSplitter, type Splitter } from './csv.ts'
import type { DecimalMark } from './decimal.ts'
import { fieldsOf, type Kind } from './fields.ts'
import { interactionReader } from './interaction-reader.ts'
import { interactionWriter } from './interaction-writer.ts'
import { itemReader } from './item-reader.ts'
import { itemWriter, type Manner } from './item-writer.ts'
import { type Asked, fingerprintOf, type Mapping, mappingOf } from './mapping.ts'
import { ndjsonSplitter } from './ndjson.ts'
import type { Fact } from './preset.ts'
import { presets } from './presets.ts'
import { type Reason, type Refused, refused, type Verdict } from './refusal.ts'
import type { InteractionRow, ItemRow } from './row-reader.ts'
import type { RowWriter } from './row-writer.ts'
import type { Format, Sniffed } from './sniff.ts'

export interface ReadingRequest {
  readonly kind: Kind
  readonly preset: string | null
  readonly asked: Asked
  readonly encoding: string
  readonly decimal: DecimalMark
  readonly currency: string
}

export interface WriterNeeds {
  readonly client: pg.Client
  readonly importId: number
  readonly pseudonym: (unit: string) => Uint8Array
}

export interface Reading<Row = ItemRow | InteractionRow> {
  /** Hash of everything that decides how rows are read. */
  readonly hash: string
  /** Field → column. */
  readonly columns: Readonly<Record<string, string>>
  readonly unused: readonly string[]
  readonly remarks: readonly string[]
  /** A splitter that hands every record to `sink` once, the header left out, broken records as refusals. */
  splitter(sink: ReadingSink<Row>): Splitter
  /** Null when only the catalogue is wanted. */
  writer(needs: WriterNeeds): RowWriter<Row> | null
  /** Items that the file brings along besides its rows, and how they are put; known when all of it was read. */
  catalogue(): { readonly items: readonly ItemRow[]; readonly manner: Manner }
  facts(): readonly Fact[]
}

export interface ReadingSink<Row> {
  row(verdict: Verdict<Row>, line: number, raw: string): void
  note(note: string): void
}

const NO_CATALOGUE = { items: [], manner: 'fill' } as const
const STRANGE_KEYS = 'with keys that the first 1,000 lines did not have (not read)'

/** Settles how a file is read. Throws a sentence that says what is missing. */
export function openReading(request: ReadingRequest, sniffed: Sniffed): Reading {
  if (request.preset !== null) return presetReading(request, request.preset, sniffed)
  const mapping = mappingOf(request.kind, sniffed.columns, request.asked)
  if (mapping.kind === 'unmappable') throw new Error(`${sentence(mapping.because)}`)
  const shared = { hash: hashOf(request, sniffed.format, fingerprintOf(mapping)), ...described(request, mapping), facts: () => [] }
  if (request.kind === 'items') {
    const read = itemReader(mapping, request)
    return {
      ...shared,
      catalogue: () => NO_CATALOGUE,
      splitter: (sink) => splitterOf(sniffed, read, sink),
      writer: ({ client, importId }) => itemWriter(client, importId),
    }
  }
  const read = interactionReader(mapping, request)
  return { ...shared, catalogue: () => NO_CATALOGUE, splitter: (sink) => splitterOf(sniffed, read, sink), writer: interactionWriter }
}

function presetReading(request: ReadingRequest, key: string, sniffed: Sniffed): Reading<InteractionRow> {
  const preset = presets[key]
  if (!preset) throw new Error(`There is no preset ${key}; there is ${Object.keys(presets).join(', ')}.`)
  if (request.asked.size > 0) throw new Error('A preset knows its columns: leave --map out.')
  const opened = preset.open(sniffed.columns)
  if (opened.kind === 'unmappable') throw new Error(sentence(opened.because))
  return {
    hash: hashOf(request, sniffed.format, `${preset.key} ${preset.rulesVersion}`),
    columns: {},
    unused: [],
    remarks: preset.remarks,
    facts: opened.facts,
    catalogue: () => ({ items: opened.items(), manner: request.kind === 'items' ? 'replace' : 'fill' }),
    splitter: (sink) => splitterOf(sniffed, opened.read, sink),
    writer: (needs) => (request.kind === 'items' ? null : interactionWriter(needs)),
  }
}

function splitterOf<Row>(
  { format, columns }: Sniffed,
  read: (cells: readonly string[], raw: string) => Verdict<Row>,
  sink: ReadingSink<Row>,
): Splitter {
  const broken = (reason: Reason, line: number, raw: string) => sink.row(refused(reason), line, raw)
  if (format.kind === 'ndjson') {
    return ndjsonSplitter(columns, {
      broken,
      strange: () => sink.note(STRANGE_KEYS),
      record: (cells, line, raw) => sink.row(damageOf(cells.join()) ?? read(cells, raw), line, raw),
    })
  }
  let header = true
  const width = columns.length
  return csvSplitter(format.delimiter, {
    broken,
    record(cells, line, raw) {
      if (header) header = false
      else if (cells.length !== width) sink.row(wrongColumns(cells.length, width), line, raw)
      else sink.row(damageOf(raw) ?? read(cells, raw), line, raw)
    },
  })
}

function wrongColumns(have: number, need: number): Refused {
  return refused('wrong-columns', `the row has ${have} cells, the header ${need}`)
}

function described(request: ReadingRequest, mapping: Mapping): Pick<Reading, 'columns' | 'unused' | 'remarks'> {
  const attributes = mapping.attributes.map(({ name, position }) => [`attributes.${name}`, `column ${position + 1}`])
  const money = fieldsOf(request.kind).some(({ name }) => ['price', 'value', 'unitPrice'].includes(name) && mapping.positions.has(name))
  return {
    columns: Object.fromEntries([...mapping.columns, ...attributes]),
    unused: mapping.unused,
    remarks: money && !mapping.positions.has('currency') ? [`No column names a currency: money is read as ${request.currency}.`] : [],
  }
}

function hashOf({ kind, encoding, decimal, currency }: ReadingRequest, format: Format, how: string): string {
  return createHash('sha256').update(JSON.stringify({ kind, encoding, decimal, currency, format, how })).digest('hex')
}

function sentence(because: string): string {
  return `${because.charAt(0).toUpperCase()}${because.slice(1)}${/[.…]$/.test(because) ? '' : '.'}`
}
