/** A file as text, block by block: unpacked when it is gzip (told by its first bytes, not by its name), decoded, without byte order mark. */
import { createHash } from 'node:crypto'
import { createReadStream, type ReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

const BLOCK_BYTES = 262_144
const GZIP = [0x1f, 0x8b]
/** Other first bytes that people try, and what to do. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['PK\u0003\u0004', 'a ZIP archive or a spreadsheet (.xlsx); export it as CSV'],
  ['PAR1', 'a Parquet file; export it as CSV or NDJSON'],
  ['%PDF', 'a PDF'],
  ['(\u00b5/\u00fd', 'packed with zstd; unpack it, or pack it with gzip'],
]

export interface FileIdentity {
  /** SHA-256 of the file as it lies there. */
  readonly hash: Uint8Array
  readonly bytes: number
  readonly packed: boolean
}

export interface TextSource {
  blocks(): AsyncIterable<string>
  /** Bytes of the file that were read so far. */
  bytesRead(): number
}

/**
 * Reads the file once: its hash, and whether gzip unpacks to the end, so that a damaged file changes nothing.
 * Rejects with a sentence when it cannot be read; `undone` says what then was not done: "Nothing was imported."
 */
export async function identify(path: string, undone: string, progress: (bytes: number, total: number) => void): Promise<FileIdentity> {
  const { bytes, first } = await look(path)
  const packed = GZIP.every((byte, i) => first[i] === byte)
  const foreign = FOREIGN.find(([magic]) => first.toString('latin1').startsWith(magic))
  if (foreign) throw new Error(`${path} is ${foreign[1]}.`)
  const hash = createHash('sha256')
  const file = createReadStream(path, { highWaterMark: BLOCK_BYTES })
  file.on('data', (block) => {
    hash.update(block)
    progress(file.bytesRead, bytes)
  })
  const nowhere = new Writable({ write: (_block, _encoding, done) => done() })
  try {
    await (packed ? pipeline(file, createGunzip({ chunkSize: BLOCK_BYTES }), nowhere) : pipeline(file, nowhere))
  } catch (error) {
    throw new Error(`${path} is damaged: ${(error as Error).message}. ${undone}`, { cause: error })
  }
  return { hash: hash.digest(), bytes, packed }
}

/** Opens the file as text. `encoding` is any label that browsers know, such as utf-8 or windows-1252. */
export function textSource(path: string, { packed }: FileIdentity, encoding: string): TextSource {
  const file: ReadStream = createReadStream(path, { highWaterMark: BLOCK_BYTES })
  return { bytesRead: () => file.bytesRead, blocks: () => decoded(packed ? unpacked(file) : file, encoding) }
}

async function look(path: string): Promise<{ bytes: number; first: Buffer }> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${error.message}.`, { cause: error })
  })
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new Error(`${path} is not a file.`)
    if (stat.size === 0) throw new Error(`${path} is empty.`)
    const first = Buffer.alloc(4)
    await handle.read(first, 0, first.length, 0)
    return { bytes: stat.size, first }
  } finally {
    await handle.close()
  }
}

function unpacked(file: ReadStream): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: BLOCK_BYTES })
  file.on('error', (error) => gunzip.destroy(error))
  return file.pipe(gunzip)
}

async function* decoded(bytes: AsyncIterable<Buffer>, encoding: string): AsyncIterable<string> {
  const decoder = new TextDecoder(encoding)
  for await (const block of bytes) {
    const text = decoder.decode(block, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}
