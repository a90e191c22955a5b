/**
 * The spool: where rows wait on disk while the database is away. What append calls kept is fsynced and survives kill -9.
 *
 * Records go to the end of the newest segment in groups, one fdatasync each (group-commit.ts: no timer). The drain seals that segment,
 * reads the sealed ones from the oldest on, and deletes one only when its rows are committed; a segment may therefore be read twice, and
 * whoever writes its rows must not mind.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { appendFile, type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sentenceOf } from './failure.ts'
import { type Batch, openGroupCommit } from './group-commit.ts'
import { isAlive, OWNER } from './owner.ts'
import { framesOf, readSegment, SEGMENT_HEADER, type SegmentContent } from './segment.ts'

export type Kept = { readonly kind: 'kept' } | { readonly kind: 'lost'; readonly because: string }

export interface Spool {
  /** Resolves when the record is on disk, or cannot be put there. Never rejects. */
  append(payload: Uint8Array): Promise<Kept>
  /** Closes the newest segment, so that it can be read; names of all segments that can, oldest first. */
  seal(): Promise<readonly string[]>
  read(segment: string): Promise<SegmentContent>
  /** To be called when all rows of the segment are committed. */
  remove(segment: string): Promise<void>
  /** Puts records aside that the database will never take. */
  reject(payloads: readonly Uint8Array[]): Promise<void>
  /** Bytes in segments, of earlier lives of this process too. */
  backlogBytes(): number
  close(): Promise<void>
}

const SEGMENT = /^\d{13}-\d{6}-[\d.]+\.spool$/
const SEGMENT_BYTES_MAX = 8 * 1024 * 1024
const ROWS_MAX = 2_048
/** About 100 MB of exposures. More than the disk can take in a second: then it is too late anyway. */
const QUEUE_MAX = 65_536
const REJECTED = 'rejected'

interface Segment {
  readonly name: string
  readonly file: FileHandle
  bytes: number
}

const KEPT: Kept = { kind: 'kept' }

/** Opens the folder, and makes it when it is not there. Throws when it cannot. */
export function openSpool(folder: string): Spool {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let current: Segment | null = null
  let made = 0
  let known = bytesIn(folder)
  /** Writing and sealing take turns. */
  let turn: Promise<unknown> = Promise.resolve()

  const commit = openGroupCommit<Uint8Array, Kept>({
    lanes: [{ ready: () => true, flush: (batch) => inTurn(() => write(batch)) }],
    overflow: (batch) => answer(batch, { kind: 'lost', because: 'too many rows wait for the disk' }),
    rowsMax: ROWS_MAX,
    queueMax: QUEUE_MAX,
  })

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = turn.then(work)
    turn = result.catch(() => {})
    return result
  }

  async function write(batch: Batch<Uint8Array, Kept>): Promise<void> {
    try {
      current ??= await begin()
      const segment = current
      const frames = framesOf(batch.map(({ row }) => row))
      await writeAt(segment, frames)
      segment.bytes += frames.length
      known += frames.length
      answer(batch, KEPT)
      if (segment.bytes > SEGMENT_BYTES_MAX) await end()
    } catch (error) {
      await end()
      answer(batch, { kind: 'lost', because: sentenceOf(error) })
    }
  }

  async function begin(): Promise<Segment> {
    const name = `${String(Date.now()).padStart(13, '0')}-${String(made++ % 1e6).padStart(6, '0')}-${OWNER}.spool`
    const segment = { name, file: await open(join(folder, name), 'ax', 0o600), bytes: 0 }
    try {
      await writeAt(segment, SEGMENT_HEADER)
      await syncFolder(folder)
    } catch (error) {
      await segment.file.close().catch(() => {})
      await rm(join(folder, name), { force: true }).catch(() => {})
      throw error
    }
    segment.bytes = SEGMENT_HEADER.length
    known += SEGMENT_HEADER.length
    return segment
  }

  async function end(): Promise<void> {
    const segment = current
    current = null
    await segment?.file.close().catch(() => {})
  }

  return {
    append: commit.append,
    seal: () =>
      inTurn(async () => {
        await end()
        return segmentsIn(folder).filter((name) => isOurs(name) || !isAlive(ownerOf(name)))
      }),
    read: async (segment) => readSegment(await readFile(join(folder, segment))),
    async remove(segment) {
      await rm(join(folder, segment), { force: true })
      known = bytesIn(folder)
    },
    reject: (payloads) => appendFile(join(folder, REJECTED), framesOf(payloads), { mode: 0o600, flush: true }),
    backlogBytes: () => known,
    async close() {
      await commit.idle()
      await inTurn(end)
    },
  }
}

/** Appends and syncs. What a full disk left half-written is cut off again, so that the next record starts at a frame. */
async function writeAt({ file, bytes }: Segment, more: Buffer): Promise<void> {
  try {
    await file.writeFile(more)
    await file.datasync()
  } catch (error) {
    await file.truncate(bytes).catch(() => {})
    throw error
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

function answer(batch: Batch<Uint8Array, Kept>, kept: Kept): void {
  for (const { resolve } of batch) resolve(kept)
}

function segmentsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => SEGMENT.test(name))
    .sort()
}

function bytesIn(folder: string): number {
  return segmentsIn(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0)
}

function ownerOf(name: string): string {
  return name.slice(0, -'.spool'.length).split('-')[2] ?? ''
}

function isOurs(name: string): boolean {
  return ownerOf(name) === OWNER
}
