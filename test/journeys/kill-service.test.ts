import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { expectBooksInOrder, fillShelves, startExperiment, untilDrained } from './books.ts'
import { type ChildService, environmentOf, runProgram, startChildService } from './child-service.ts'
import { letIn } from './shoppers.ts'

/** kill -9 in the middle of traffic, and again: the service has to be there again with everything it ever acknowledged. */

let database: FreshDatabase
let folder: string
let service: ChildService
const environment = () => environmentOf(folder, { DATABASE_URL: database.url })

beforeAll(async () => {
  database = await freshDatabase()
  folder = temporaryDataFolder()
  service = await startChildService(environment())
  await fillShelves(service.call)
})
afterAll(async () => {
  await service.end('SIGKILL')
  await database.drop()
  removeDataFolder(folder)
})

describe('a service that is killed under load', () => {
  it('keeps every decision and outcome that it acknowledged, each once, and its books balance', async () => {
    await startExperiment(service.call, 'killed')
    const shoppers = letIn({ url: () => service.url, name: 'k' })
    for (let life = 1; life <= 2; life++) {
      const before = shoppers.heard.decisions.length
      await until(() => shoppers.heard.decisions.length > before + 120)
      await service.end('SIGKILL')
      service = await startChildService(environment())
    }
    const before = shoppers.heard.decisions.length
    await until(() => shoppers.heard.decisions.length > before + 100)
    const heard = await shoppers.stop()
    expect(heard.odd).toEqual([])
    expect(heard.unanswered).toBeGreaterThan(0)
    await untilDrained(service.call)
    await expectBooksInOrder(database.url, heard)
    const { body: report } = await service.call('GET', '/v1/experiments/killed/report')
    expect(report.integrity.equal).toBe(true)
    expect(report.integrity.exposures).toBeGreaterThanOrEqual(heard.decisions.length)
    expect(report.integrity.arms.reduce((sum: number, arm: { exposures: number }) => sum + arm.exposures, 0)).toBe(
      report.integrity.exposures,
    )
    expect(report.trust.twoArms.units).toBe(0)
  })

  it('is found in order by the command that verifies it', async () => {
    const { code, text } = await runProgram(environment(), 'verify')
    expect(text).toContain('Equal: every stored number is the recount, bit for bit.')
    expect(code).toBe(0)
  })
})
