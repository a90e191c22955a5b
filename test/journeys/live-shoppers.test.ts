import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisHere, startRedis } from '../support/redis.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** What a shopper does counts in the very next slate; strangers get a slate that teaches something. */

let shop: TestService

beforeAll(async () => {
  shop = await startService()
  await stockShop(shop)
  expect((await shop.call('POST', '/v1/policies', { key: 'chance', kind: 'random' })).status).toBe(201)
})
afterAll(() => shop?.stop())

async function slateOf({ call }: TestService, body: object = {}) {
  const { status, text, body: answer } = await call('POST', '/v1/slates', { surface: 'home', size: 6, ...body })
  expect(status, text).toBe(200)
  return answer
}
const idsOf = (answer: { items: { itemId: string }[] }) => answer.items.map(({ itemId }) => itemId)
let told = 0
async function tell({ call }: TestService, unit: string, type: string, itemId: string): Promise<void> {
  const { status, text } = await call('POST', '/v1/outcomes', { outcomes: [{ outcomeId: `live ${told++}`, unit, type, itemId }] })
  expect(status, text).toBe(200)
}
async function surface(changes: object): Promise<void> {
  const { body, headers } = await shop.call('GET', '/v1/surfaces/home')
  const { revision: _revision, createdAt: _made, updatedAt: _changed, status: _status, ...known } = body
  expect((await shop.call('PUT', '/v1/surfaces/home', { ...known, ...changes }, { 'if-match': headers.get('etag')! })).status).toBe(200)
}
const rankPiOf = async (decisionId: string) =>
  (await shop.query('SELECT rank_pi FROM exposures WHERE decision_id = $1', [decisionId])).rows[0].rank_pi

describe('a shopper’s deeds', () => {
  it('count in the very next slate: bought items are gone, and the rest leans on them', async () => {
    const before = await slateOf(shop, { unit: 'new here' })
    expect(before.items.every(({ why }: { why: { kind: string } }) => why.kind === 'popular')).toBe(true)
    await tell(shop, 'new here', 'purchase', idsOf(before)[0]!)
    const after = await slateOf(shop, { unit: 'new here' })
    expect(idsOf(after)).not.toContain(idsOf(before)[0])
    expect(after.items.some(({ why }: { why: { kind: string } }) => why.kind === 'because-of' || why.kind === 'similar')).toBe(true)
  })

  it('make the strategy "continue": seen, left in the cart, bought, sent back', async () => {
    await surface({ policy: 'continue' })
    const top = async () => {
      const { items } = await slateOf(shop, { unit: 'comes back' })
      return items
        .filter(({ why }: { why: { rule?: string } }) => why.rule)
        .map(({ itemId, why }: { itemId: string; why: { rule: string } }) => `${itemId} ${why.rule}`)
    }
    await tell(shop, 'comes back', 'click', 'SKU-4')
    await tell(shop, 'comes back', 'click', 'SKU-8')
    expect(await top()).toEqual(['SKU-8 recently-viewed', 'SKU-4 recently-viewed'])
    await tell(shop, 'comes back', 'add-to-cart', 'SKU-4')
    expect(await top()).toEqual(['SKU-4 left-in-cart', 'SKU-8 recently-viewed'])
    await tell(shop, 'comes back', 'purchase', 'SKU-4')
    expect(await top()).toEqual(['SKU-8 recently-viewed'])
    expect(idsOf(await slateOf(shop, { unit: 'comes back', consent: { personalisation: false } }))).not.toEqual(['SKU-8'])
    await surface({ policy: 'hybrid' })
  })

  it('are recalled from the log by a node that starts later', async () => {
    const other = await startService({}, shop.databaseUrl)
    try {
      await until(async () =>
        (await slateOf(other, { unit: 'new here' })).items.some(({ why }: { why: { kind: string } }) => why.kind !== 'popular'),
      )
    } finally {
      await other.stop()
    }
  })

  it('are heard of within a second by another node without Redis', async () => {
    const other = await startService({}, shop.databaseUrl)
    try {
      const first = idsOf(await slateOf(other, { unit: 'has two tabs' }))[0]!
      const started = performance.now()
      await tell(shop, 'has two tabs', 'purchase', first)
      expect(idsOf(await slateOf(shop, { unit: 'has two tabs' }))).not.toContain(first)
      await until(async () => !idsOf(await slateOf(other, { unit: 'has two tabs' })).includes(first))
      expect(performance.now() - started).toBeLessThan(1_000)
    } finally {
      await other.stop()
    }
  })

  it.skipIf(redisHere() === 'none')('are heard of at once by another node where there is Redis', async () => {
    const redis = await startRedis()
    const nodes = await Promise.all([0, 1].map(() => startService({ REDIS_URL: redis.url }, shop.databaseUrl)))
    try {
      const [one, other] = nodes as [TestService, TestService]
      const first = idsOf(await slateOf(other, { unit: 'wanders' }))[0]!
      await tell(one, 'wanders', 'purchase', first)
      await until(async () => !idsOf(await slateOf(other, { unit: 'wanders' })).includes(first))
      await redis.stop()
      await tell(one, 'wanders', 'purchase', 'SKU-9')
      expect(idsOf(await slateOf(one, { unit: 'wanders' }))).not.toContain('SKU-9')
    } finally {
      for (const node of nodes) await node.stop()
      await redis.stop()
    }
  })
})

describe('chance', () => {
  it('has its probabilities in the exposure, place by place, with a requestId and without', async () => {
    await surface({ policy: 'chance' })
    for (const more of [{}, { requestId: 'drawn once' }]) {
      const answer = await slateOf(shop, { unit: 'guinea pig', ...more })
      expect(await rankPiOf(answer.decisionId)).toEqual(Array(6).fill(1 / 40))
    }
    const again = await Promise.all([1, 2].map(() => slateOf(shop, { unit: 'guinea pig', requestId: 'drawn once' })))
    expect(again[0]).toEqual(again[1])
    const slates = await Promise.all(Array.from({ length: 10 }, () => slateOf(shop, { unit: 'guinea pig' })))
    expect(new Set(slates.map((answer) => idsOf(answer).join())).size).toBeGreaterThan(8)
    await surface({ policy: 'hybrid' })
  })

  it('mixes slates for strangers a little where the surface wants it, and only what is logged', async () => {
    const usual = idsOf(await slateOf(shop, { size: 20 }))
    await surface({ assembly: { coldStart: { temperature: 0.4 } } })
    const seen = new Set<string>()
    for (let i = 0; i < 15; i++) {
      const answer = await slateOf(shop, { unit: `stranger ${i}` })
      const rankPi = await rankPiOf(answer.decisionId)
      expect(rankPi).toHaveLength(6)
      for (const p of rankPi) expect(p > 0 && p < 1).toBe(true)
      for (const itemId of idsOf(answer)) expect(usual).toContain(itemId)
      seen.add(idsOf(answer).join())
    }
    expect(seen.size).toBeGreaterThan(5)
    const anonymous = { consent: { measurement: false } }
    expect(idsOf(await slateOf(shop, anonymous))).toEqual(idsOf(await slateOf(shop, anonymous)))
    const known = await slateOf(shop, { unit: 'new here' })
    expect(await rankPiOf(known.decisionId)).toBeNull()
  })
})

describe('what is new', () => {
  it('a new item stands in slates within a second of being put into the catalogue', async () => {
    const bought = 'SKU-12'
    await tell(shop, 'wants more of it', 'purchase', bought)
    const started = performance.now()
    const item = { itemId: 'NEW-1', title: 'Shoe 12', category: 'road', price: '120.00', currency: 'EUR', stock: 5 }
    const put = await shop.call('POST', '/v1/items', [item])
    expect(put.status, put.text).toBe(200)
    const { items } = await slateOf(shop, { unit: 'wants more of it', size: 10 })
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(items.map(({ itemId }: { itemId: string }) => itemId)).toContain('NEW-1')
    expect(items.find(({ itemId }: { itemId: string }) => itemId === 'NEW-1').why).toMatchObject({ kind: 'similar', itemId: bought })
  })

  it('a new item stands in the slates of its neighbours’ pages, for strangers, too', async () => {
    const { items } = await slateOf(shop, { size: 10, context: { itemId: 'SKU-12' } })
    expect(items.map(({ itemId }: { itemId: string }) => itemId)).toContain('NEW-1')
    const ofItsOwn = await slateOf(shop, { size: 4, context: { itemId: 'NEW-1' } })
    expect(ofItsOwn.items[0].why.kind).toBe('similar')
  })

  it('a new shopper’s first click makes the next slate another, within a second', async () => {
    const before = await slateOf(shop, { unit: 'first visit' })
    const started = performance.now()
    await tell(shop, 'first visit', 'click', 'SKU-33')
    const after = await slateOf(shop, { unit: 'first visit' })
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(idsOf(after)).not.toEqual(idsOf(before))
    expect(after.items.some(({ why }: { why: { itemId?: string } }) => why.itemId === 'SKU-33')).toBe(true)
  })
})
