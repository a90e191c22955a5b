/**
 * The file of known rows: what the last training read, so that the next one asks the database only for what came since.
 *
 *     magic (8 bytes) │ length of the header (4) │ its CRC-32 (4) │ header, JSON │ columns │ pseudonyms │ CRC-32 of columns and pseudonyms (4)
 *
 * Columns (seconds, numbers, units, items, weights, baskets) as they lie in memory, 32 bytes a row and 16 a shopper. Only settled rows are written: of their transactions no more can appear.
 * Written beside, fsynced, then renamed: there is always one whole file, the old or the new.
 */
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { endianness } from 'node:os'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import type { LogRows } from './log-rows.ts'

export interface KnownHeader {
  readonly format: 1
  readonly endianness: 'BE' | 'LE'
  /** Of the query that read the rows. */
  readonly events: string
  /** Which server, database and version of PostgreSQL. */
  readonly origin: string
  /** All rows of transactions below it were read. */
  readonly position: string
  /** What the census said of these transactions' rows, those included that were too many to be kept. */
  readonly settled: number
  readonly settledMix: string
  readonly rows: number
  /** Whether these are all settled rows there were; else they are the latest. */
  readonly isWhole: boolean
  readonly shoppers: number
}

export interface KnownFile {
  readonly header: KnownHeader
  /** Fills the first `header.rows` rows of the columns; pseudonyms by number, 16 bytes each. Throws when the file is damaged. */
  read(into: LogRows): Uint8Array
  close(): void
}

const MAGIC = 'CROUPKN1'
const PIECE_BYTES = 1_048_576
const LENGTH_AT = MAGIC.length
const CRC_AT = LENGTH_AT + 4
const HEADER_AT = CRC_AT + 4
const HEADER_BYTES_MAX = 4_096
const KEY_BYTES = 16
const CRC_BYTES = 4
const FILED_ROW_BYTES = 32

/** In the order of the file: eight-byte columns first. */
const columnsOf = (rows: LogRows) => [rows.seconds, rows.numbers, rows.units, rows.items, rows.weights, rows.baskets]

/** Opens the file and reads its header; null where there is none. Throws when it is not such a file, or was cut off. */
export function openKnownFile(path: string): KnownFile | null {
  const file = opened(path)
  if (file === null) return null
  try {
    const start = Buffer.alloc(HEADER_AT)
    readFull(file, start, 0)
    const length = start.readUInt32LE(LENGTH_AT)
    if (start.toString('latin1', 0, LENGTH_AT) !== MAGIC || length > HEADER_BYTES_MAX) throw new Error('it is of another format')
    const text = Buffer.alloc(length)
    readFull(file, text, HEADER_AT)
    if (crc32(text) !== start.readUInt32LE(CRC_AT)) throw new Error('the checksum of its header is wrong')
    const header = JSON.parse(text.toString()) as KnownHeader
    const bodyAt = HEADER_AT + length
    const bytes = bodyAt + header.rows * FILED_ROW_BYTES + header.shoppers * KEY_BYTES + CRC_BYTES
    if (fstatSync(file).size !== bytes) throw new Error('it has not the length that it should have')
    return { header, read: (into) => readBody(file, header, { at: bodyAt, into }), close: () => closeSync(file) }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

function opened(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null
    throw error
  }
}

function readBody(file: number, header: KnownHeader, body: { readonly at: number; readonly into: LogRows }): Uint8Array {
  const { into } = body
  const keys = new Uint8Array(header.shoppers * KEY_BYTES)
  let { at } = body
  let crc = 0
  for (const column of [...columnsOf(into).map((whole) => whole.subarray(0, header.rows)), keys]) {
    const bytes = bytesOf(column)
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      const piece = bytes.subarray(from, from + PIECE_BYTES)
      readFull(file, piece, at)
      crc = crc32(piece, crc)
      at += piece.length
    }
  }
  const stored = Buffer.alloc(CRC_BYTES)
  readFull(file, stored, at)
  if (stored.readUInt32LE(0) !== crc) throw new Error('its checksum is wrong')
  into.settled.fill(1, 0, header.rows)
  return keys
}

function readFull(file: number, into: Uint8Array, position: number): void {
  for (let done = 0; done < into.length; ) {
    const bytes = readSync(file, into, done, into.length - done, position + done)
    if (bytes === 0) throw new Error('it ends too early')
    done += bytes
  }
}

export type KnownFacts = Omit<KnownHeader, 'format' | 'endianness' | 'rows' | 'shoppers'>

/** Writes the settled rows; `keys` are the pseudonyms by number. The folder is made when it is not there. Throws when the disk cannot take it. */
export function writeKnownFile(path: string, facts: KnownFacts, rows: LogRows, keys: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.new`
  const file = openSync(beside, 'w', 0o600)
  try {
    const settled = rows.settled.reduce((sum, one) => sum + one, 0)
    const header: KnownHeader = { format: 1, endianness: endianness(), ...facts, rows: settled, shoppers: keys.length / KEY_BYTES }
    const text = Buffer.from(JSON.stringify(header))
    const start = Buffer.alloc(HEADER_AT)
    start.write(MAGIC, 'latin1')
    start.writeUInt32LE(text.length, LENGTH_AT)
    start.writeUInt32LE(crc32(text), CRC_AT)
    writeFull(file, start)
    writeFull(file, text)
    const out = openPieces(file)
    for (const column of columnsOf(rows)) for (const [from, to] of runsOf(rows.settled)) out.write(bytesOf(column.subarray(from, to)))
    out.write(keys)
    out.end()
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** Runs of ones, as [from, to). */
function* runsOf(settled: Uint8Array): Generator<readonly [number, number]> {
  for (let from = settled.indexOf(1); from >= 0; ) {
    const end = settled.indexOf(0, from)
    const to = end < 0 ? settled.length : end
    yield [from, to]
    from = end < 0 ? -1 : settled.indexOf(1, to)
  }
}

/** Gathers what is written into pieces and sums it up; `end` writes the rest and the checksum. */
function openPieces(file: number): { write(bytes: Uint8Array): void; end(): void } {
  const piece = Buffer.alloc(PIECE_BYTES)
  let filled = 0
  let crc = 0
  const flush = (): void => {
    writeFull(file, piece.subarray(0, filled))
    filled = 0
  }
  const write = (bytes: Uint8Array): void => {
    crc = crc32(bytes, crc)
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + PIECE_BYTES - filled)
      piece.set(part, filled)
      filled += part.length
      from += part.length
      if (filled === PIECE_BYTES) flush()
    }
  }
  const end = (): void => {
    const sum = Buffer.alloc(CRC_BYTES)
    sum.writeUInt32LE(crc)
    write(sum)
    flush()
  }
  return { write, end }
}

function writeFull(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done)
}

function bytesOf(column: { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly byteLength: number }): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
}
