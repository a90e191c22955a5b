import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { SECRET, startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { environmentOf, runProgram } from './child-service.ts'

/** A surface's filter holds on every rung, for pins and candidates too, from the next slate on. */

let shop: TestService
const folder = temporaryDataFolder()

beforeAll(async () => {
  shop = await startService()
  await stockShop(shop)
})
afterAll(async () => {
  await shop?.stop()
  removeDataFolder(folder)
})

async function shown(body: object = {}): Promise<string[]> {
  const { status, text, body: answer } = await shop.call('POST', '/v1/slates', { surface: 'home', size: 40, ...body })
  expect(status, text).toBe(200)
  return answer.items.map(({ itemId }: { itemId: string }) => itemId)
}

async function surface(changes: object) {
  const { body, headers } = await shop.call('GET', '/v1/surfaces/home')
  return shop.call('PUT', '/v1/surfaces/home', { ...body, ...changes }, { 'if-match': headers.get('etag')! })
}

/** Items are SKU-i at i × 10.00; even ones are of the category road. */
const numbers = (ids: readonly string[]) => ids.map((id) => Number(id.slice(4))).sort((a, b) => a - b)

describe('a filter', () => {
  it('holds in every slate, pins, candidates and the last resort included', async () => {
    const filter = { priceMinor: { least: 5_000, most: 20_000 }, where: [{ field: 'category', is: 'not-in', values: ['trail'] }] }
    const put = await surface({ filter, staticItems: ['SKU-1'], assembly: { pins: [{ itemId: 'SKU-3', rank: 1 }], diversity: 0.3 } })
    expect(put.status, put.text).toBe(200)
    expect(put.body.filter).toMatchObject({ ...filter, hideBought: false })
    const all = [6, 8, 10, 12, 14, 16, 18, 20]
    expect(numbers(await shown())).toEqual(all)
    expect(numbers(await shown({ candidates: ['SKU-2', 'SKU-8', 'SKU-9', 'SKU-12'] }))).toEqual([8, 12])
    await surface({ policy: 'random' })
    expect(numbers(await shown({ unit: 'anybody' }))).toEqual(all)
    expect((await surface({ policy: 'hybrid', filter: {}, assembly: {}, staticItems: [] })).status).toBe(200)
    expect(await shown()).toHaveLength(40)
  })

  it('leaves out what was bought a moment ago, where the surface wants it', async () => {
    const bought = async (unit: string) => {
      const outcomes = [{ outcomeId: `of ${unit}`, unit, type: 'purchase', itemId: 'SKU-7', value: '70.00', currency: 'EUR' }]
      expect((await shop.call('POST', '/v1/outcomes', { outcomes })).body.results[0].status).toBe('accepted')
    }
    await surface({ policy: 'popularity' })
    await bought('keeps it')
    expect(await shown({ unit: 'keeps it' })).toContain('SKU-7')
    await surface({ filter: { hideBought: true } })
    expect(await shown({ unit: 'keeps it' })).not.toContain('SKU-7')
    expect(await shown({ unit: 'somebody else' })).toContain('SKU-7')
    expect(await shown({ unit: 'keeps it', consent: { personalisation: false } })).toContain('SKU-7')
    await surface({ policy: 'hybrid', filter: {} })
  })

  it('keeps items to their countries, by API and by import, whoever consents to what', async () => {
    const item = { itemId: 'SKU-2', title: 'Shoe 2', category: 'road', price: '20.00', currency: 'EUR', stock: 9, countries: ['DE', 'AT'] }
    expect((await shop.call('POST', '/v1/items', [item])).status).toBe(200)
    expect((await shop.call('GET', '/v1/items/SKU-2')).body.countries).toEqual(['DE', 'AT'])
    const [file, secret] = [join(folder, 'items.csv'), join(folder, 'secret')]
    writeFileSync(secret, SECRET, { mode: 0o600 })
    writeFileSync(file, 'itemId,title,countries\nSKU-4,Shoe 4,fr|be\nSKU-6,Shoe 6,\nSKU-8,Shoe 8,Germany\n')
    const environment = environmentOf(folder, { DATABASE_URL: shop.databaseUrl, CROUPIER_SECRET_FILE: secret })
    const { text } = await runProgram(environment, 'import', 'items', file)
    expect(text).toContain('not-a-country')
    await until(async () => !(await shown()).includes('SKU-4'))
    const restricted = async (context?: object, more: object = {}) =>
      numbers(await shown({ ...(context && { context }), ...more })).filter((item) => [2, 4, 6, 8].includes(item))
    expect(await restricted({ country: 'DE' })).toEqual([2, 6, 8])
    expect(await restricted({ country: 'BE' }, { consent: { personalisation: false } })).toEqual([4, 6, 8])
    expect(await restricted({ country: 'AT' }, { consent: { measurement: false } })).toEqual([2, 6, 8])
    expect(await restricted()).toEqual([6, 8])
  })

  it('is refused with a pointer where it makes no sense', async () => {
    const { status, body } = await surface({ filter: { priceMinor: { least: 2, most: 1 } } })
    expect([status, body.pointer]).toEqual([422, '/filter/priceMinor'])
    const wrong = await shop.call('POST', '/v1/items', [{ itemId: 'SKU-9', countries: ['Germany'] }])
    expect(wrong.body.results[0].problem.pointer).toBe('/0/countries/0')
  })
})
