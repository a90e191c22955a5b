import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { banditBody, letVisitorsIn } from './bandit-shop.ts'
import { fillShelves } from './books.ts'
import { type ChildService, environmentOf, runProgram, startChildService } from './child-service.ts'

/** kill -9: what a bandit learned is in the log, so the next life knows it bit for bit. */

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

/** The belief that this node serves by, as a receipt has it. */
async function belief(): Promise<{ readonly decisionId: string; readonly snapshot: string; readonly expected: unknown }> {
  const { body } = await service.call('POST', '/v1/slates', { surface: 'home', unit: 'witness', context: { device: 'mobile' } })
  const receipt = async () => (await service.call('GET', `/v1/decisions/${body.decisionId}`)).body
  await until(async () => (await receipt()).replay?.kind === 'same')
  const { arms } = await receipt()
  return { decisionId: body.decisionId, snapshot: body.snapshot, expected: arms.map((arm: { expected: object }) => arm.expected) }
}

describe('a bandit whose service is killed', () => {
  it.each(['linear', 'logistic'])(
    'serves the same %s posterior in its next life, and its decisions can still be made again',
    async (model) => {
      const path = `/v1/experiments/killed-${model}`
      expect((await service.call('POST', '/v1/experiments', banditBody(`killed-${model}`, { model }))).status).toBe(201)
      expect((await service.call('POST', `${path}/start`)).status).toBe(200)
      await letVisitorsIn(service.call, 400)
      // The next life knows what was folded meanwhile, too: both are asked about the same watermark, when nothing is left to fold.
      const settled = async () => {
        let last = ''
        await until(async () => {
          const before = last
          const { code } = await runProgram(environment(), 'verify')
          expect(code).toBe(0)
          const { body } = await service.call('POST', '/v1/slates', { surface: 'home', consent: { measurement: false } })
          last = body.snapshot
          return before === last
        })
        return last
      }
      const before = await settled()
      await service.end('SIGKILL')
      service = await startChildService(environment())
      expect(await settled()).toBe(before)
      const { decisionId, expected } = await belief()
      expect(JSON.stringify(expected)).toContain('contributions')
      const { code, text } = await runProgram(environment(), 'replay', decisionId)
      expect(text).toContain('Same arm, same π, bit for bit.')
      expect(text.includes('log-odds of what is wanted')).toBe(model === 'logistic')
      expect(code).toBe(0)
      expect((await service.call('POST', `${path}/stop`)).status).toBe(200)
    },
  )
})
