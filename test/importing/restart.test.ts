import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ImportReport } from '../../src/importing/import-file.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { fingerprintOf, importInto, requestOf, rowsOf } from './importer.ts'
import { fileOf } from './own-file.ts'

const CHILD = join(import.meta.dirname, 'import-child.ts')
const ROWS = 60_000
const MEMORY_ROWS = 1_000_000
const HEAP_MB_MAX = 48
/** Seconds on a quiet machine; minutes on a crowded one. */
const PATIENCE_MS = 240_000
const RSS_BYTES_MAX = 320 * 1024 * 1024

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

/** Rows with some faults, some new items in every chunk, and shoppers that come back; a thousand rows at a time. */
function* history(rows: number): Iterable<string> {
  yield 'unit,itemId,type,quantity,value,occurredAt,basket\n'
  for (let from = 0; from < rows; from += 1000)
    yield Array.from({ length: Math.min(1000, rows - from) }, (_, i) => rowOf(from + i)).join('')
}

function rowOf(i: number): string {
  const value = i % 997 === 0 ? 'free' : `${(i % 90) + 1}.95`
  const item = (i * 17) % (10 + Math.floor(i / 20))
  return `shopper-${(i * 31) % 5000},item-${item},purchase,1,${value},2026-10-${10 + (i % 20)}T10:00:00Z,b-${Math.floor(i / 3)}\n`
}

async function historyFile(rows: number): Promise<string> {
  const path = await fileOf('history.csv.gz', '')
  await pipeline(history(rows), createGzip({ level: 1 }), createWriteStream(path))
  return path
}

type Told = ImportReport & { readonly rssBytes: number }

/** Imports in a process of its own; `onRows` may kill it. */
function importApart(
  path: string,
  onRows: (rows: number, child: ChildProcess) => void,
  flags: readonly string[] = [],
): Promise<Told | null> {
  const request = JSON.stringify(requestOf(path))
  const child = spawn(process.execPath, [...flags, CHILD, database.url, request], { stdio: ['ignore', 'pipe', 'inherit'] })
  let told: Told | null = null
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('rows ')) onRows(Number(line.slice(5)), child)
    if (line.startsWith('report ')) told = JSON.parse(line.slice(7)) as Told
  })
  return new Promise((resolve) => child.once('close', () => resolve(told)))
}

describe('an import that is killed', () => {
  it('goes on exactly where the database is, however often it is killed', { timeout: PATIENCE_MS }, async () => {
    const path = await historyFile(ROWS)
    const reached: number[] = []
    for (const killAt of [8_000, 25_000, 45_000]) {
      const report = await importApart(path, (rows, child) => {
        if (rows >= killAt) child.kill('SIGKILL')
      })
      expect(report).toBeNull()
      const [record] = await rowsOf(database.url, 'SELECT lines_done::integer AS lines, finished_at FROM imports')
      expect(record!.finished_at).toBeNull()
      reached.push(record!.lines as number)
    }
    expect(reached.at(-1)).toBeGreaterThan(0)
    expect(reached).toEqual([...reached].sort((a, b) => a - b))

    const last = await importInto(database.url, path)
    const refused = { 'not-a-number': Math.ceil(ROWS / 997) }
    expect(last).toMatchObject({
      status: 'imported',
      read: ROWS,
      accepted: ROWS - refused['not-a-number'],
      refused,
    })

    // The chunk that was on its way when the process died may have been committed after we looked.
    expect(last.continuedFrom).toBeGreaterThanOrEqual(reached.at(-1)!)

    const whole = await freshDatabase()
    await importInto(whole.url, path)
    expect(await fingerprintOf(database.url)).toEqual(await fingerprintOf(whole.url))
    expect(await rowsOf(database.url, 'SELECT reasons FROM imports')).toEqual(await rowsOf(whole.url, 'SELECT reasons FROM imports'))
    await whole.drop()
  })

  it(`reads a million rows within a heap of ${HEAP_MB_MAX} MB`, { timeout: PATIENCE_MS }, async () => {
    const path = await historyFile(MEMORY_ROWS)
    const report = await importApart(path, () => {}, [`--max-old-space-size=${HEAP_MB_MAX}`])
    expect(report).toMatchObject({ status: 'imported', read: MEMORY_ROWS })
    expect(report!.rssBytes).toBeLessThan(RSS_BYTES_MAX)
  })
})
