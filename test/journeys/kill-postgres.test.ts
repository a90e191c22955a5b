import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { until } from '../support/until.ts'
import { backlogOf, expectBooksInOrder, fillShelves, startExperiment, untilDrained } from './books.ts'
import { type ChildService, environmentOf, startChildService } from './child-service.ts'
import { postmasterOf, processesOf, urlOfEmbedded } from './own-postgres.ts'
import { letIn, type Shoppers } from './shoppers.ts'

/** The service with a PostgreSQL of its own, which is killed and hung under load. Shoppers must not notice. */

let folder: string
let service: ChildService
let shoppers: Shoppers
let day = 0

/** The deadline is 150 ms; the rest is for a machine with two cores that runs other tests beside this one. */
const SLOWEST_MS = 150 + 850

beforeAll(async () => {
  folder = temporaryDataFolder()
  service = await startChildService(environmentOf(folder))
  await fillShelves(service.call)
  await startExperiment(service.call, 'steady')
})
afterAll(async () => {
  await service?.end('SIGTERM')
  removeDataFolder(folder)
})
beforeEach(() => {
  day += 1
  shoppers = letIn({ url: () => service.url, name: `p${day}`, clients: 4, pauseMs: 5 })
})

const written = (kind: string) => shoppers.heard.statuses.get(kind) ?? 0
const untilSlates = (more: number) => {
  const before = shoppers.heard.decisions.length
  return until(() => shoppers.heard.decisions.length >= before + more)
}
const isReady = async () => (await service.call('GET', '/readyz')).status === 200

/** Everybody got a slate in time, the spool runs empty, and whatever was acknowledged is in the log once. */
async function expectNobodyNoticed(): Promise<void> {
  const heard = await shoppers.stop()
  expect(heard.odd).toEqual([])
  expect(heard.unanswered).toBe(0)
  expect(heard.reasons.has('unlogged')).toBe(false)
  expect(heard.slowestSlateMs).toBeLessThan(SLOWEST_MS)
  await untilDrained(service.call)
  await until(isReady)
  await expectBooksInOrder(urlOfEmbedded(folder), heard)
}

describe('a service whose PostgreSQL', () => {
  it('is killed under load goes on with slates, spools, brings it back and drains', async () => {
    await untilSlates(100)
    const pid = postmasterOf(folder)
    process.kill(pid, 'SIGKILL')
    await until(() => written('queued') > 0)
    expect(await backlogOf(service.call)).toBeGreaterThan(0)
    const accepted = written('accepted')
    await until(() => written('accepted') > accepted + 20)
    expect(postmasterOf(folder)).not.toBe(pid)
    await expectNobodyNoticed()
  })

  it('hangs for a second goes on with slates, and is in order when it wakes up', async () => {
    await untilSlates(100)
    const hung = processesOf(folder)
    for (const pid of hung) process.kill(pid, 'SIGSTOP')
    try {
      await Promise.all([untilSlates(30), sleep(1_000)])
      expect(await backlogOf(service.call)).toBeGreaterThan(0)
    } finally {
      for (const pid of hung) process.kill(pid, 'SIGCONT')
    }
    const accepted = written('accepted')
    await until(() => written('accepted') > accepted + 20)
    await expectNobodyNoticed()
  })
})
