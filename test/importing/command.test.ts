import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { holderOf } from '../support/holder.ts'
import { rowsOf } from './importer.ts'
import { fileOf } from './own-file.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const HISTORY = 'customer;sku;event;date;amount\nu1;A;buy;2026-11-01;10,00\nu2;B;buy;2026-11-02;zero\n'
const OPTIONS = ['--decimal', 'comma', '--currency', 'CHF']

let database: FreshDatabase
let folder: string
beforeEach(async () => {
  database = await freshDatabase()
  folder = temporaryDataFolder()
})
afterEach(async () => {
  await database.drop()
  removeDataFolder(folder)
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs `croupier import …` as a user would, but for the database. */
function croupierImport(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const env = { ...process.env, DATABASE_URL: database.url, CROUPIER_DATA_DIR: folder, ...environment }
  const child = spawn(process.execPath, [MAIN, 'import', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (text) => (out += text))
  child.stderr.on('data', (text) => (err += text))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })))
}

describe('croupier import', () => {
  it('imports a file and shows a table that adds up', async () => {
    const path = await fileOf('history.csv', HISTORY)
    const { code, out, err } = await croupierImport(['interactions', path, ...OPTIONS])
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toContain('history.csv was imported as interactions: 2 rows')
    expect(out).toMatch(
      /rows read +2\n +accepted +1\n +skipped by a rule +0\n +refused +1 +see .*history\.csv\.refused\.ndjson\n +not-a-number +1 +a value is not/,
    )
    expect(out).toContain('unit ← customer')
    expect(await rowsOf(database.url, 'SELECT type, value_minor::integer AS value, currency FROM interactions')).toEqual([
      { type: 'purchase', value: 1000, currency: 'CHF' },
    ])
    const again = await croupierImport(['interactions', path, ...OPTIONS])
    expect(again.out).toContain('is imported already')
  })

  it('imports into the embedded database while somebody else is using it', async () => {
    const dataFolder = temporaryDataFolder()
    const holder = await holderOf(dataFolder)
    const path = await fileOf('history.csv', HISTORY)
    const { code, out } = await croupierImport(['interactions', path, ...OPTIONS], { DATABASE_URL: '', CROUPIER_DATA_DIR: dataFolder })
    expect(code).toBe(0)
    expect(out).toContain('2 rows')
    expect(await rowsOf(holder.url, 'SELECT type FROM interactions')).toEqual([{ type: 'purchase' }])
    await holder.close()
    removeDataFolder(dataFolder)
  })

  it('speaks JSON to machines', async () => {
    const path = await fileOf('items.ndjson', '{"sku":"A","name":"Alpha","shelf":"left"}\n')
    const { out } = await croupierImport([
      'items',
      path,
      '--json',
      '--map',
      'category=shelf',
      '--refused',
      join(dirname(path), 'no.ndjson'),
    ])
    expect(JSON.parse(out)).toMatchObject({
      status: 'imported',
      read: 1,
      accepted: 1,
      columns: { itemId: 'sku', title: 'name', category: 'shelf' },
    })
  })

  it('needs no database for a dry run', async () => {
    await database.drop()
    const { code, out } = await croupierImport(['interactions', await fileOf('history.csv', HISTORY), '--dry-run', ...OPTIONS])
    expect(code).toBe(0)
    expect(out).toContain('was checked as interactions, nothing was written')
  })

  it.each([
    [['interactions', '/no/such/file.csv'], 'There is no file /no/such/file.csv.'],
    [['interactions', MAIN, '--map', 'itemId'], 'write field=column'],
    [['items', MAIN, '--delimiter', 'xx'], 'one character'],
    [['items', MAIN, '--encoding', 'klingon'], 'a label such as utf-8'],
    [['items', MAIN, '--preset', 'mine'], 'online-retail'],
  ])('ends with a plain sentence and 1: %j', async (args, sentence) => {
    const { code, out, err } = await croupierImport([...args, '--dry-run'])
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(sentence)
    expect(err).not.toMatch(/\n\s+at /)
  })
})
