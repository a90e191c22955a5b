import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startService, stockShop, type TestService } from '../support/service.ts'

/** What a product owner sets on a surface, a shopper sees with the next slate, and the log keeps with its price. */

let shop: TestService

beforeAll(async () => {
  shop = await startService()
  await stockShop(shop)
  await shop.query("UPDATE items SET brand = 'brand ' || item_no % 4, seller = 'seller ' || item_no % 3, margin_minor = 500")
  await shop.call('POST', '/v1/items', [{ ...(await item('SKU-20')), margin: '90.00', returnRate: 0.1 }])
})
afterAll(() => shop?.stop())

const item = async (itemId: string) => (await shop.call('GET', `/v1/items/${itemId}`)).body
const slateOf = async (body: object = {}) => {
  const { status, text, body: answer } = await shop.call('POST', '/v1/slates', { surface: 'home', size: 8, ...body })
  expect(status, text).toBe(200)
  return answer
}
async function assembled(assembly: object): Promise<{ status: number; body: { pointer?: string } }> {
  const { body, headers } = await shop.call('GET', '/v1/surfaces/home')
  const { revision: _revision, createdAt: _made, updatedAt: _changed, status: _status, ...known } = body
  return shop.call('PUT', '/v1/surfaces/home', { ...known, assembly }, { 'if-match': headers.get('etag')! })
}
const rulesOf = async (decisionId: string) =>
  (await shop.query('SELECT rules FROM exposures WHERE decision_id = $1', [decisionId])).rows[0].rules
const idsOf = (answer: { items: { itemId: string }[] }) => answer.items.map(({ itemId }) => itemId)

describe('the assembly of a surface', () => {
  it('changes nothing until somebody sets it', async () => {
    const answer = await slateOf()
    expect(answer.items[0]).not.toHaveProperty('terms')
    expect([answer, answer.items[0]].map((one) => 'chances' in one || 'chance' in one)).toEqual([false, false])
    expect(await rulesOf(answer.decisionId)).toBeNull()
  })

  it('leans towards what earns as soon as its weight moves, under another snapshot', async () => {
    const before = await slateOf()
    expect(idsOf(before)[0]).not.toBe('SKU-20')
    expect((await assembled({ weights: { profit: 1000 }, pool: 50 })).status).toBe(200)
    const after = await slateOf()
    expect(idsOf(after)[0]).toBe('SKU-20')
    expect(after.snapshot).not.toBe(before.snapshot)
    // Nothing was shown yet, so that nothing was learned.
    expect(after.chances).toEqual({ by: 'settings', calibration: null })
    for (const { chance } of after.items) expect(chance).toBeGreaterThan(0)
    for (const { score, terms } of after.items)
      expect(Object.values<number>(terms).reduce((sum, term) => sum + term, 0)).toBeCloseTo(score, 9)
  })

  it('keeps its caps in every slate, whatever the policy wants', async () => {
    await assembled({ caps: { brand: 2 }, diversity: 0.3 })
    for (const unit of ['a', 'b', 'c']) {
      const brands = await Promise.all(idsOf(await slateOf({ unit })).map(async (itemId) => (await item(itemId)).brand))
      expect(brands).toHaveLength(8)
      for (const brand of brands) expect(brands.filter((other) => other === brand)).toHaveLength(2)
    }
  })

  it('logs pins and boosts as rules with their price, with a requestId and without', async () => {
    await assembled({ pins: [{ itemId: 'SKU-33', rank: 2 }], boosts: [{ field: 'brand', value: 'brand 1', factor: 3 }] })
    for (const more of [{}, { requestId: 'once' }]) {
      const answer = await slateOf(more)
      expect(answer.items[1]).toMatchObject({ itemId: 'SKU-33', why: { kind: 'rule', rule: 'pin' } })
      const rules = await rulesOf(answer.decisionId)
      expect(rules.pins).toEqual([{ item: 33, rank: 2 }])
      expect(rules.boosts.length).toBeGreaterThan(0)
      expect(rules.price.quality).toBeGreaterThan(0)
      expect(typeof rules.price.moneyMinor).toBe('number')
    }
    await shop.call('POST', '/v1/items', [{ ...(await item('SKU-33')), stock: 0 }])
    expect(idsOf(await slateOf())).not.toContain('SKU-33')
  })

  it('is refused where it makes no sense, with a pointer to the place', async () => {
    for (const [assembly, pointer] of [
      [{ diversity: 2 }, '/assembly/diversity'],
      [{ caps: { brand: 0 } }, '/assembly/caps/brand'],
      [{ weights: { relevance: 0 } }, '/assembly/weights'],
      [{ colour: 'red' }, '/assembly/colour'],
      [
        {
          pins: [
            { itemId: 'a', rank: 1 },
            { itemId: 'b', rank: 1 },
          ],
        },
        '/assembly/pins',
      ],
    ] as const) {
      const { status, body } = await assembled(assembly)
      expect([status, body.pointer]).toEqual([422, pointer])
    }
  })
})
