/**
 * The import of one file, from bytes to rows: identify → look → read → write → finish.
 *
 * Reading is a pure function of the file: the same rows with the same verdicts every time. So an import that was cut off is simply read
 * again from the start, and only what the database has already is not written again. While PostgreSQL takes one chunk, the next is read.
 */
import { basename } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { beginningOf, chain } from './beginning.ts'
import type { Kind } from './fields.ts'
import type { Reasons } from './import-record.ts'
import { CHUNK_ROWS } from './interaction-chunk.ts'
import type { Fact } from './preset.ts'
import { openReading, type Reading, type ReadingRequest } from './reading.ts'
import { refusedFile } from './refused-file.ts'
import type { Written } from './row-writer.ts'
import { type ImportWorld, openSession, type Session } from './session.ts'
import { type FormatOptions, sniff } from './sniff.ts'
import { type Counts, openTally, type Tally } from './tally.ts'
import { identify, textSource } from './text-source.ts'

export interface ImportRequest extends FormatOptions, ReadingRequest {
  readonly path: string
  /** Where refused rows go. */
  readonly refusedPath: string
  /** Import although the same file was imported with another mapping. */
  readonly again: boolean
}

/** Told about what goes on; called often. */
export interface Watch {
  phase(name: 'checking' | 'importing' | 'finishing'): void
  at(bytes: number, bytesTotal: number, rows: number): void
}

export interface ImportReport extends Counts {
  readonly status: 'imported' | 'already-imported' | 'dry-run'
  readonly kind: Kind
  readonly path: string
  /** Field → column. */
  readonly columns: Readonly<Record<string, string>>
  readonly unused: readonly string[]
  readonly remarks: readonly string[]
  readonly facts: readonly Fact[]
  /** Line behind which an import that was cut off went on; 0 when it began at the beginning. */
  readonly continuedFrom: number
  readonly items: Readonly<Written>
  readonly refusedFile: string | null
  readonly seconds: number
  readonly rowsPerSecond: number
}

const NOTHING_WRITTEN: Readonly<Written> = { itemsAdded: 0, itemsChanged: 0 }

/** Imports a file; `world` null reads and checks only. Rejects with a sentence when the file or the database is at fault. */
export async function importFile(request: ImportRequest, world: ImportWorld | null, watch: Watch): Promise<ImportReport> {
  const started = performance.now()
  watch.phase('checking')
  const file = await identify(request.path, 'Nothing was imported.', (bytes, total) => watch.at(bytes, total, 0))
  const source = textSource(request.path, file, request.encoding)
  const { head, rest } = await beginningOf(source.blocks())
  const reading = openReading(request, sniff(head, request, [...request.asked.values()]))
  const identity = { kind: request.kind, fileName: basename(request.path), fileHash: file.hash, mappingHash: reading.hash }
  const session = world === null ? null : await openSession(world, identity, reading, request.again)
  const told = (counts: Counts, more: Partial<ImportReport>): ImportReport =>
    reportOf(request, reading, counts, { seconds: (performance.now() - started) / 1000, ...more })
  try {
    if (session && session.begun.finishedAt !== null) return told(countsOf(session), { status: 'already-imported' })
    watch.phase('importing')
    const tally = openTally()
    const passed = await pass({
      request,
      reading,
      session,
      tally,
      blocks: chain(head, rest),
      at: (rows) => watch.at(source.bytesRead(), file.bytes, rows),
    })
    watch.phase('finishing')
    const along = session ? await session.finish(reading, tally.progress(passed.lastLine)) : NOTHING_WRITTEN
    const rows = session?.writer?.written ?? NOTHING_WRITTEN
    return told(tally.counts(), {
      status: session ? 'imported' : 'dry-run',
      continuedFrom: session?.begun.linesDone ?? 0,
      // An item that was made with its first row and described at the end was added, not changed.
      items: {
        itemsAdded: rows.itemsAdded + along.itemsAdded,
        itemsChanged: rows.itemsChanged + Math.max(0, along.itemsChanged - rows.itemsAdded),
      },
      refusedFile: passed.refusedFile,
      facts: reading.facts(),
    })
  } finally {
    await rest.return?.(undefined)
    await session?.close()
  }
}

interface Passage {
  readonly request: ImportRequest
  readonly reading: Reading
  readonly session: Session | null
  readonly tally: Tally
  readonly blocks: AsyncIterable<string>
  readonly at: (rows: number) => void
}

/** Takes all rows through reader and writer. */
async function pass({ request, reading, session, tally, blocks, at }: Passage): Promise<{ lastLine: number; refusedFile: string | null }> {
  const writer = session?.writer ?? null
  const linesDone = session?.begun.linesDone ?? 0
  const refusals = refusedFile(request.refusedPath)
  const batches: (() => Promise<void>)[] = []
  let rows = 0
  let lastLine = linesDone
  const splitter = reading.splitter({
    note: tally.note,
    row(verdict, line, raw) {
      rows++
      tally.take(verdict)
      if (verdict.kind === 'refused') refusals.add(line, verdict, raw)
      if (verdict.kind !== 'accepted' || writer === null || line <= linesDone) return
      writer.add(line, verdict.row)
      lastLine = line
      if (writer.waiting === CHUNK_ROWS) batches.push(writer.take(tally.progress(line)))
    },
  })
  let underway: Promise<void> = Promise.resolve()
  const send = async (): Promise<void> => {
    for (const batch of batches.splice(0)) {
      await underway
      underway = batch()
      // Its failure is met at the next await; until then it must not count as unhandled.
      underway.catch(() => {})
    }
  }
  for await (const block of blocks) {
    splitter.push(block)
    await send()
    await refusals.settled()
    at(rows)
    // Blocks that are already unpacked come without a pause; PostgreSQL's answers need one.
    await nextTurn()
  }
  splitter.end()
  if (writer !== null && writer.waiting > 0) batches.push(writer.take(tally.progress(lastLine)))
  await send()
  await underway
  return { lastLine, refusedFile: await refusals.close() }
}

/** What the record of a finished import says. */
function countsOf({ begun }: Session): Counts {
  const { refused = {}, skipped = {}, notes = {} } = begun.reasons as Partial<Reasons>
  const left = [...Object.values(refused), ...Object.values(skipped)].reduce((sum, n) => sum + n, 0)
  return { read: begun.accepted + left, accepted: begun.accepted, refused, skipped, notes }
}

function reportOf(
  request: ImportRequest,
  { columns, unused, remarks }: Reading,
  counts: Counts,
  more: Partial<ImportReport> & { readonly seconds: number },
): ImportReport {
  return {
    status: 'imported',
    kind: request.kind,
    path: request.path,
    columns,
    unused,
    remarks,
    facts: [],
    continuedFrom: 0,
    items: NOTHING_WRITTEN,
    refusedFile: null,
    rowsPerSecond: counts.read / more.seconds,
    ...counts,
    ...more,
  }
}
