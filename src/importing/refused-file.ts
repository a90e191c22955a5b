/** The refused file: one JSON object for every row that was not taken, with its line, the reason and the row as it stands in the file. */

import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import type { Refused } from './refusal.ts'

export interface RefusedFile {
  add(line: number, refusal: Pick<Refused, 'because'> & Partial<Pick<Refused, 'reason'>>, raw: string): void
  /** Waits until the disk has kept up, so that a file full of faults does not fill the memory. */
  settled(): Promise<void>
  /** Closes it; null when there was nothing to write and so no file. */
  close(): Promise<string | null>
}

const WAITING_BYTES_MAX = 1 << 20
const RAW_CHARS_MAX = 4096

/** Made with the first refusal; an older file of that name is replaced. */
export function refusedFile(path: string): RefusedFile {
  let stream: WriteStream | null = null
  let failure: Error | null = null
  const open = (): WriteStream => {
    const opened = createWriteStream(path)
    opened.on('error', (error) => {
      failure = new Error(`Refused rows cannot be written to ${path}: ${error.message}. Name another file with --refused.`)
    })
    return opened
  }
  return {
    add(line, { reason, because }, raw) {
      stream ??= open()
      stream.write(`${JSON.stringify({ line, reason, because, row: raw.slice(0, RAW_CHARS_MAX) })}\n`)
    },
    async settled() {
      if (failure) throw failure
      if (stream && stream.writableLength > WAITING_BYTES_MAX) await Promise.race([once(stream, 'drain'), once(stream, 'close')])
      if (failure) throw failure
    },
    async close() {
      if (!stream) return null
      const done = stream
      await new Promise<void>((resolve) => done.once('close', resolve).end())
      if (failure) throw failure
      return path
    },
  }
}
