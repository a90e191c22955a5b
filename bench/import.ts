/**
 * Import against raw COPY: the same gzip file, once through `importFile` into the real table with all its checks, once unpacked and copied
 * as it is into a table without index. Rounds are interleaved, so that both see the same machine.
 *
 * The file is Online Retail where it lies beside the project, else one generated with the same columns.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, gzipSync } from 'node:zlib'
import { parse } from 'csv-parse'
import pg from 'pg'
import { from } from 'pg-copy-streams'
import { csvSplitter } from '../src/importing/csv.ts'
import { type ImportRequest, importFile } from '../src/importing/import-file.ts'
import { openEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { medianOf, ratioOf, rounded } from './figures.ts'

const ROUNDS = 5
const GENERATED_ROWS = 500_000
const ONLINE_RETAIL = join(import.meta.dirname, '..', '..', 'shared', 'data', 'online-retail', 'online_retail.csv.gz')

export interface ImportBench {
  readonly file: string
  readonly rows: number
  readonly importRowsPerSecond: number
  readonly copyRowsPerSecond: number
  /** Median over the rounds of import ÷ raw COPY. */
  readonly ratio: number
  /** Unpacking and splitting alone, rows/s: ours and csv-parse. */
  readonly splitterRowsPerSecond: number
  readonly csvParseRowsPerSecond: number
}

/** Measures, prints one line and returns the numbers. */
export async function benchImport(): Promise<ImportBench> {
  const folder = await mkdtemp(join(tmpdir(), 'croupier-bench-'))
  // As root PostgreSQL runs as another account, which has to pass through.
  await chmod(folder, 0o711)
  const log = { info() {}, warn: console.warn, error: console.error }
  const embedded = await openEmbedded({ dataFolder: folder, log })
  try {
    const path = existsSync(ONLINE_RETAIL) ? ONLINE_RETAIL : await generate(join(folder, 'generated.csv.gz'))
    const imported: number[] = []
    const copied: number[] = []
    let rows = 0
    for (let i = 0; i <= ROUNDS; i++) {
      const url = await emptyDatabase(embedded.url)
      const copySeconds = await rawCopy(url, path)
      const report = await importFile(requestFor(path, folder), { url, pseudonym: pseudonyms() }, { phase() {}, at() {} })
      // The first round warms up compilers and caches.
      if (i === 0) continue
      rows = report.read
      imported.push(report.read / report.seconds)
      copied.push(report.read / copySeconds)
    }
    const result: ImportBench = {
      file: path === ONLINE_RETAIL ? 'Online Retail' : 'generated',
      rows,
      importRowsPerSecond: Math.round(medianOf(imported)),
      copyRowsPerSecond: Math.round(medianOf(copied)),
      ratio: rounded(ratioOf(imported, copied)),
      splitterRowsPerSecond: Math.round(rows / (await best(() => split(path)))),
      csvParseRowsPerSecond: Math.round(rows / (await best(() => parseByOthers(path)))),
    }
    console.error(
      `import ${result.file}: ${thousands(result.importRowsPerSecond)} rows/s, raw COPY ${thousands(result.copyRowsPerSecond)} rows/s, ratio ${result.ratio}; ` +
        `reading alone ${thousands(result.splitterRowsPerSecond)}, with csv-parse ${thousands(result.csvParseRowsPerSecond)}`,
    )
    return result
  } finally {
    await embedded.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function requestFor(path: string, folder: string): ImportRequest {
  return {
    kind: 'interactions',
    preset: 'online-retail',
    path,
    asked: new Map(),
    format: 'auto',
    delimiter: 'auto',
    encoding: 'utf-8',
    decimal: 'point',
    currency: 'GBP',
    refusedPath: join(folder, 'refused.ndjson'),
    again: false,
  }
}

function pseudonyms(): (unit: string) => Uint8Array {
  const key = randomBytes(32)
  return (unit) => createHmac('sha256', key).update(unit).digest().subarray(0, 16)
}

async function emptyDatabase(clusterUrl: string): Promise<string> {
  const client = new pg.Client(clusterUrl)
  await client.connect()
  await client.query('DROP DATABASE IF EXISTS bench_import WITH (FORCE)')
  await client.query('CREATE DATABASE bench_import')
  await client.end()
  const url = new URL(clusterUrl)
  url.pathname = 'bench_import'
  await migrate(url.href)
  return url.href
}

async function rawCopy(url: string, path: string): Promise<number> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(
    'CREATE TABLE raw_rows (invoice text, code text, description text, quantity integer, sold_at timestamp, price numeric, customer text, country text)',
  )
  const started = performance.now()
  await pipeline(
    createReadStream(path, { highWaterMark: 262_144 }),
    createGunzip({ chunkSize: 262_144 }),
    client.query(from('COPY raw_rows FROM STDIN (FORMAT csv, HEADER)')),
  )
  const seconds = (performance.now() - started) / 1000
  await client.end()
  return seconds
}

async function split(path: string): Promise<void> {
  const decoder = new TextDecoder()
  const splitter = csvSplitter(',', { record() {}, broken() {} })
  const sink = new Writable({
    write(block: Buffer, _encoding, done) {
      splitter.push(decoder.decode(block, { stream: true }))
      done()
    },
  })
  await pipeline(createReadStream(path), createGunzip({ chunkSize: 262_144 }), sink)
  splitter.end()
}

async function parseByOthers(path: string): Promise<void> {
  const sink = new Writable({ objectMode: true, write: (_record, _encoding, done) => done() })
  await pipeline(createReadStream(path), createGunzip({ chunkSize: 262_144 }), parse({ relax_quotes: true }), sink)
}

/** The quickest of three, in seconds. */
async function best(work: () => Promise<void>): Promise<number> {
  let seconds = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i++) {
    const started = performance.now()
    await work()
    seconds = Math.min(seconds, (performance.now() - started) / 1000)
  }
  return seconds
}

async function generate(path: string): Promise<string> {
  const lines = ['InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country']
  for (let i = 0; i < GENERATED_ROWS; i++) {
    const invoice = 500_000 + Math.floor(i / 20)
    const day = String(1 + (Math.floor(i / 20_000) % 28)).padStart(2, '0')
    const code = 20_000 + ((i * 7919) % 4000)
    lines.push(
      `${invoice},${code},PRODUCT NUMBER ${code},${1 + (i % 12)},2011-03-${day} 10:${String(i % 60).padStart(2, '0')}:00,${1 + (i % 9)}.95,${12_000 + (i % 4000)}.0,United Kingdom`,
    )
  }
  await writeFile(path, gzipSync(lines.join('\n')))
  return path
}

function thousands(value: number): string {
  return value.toLocaleString('en')
}

if (import.meta.main) console.log(JSON.stringify(await benchImport()))
