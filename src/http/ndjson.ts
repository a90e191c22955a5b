/** Lines of JSON from a request, a batch at a time: memory stays bounded however long the stream is. */
import type { Readable } from 'node:stream'

/** A line of an item has at most so many bytes. */
const LINE_BYTES_MAX = 64 * 1024
const NEWLINE = 0x0a

export interface Line {
  /** Counted from 1. */
  readonly no: number
  /** Null when the line is longer than the cap; its bytes are thrown away. */
  readonly bytes: Uint8Array | null
}

/** Batches of at most `size` lines; empty lines are counted and left out. */
export async function* linesOf(stream: Readable, size: number): AsyncGenerator<readonly Line[]> {
  let batch: Line[] = []
  let parts: Buffer[] = []
  let length = 0
  let no = 0
  const endLine = (): void => {
    no++
    if (length > LINE_BYTES_MAX) batch.push({ no, bytes: null })
    else {
      const bytes = Buffer.concat(parts, length)
      if (!isBlank(bytes)) batch.push({ no, bytes })
    }
    parts = []
    length = 0
  }
  const add = (part: Buffer): void => {
    length += part.length
    if (length > LINE_BYTES_MAX) parts = []
    else parts.push(part)
  }
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end))
      endLine()
      start = end + 1
      if (batch.length >= size) {
        yield batch
        batch = []
      }
    }
    if (start < chunk.length) add(chunk.subarray(start))
  }
  if (length > 0) endLine()
  if (batch.length > 0) yield batch
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
