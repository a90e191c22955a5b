/** A file that nobody else sees: bytes are appended, read back once or more, and gone with the process. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BLOCK_BYTES = 262_144

export interface ScratchFile {
  append(bytes: Uint8Array): void
  /** The bytes from the start, in blocks of at most `most` that are used again. */
  blocks(most?: number): Iterable<Uint8Array>
  close(): void
}

/** Opens an empty scratch file. Its name is removed at once, so that even a killed process leaves nothing behind. */
export function openScratchFile(): ScratchFile {
  const folder = mkdtempSync(join(tmpdir(), 'croupier-'))
  const descriptor = openSync(join(folder, 'scratch'), 'w+', 0o600)
  rmSync(folder, { recursive: true, force: true })
  const pending = new Uint8Array(BLOCK_BYTES)
  let waiting = 0
  let written = 0

  function flush(): void {
    writeAll(pending.subarray(0, waiting))
    waiting = 0
  }

  function writeAll(bytes: Uint8Array): void {
    let done = 0
    while (done < bytes.length) done += writeSync(descriptor, bytes, done, bytes.length - done, written + done)
    written += bytes.length
  }

  return {
    append(bytes) {
      if (waiting + bytes.length > BLOCK_BYTES) flush()
      if (bytes.length > BLOCK_BYTES) writeAll(bytes)
      else {
        pending.set(bytes, waiting)
        waiting += bytes.length
      }
    },
    *blocks(most = BLOCK_BYTES) {
      flush()
      const block = new Uint8Array(most)
      for (let at = 0; at < written; ) {
        const length = readSync(descriptor, block, 0, Math.min(most, written - at), at)
        yield block.subarray(0, length)
        at += length
      }
    },
    close: () => closeSync(descriptor),
  }
}
