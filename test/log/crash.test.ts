import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foldAll } from '../../src/log/fold-all.ts'
import { verify } from '../../src/log/verify.ts'
import { openDatabase } from '../../src/store/database.ts'
import { type Embedded, openEmbedded } from '../../src/store/embedded.ts'
import { migrate } from '../../src/store/migrate.ts'
import { until } from '../support/until.ts'
import { type Child, startChild } from './child.ts'
import { ask, countOf, doublesOf, makeEpoch, PATIENT } from './sample.ts'

/** A PostgreSQL of its own that is durable, because it is going to be killed. */
let folder: string
let embedded: Embedded
let epoch: number
let cluster: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'croupier-crash-'))
  await chmod(folder, 0o711)
  embedded = await openEmbedded({ dataFolder: folder, log: { info() {}, warn() {}, error() {} }, settings: { shared_buffers: '32MB' } })
  await migrate(embedded.url)
  epoch = await makeEpoch(embedded.url)
  const [row] = await ask<{ data_directory: string }>(embedded.url, 'SHOW data_directory')
  cluster = row!.data_directory
})
afterAll(async () => {
  await embedded.close()
  rmSync(folder, { recursive: true, force: true })
})

const acknowledged: string[] = []
const write = () => startChild('writing-child.ts', embedded.url, folder, String(epoch))
const wrote = (child: Child, kind: string) => child.lines().filter((line) => line.startsWith(`${kind} `)).length
const answers = () =>
  ask(embedded.url, 'SELECT 1').then(
    () => true,
    () => false,
  )

/** Ends the last writer in good order, so that the spool is empty, and looks for every row that was ever acknowledged. */
async function expectAllThereOnce(last: Child): Promise<void> {
  await until(answers)
  await last.end()
  acknowledged.push(...last.lines())
  const exposures = await ask<{ id: string }>(embedded.url, "SELECT replace(decision_id::text, '-', '') AS id FROM exposures")
  const outcomes = await ask<{ id: string }>(embedded.url, "SELECT replace(outcome_id, ' ', '/') AS id FROM outcomes")
  const there = new Set([...exposures, ...outcomes].map(({ id }) => id))
  expect(acknowledged.map((line) => line.split(' ')[1]!).filter((id) => !there.has(id))).toEqual([])
  expect(await doublesOf(embedded.url, 'exposures', 'decision_id')).toBe(0)
  expect(await doublesOf(embedded.url, 'outcomes', 'outcome_id')).toBe(0)
  expect(await countOf(embedded.url, 'outcome_keys')).toBe(outcomes.length)
  const database = openDatabase(embedded.url)
  expect((await foldAll(database, PATIENT)).caughtUp).toBe(true)
  expect((await verify(database)).first).toEqual([])
  await database.close()
}

describe('what was acknowledged', () => {
  it('is in the log, once, after kill -9 of the writing process', async () => {
    for (let i = 0; i < 3; i++) {
      const child = write()
      await until(() => wrote(child, 'table') > 100 && wrote(child, 'accepted') > 20)
      await sleep(13 * i)
      await child.kill()
      acknowledged.push(...child.lines())
    }
    await expectAllThereOnce(write())
  })

  it('is in the log, once, after kill -9 of PostgreSQL, of its server process and of all of it', async () => {
    const child = write()
    for (let i = 0; i < 2; i++) {
      const before = wrote(child, 'table')
      await until(() => wrote(child, 'table') > before + 100)
      const [backend] = await ask<{ pid: number }>(
        embedded.url,
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'croupier exposures' LIMIT 1",
      )
      const postmaster = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(i === 0 ? backend!.pid : postmaster, 'SIGKILL')
      await until(answers)
    }
    expect(wrote(child, 'spool') + wrote(child, 'queued')).toBeGreaterThan(0)
    await expectAllThereOnce(child)
  })

  it('is in the log, once, when both are killed while the spool is in use', async () => {
    const child = write()
    await until(() => wrote(child, 'table') > 100)
    process.kill(Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
    await until(() => wrote(child, 'spool') > 0)
    await child.kill()
    acknowledged.push(...child.lines())
    await expectAllThereOnce(write())
  })

  it('is in the log, once, when PostgreSQL hangs for a while', async () => {
    const child = write()
    await until(() => wrote(child, 'table') > 100)
    const backends = await ask<{ pid: number }>(
      embedded.url,
      "SELECT pid FROM pg_stat_activity WHERE application_name IN ('croupier exposures', 'croupier outcomes')",
    )
    for (const { pid } of backends) process.kill(pid, 'SIGSTOP')
    await until(() => wrote(child, 'spool') > 100)
    await sleep(300)
    for (const { pid } of backends) process.kill(pid, 'SIGCONT')
    const before = wrote(child, 'table')
    await until(() => wrote(child, 'table') > before)
    await expectAllThereOnce(child)
  })
})
