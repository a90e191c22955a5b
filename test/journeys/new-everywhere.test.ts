import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { redisHere, startRedis, type TestRedis } from '../support/redis.ts'
import { SECRET, startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { environmentOf, runProgram } from './child-service.ts'

/**
 * A new item and a new shopper get sensible slates within a second on both nodes, whatever becomes of Redis: there is none, it is well, it
 * was killed, it hangs.
 */

/** A second, and what a loaded machine takes beside it. */
const HEEDED_MS = 1_000 + 1_000

let shop: TestService
let redis: TestRedis | null = null
/** Two with Redis, and one that never heard of it. */
let nodes: readonly TestService[]
let seller: TestService

beforeAll(async () => {
  shop = await startService()
  await stockShop(shop)
  if (redisHere() !== 'none') redis = await startRedis()
  const withRedis = redis ? { REDIS_URL: redis.url } : {}
  seller = await startService(withRedis, shop.databaseUrl)
  nodes = [seller, await startService(withRedis, shop.databaseUrl), shop]
})
afterAll(async () => {
  for (const node of nodes ?? [shop]) await node?.stop()
  redis?.wake()
  await redis?.stop()
})

interface Shown {
  readonly itemId: string
  readonly why: { readonly kind: string; readonly itemId?: string }
}

async function slateOf({ call }: TestService, body: object): Promise<readonly Shown[]> {
  const { status, text, body: answer } = await call('POST', '/v1/slates', { surface: 'home', size: 10, ...body })
  expect(status, text).toBe(200)
  return answer.items
}

/** On every node: how long it took from `started` until this was so. */
async function everywhere(started: number, so: (node: TestService) => Promise<boolean>): Promise<void> {
  await Promise.all(nodes.map((node) => until(() => so(node), HEEDED_MS)))
  expect(performance.now() - started).toBeLessThan(HEEDED_MS)
}

/** Stands on the page of what reads like it, and its own page is full of what reads like it. */
async function isSold(node: TestService, itemId: string, like: string): Promise<boolean> {
  const beside = await slateOf(node, { context: { itemId: like } })
  const own = await slateOf(node, { size: 4, context: { itemId } })
  return beside.some((shown) => shown.itemId === itemId) && own[0]?.why.kind === 'similar'
}

let count = 0
/** Each reads like another item of the shop. */
async function newItem(): Promise<void> {
  const itemId = `NEW-${++count}`
  const like = 10 + count
  const started = performance.now()
  const item = { itemId, title: `Shoe ${like}`, category: like % 2 === 0 ? 'road' : 'trail', price: '120.00', currency: 'EUR', stock: 5 }
  const put = await seller.call('POST', '/v1/items', [item])
  expect(put.status, put.text).toBe(200)
  await everywhere(started, (node) => isSold(node, itemId, `SKU-${like}`))
}

async function newShopper(sees: string): Promise<void> {
  const unit = `stranger ${++count}`
  const [one] = await Promise.all(nodes.map((node) => slateOf(node, { unit })))
  expect(one!.every(({ why }) => why.kind === 'popular')).toBe(true)
  const started = performance.now()
  const outcomes = [{ outcomeId: `seen by ${unit}`, unit, type: 'view', itemId: sees }]
  const told = await seller.call('POST', '/v1/outcomes', { outcomes })
  expect(told.body.results[0].status, told.text).toBe('accepted')
  await everywhere(started, async (node) => (await slateOf(node, { unit })).some(({ why }) => why.itemId === sees))
}

describe('what is new, on three nodes', () => {
  it('an item from the command line is sold within a second of the import', async () => {
    const folder = temporaryDataFolder()
    const [file, secret] = [join(folder, 'one.csv'), join(folder, 'secret')]
    writeFileSync(secret, SECRET, { mode: 0o600 })
    writeFileSync(file, 'itemId,title,category,price,currency,stock\nCLI-1,Shoe 9,trail,99.00,EUR,3\n')
    const { code, text } = await runProgram(
      environmentOf(folder, { DATABASE_URL: shop.databaseUrl, CROUPIER_SECRET_FILE: secret }),
      'import',
      'items',
      file,
    )
    expect(code, text).toBe(0)
    await everywhere(performance.now(), (node) => isSold(node, 'CLI-1', 'SKU-9'))
    removeDataFolder(folder)
  })

  const states: readonly (readonly [string, () => unknown])[] =
    redisHere() === 'none'
      ? [['there is no Redis', () => undefined]]
      : [
          ['Redis is well', () => undefined],
          ['Redis was killed a moment ago', () => redis!.stop()],
          ['Redis is back', () => redis!.start()],
          ['Redis hangs', () => redis!.hang()],
        ]
  it.each(states)('items and shoppers get sensible slates within a second when %s', async (_state, happens) => {
    await happens()
    await newItem()
    await newShopper('SKU-33')
    await Promise.all([newItem(), newShopper('SKU-31'), newShopper('SKU-8')])
  })
})
