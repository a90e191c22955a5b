import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowsOf } from '../importing/importer.ts'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { type RemoteRecommender, startRecommender } from '../support/remote-recommender.ts'
import { until } from '../support/until.ts'
import { expectBooksInOrder, fillShelves, startExperiment, untilDrained } from './books.ts'
import { type ChildService, environmentOf, PROGRAM, runProgram, startChildService } from './child-service.ts'

/** Slates for a mailing: dealt as the API deals them, logged before they are written, and each unit once whatever happens meanwhile. */

const UNITS = 6_000

let database: FreshDatabase
let folder: string
let service: ChildService
let far: RemoteRecommender

const environment = () => environmentOf(folder, { DATABASE_URL: database.url, CROUPIER_REMOTE_PRIVATE: 'true' })
const at = (name: string) => join(folder, name)
const batch = (...options: readonly string[]) => runProgram(environment(), 'batch', '--surface', 'home', ...options)
const linesOf = (name: string) =>
  readFileSync(at(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** What the command prints with --json; its progress stands before it. */
const reportIn = (text: string) => JSON.parse(text.slice(text.lastIndexOf('\n{', text.length - 2) + 1))

const exposures = async () =>
  (await rowsOf(database.url, 'SELECT count(*)::int AS exposures, count(DISTINCT unit)::int AS units FROM exposures'))[0]

beforeAll(async () => {
  database = await freshDatabase()
  folder = temporaryDataFolder()
  far = await startRecommender({ kind: 'answers', items: ['SKU-3', 'SKU-5'] })
  service = await startChildService(environment())
  await fillShelves(service.call)
  await startExperiment(service.call, 'mailing')
  writeFileSync(at('many.txt'), Array.from({ length: UNITS }, (_, i) => `m${i}\n`).join(''))
})
afterAll(async () => {
  await service?.end('SIGTERM')
  await far?.stop()
  await database?.drop()
  removeDataFolder(folder)
})

describe('croupier batch', () => {
  it('is killed in the middle, runs again, and every unit has one slate and one exposure', async () => {
    const options = ['--units', at('many.txt'), '--out', at('many.ndjson'), '--batch', 'many', '--json']
    for (let life = 1; life <= 2; life++) {
      const child = spawn(process.execPath, [PROGRAM, 'batch', '--surface', 'home', ...options], { env: environment(), stdio: 'ignore' })
      const before = existsSync(at('many.ndjson.part')) ? statSync(at('many.ndjson.part')).size : 0
      await until(() => existsSync(at('many.ndjson.part')) && statSync(at('many.ndjson.part')).size > before)
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    expect(existsSync(at('many.ndjson'))).toBe(false)
    const part = readFileSync(at('many.ndjson.part'), 'utf8')
    expect(part.length).toBeGreaterThan(0)
    // As if the machine had stopped within a write.
    writeFileSync(at('many.ndjson.part'), part.slice(0, -40))
    await service.end('SIGTERM')
    service = await startChildService(environment())
    await untilDrained(service.call)
    const { code, text } = await batch(...options)
    expect(code, text).toBe(0)
    const report = reportIn(text)
    expect(report).toMatchObject({ lines: UNITS, refused: 0, out: at('many.ndjson') })
    expect(report.dealt + report.kept).toBe(UNITS)
    expect(report.kept).toBeGreaterThan(0)
    const slates = linesOf('many.ndjson')
    expect(new Set(slates.map(({ unit }) => unit)).size).toBe(UNITS)
    expect(slates.map(({ line }) => line)).toEqual(Array.from({ length: UNITS }, (_, i) => i + 1))
    expect(await exposures()).toEqual({ exposures: UNITS, units: UNITS })
    const decisions = slates.map(({ decisionId }) => decisionId)
    await expectBooksInOrder(database.url, { decisions, outcomes: [] })
  }, 120_000)

  it('deals the same slates when the whole file is dealt again, and logs nothing', async () => {
    const { code, text } = await batch('--units', at('many.txt'), '--out', at('again.ndjson'), '--batch', 'many', '--json')
    expect(code, text).toBe(0)
    expect(reportIn(text)).toMatchObject({ dealt: UNITS, repeated: UNITS, kept: 0 })
    expect(readFileSync(at('again.ndjson'), 'utf8')).toBe(readFileSync(at('many.ndjson'), 'utf8'))
    expect(await exposures()).toEqual({ exposures: UNITS, units: UNITS })
  })

  it('decides as the API does, arm for arm, and its tokens tell clicks', async () => {
    const [mailed] = linesOf('many.ndjson')
    const { body: asked } = await service.call('POST', '/v1/slates', { surface: 'home', unit: mailed.unit })
    expect(asked.experiment).toEqual(mailed.experiment)
    expect(asked.items.map(({ itemId }: { itemId: string }) => itemId)).toEqual(
      mailed.items.map(({ itemId }: { itemId: string }) => itemId),
    )
    const outcome = { outcomeId: 'click-1', type: 'click', token: mailed.token, itemId: mailed.items[0].itemId, occurredAt: new Date() }
    const told = await service.call('POST', '/v1/outcomes', { outcomes: [outcome] })
    expect(told.status, told.text).toBe(200)
    expect(told.body.results[0].status).toBe('accepted')
  })

  it('reads CSV with context, refuses lines with a reason, and deals without a trace where there is no consent', async () => {
    const rows = ['unit,country,size,consent.measurement', 'c1,DE,3,', 'c2,,900,', 'c1,FR,,', ',DE,,', 'c3,DE,2,no', 'c4,DE', '']
    writeFileSync(at('some.csv'), rows.join('\r\n'))
    const { code, text } = await batch('--units', at('some.csv'), '--out', at('some.ndjson'), '--size', '4', '--json')
    expect(code, text).toBe(0)
    expect(reportIn(text)).toMatchObject({ lines: 6, dealt: 2, unmeasured: 1, refused: 4 })
    const [first, second] = linesOf('some.ndjson')
    expect(first).toMatchObject({ line: 2, unit: 'c1' })
    expect(first.items).toHaveLength(3)
    expect(second).toMatchObject({ unit: 'c3', token: null, reason: 'no-consent', experiment: null })
    const refused = linesOf('some.ndjson.refused.ndjson')
    expect(refused.map(({ line }) => line)).toEqual([3, 4, 5, 7])
    expect(refused.map(({ because }) => because)).toEqual([
      expect.stringContaining('/size'),
      'the unit stands in an earlier line',
      'the line names no unit (a text)',
      'the row has 2 cells, the header 4',
    ])
  })

  it('refuses a unit that comes with another line than the first time, and a part of another batch', async () => {
    writeFileSync(at('one.ndjson'), '{"unit":"n1","country":"DE"}\n')
    const options = ['--units', at('one.ndjson'), '--out', at('one.out'), '--batch', 'one', '--json']
    expect((await batch(...options)).code).toBe(0)
    writeFileSync(at('one.ndjson'), '{"unit":"n1","country":"FR"}\n')
    const { text } = await batch(...options)
    expect(reportIn(text)).toMatchObject({ dealt: 0, refused: 1 })
    writeFileSync(at('one.out.part'), '{"batch":"other","unit":"x"}\n')
    const other = await batch(...options)
    expect(other.code).toBe(1)
    expect(other.text).toContain('unfinished part of the batch other')
  })

  it('does not run again what it may have forgotten', async () => {
    await rowsOf(database.url, `INSERT INTO batches VALUES ('home', 'old', now() - interval '6 days 1 minute')`)
    const { code, text } = await batch('--units', at('one.ndjson'), '--out', at('old.out'), '--batch', 'old')
    expect(code).toBe(1)
    expect(text).toContain('remembered for seven days only')
    expect(existsSync(at('old.out.part'))).toBe(false)
  })

  it('asks a remote strategy as many at a time as its bulkhead has places, so that they do not fall back', async () => {
    const parameters = { url: far.url, lastGoodSeconds: 0, deadlineMs: 90, concurrency: 2 }
    expect((await service.call('POST', '/v1/policies', { key: 'far', kind: 'remote', parameters })).status).toBe(201)
    const surface = { key: 'email', policy: 'far', fallback: 'popularity', size: 2 }
    expect((await service.call('POST', '/v1/surfaces', surface)).status).toBe(201)
    writeFileSync(at('far.txt'), Array.from({ length: 60 }, (_, i) => `f${i}`).join('\n'))
    const { code, text } = await runProgram(
      environment(),
      ...['batch', '--surface', 'email', '--units', at('far.txt'), '--out', at('far.ndjson'), '--json'],
    )
    expect(code, text).toBe(0)
    const { dealt, served } = reportIn(text)
    expect(dealt).toBe(60)
    // All 60 at once would find two places and fall back 58 times; a slow machine may miss a deadline or two.
    expect(served.far).toBeGreaterThan(40)
  })
})
