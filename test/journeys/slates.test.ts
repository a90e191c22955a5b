import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { startExperiment } from './books.ts'

/** A slate as a storefront sees it: who gets what, why, with which probability, and what is written down about it. */

const ITEMS = 40
const FAN = 'a fan of trail shoes'
const LIKED = ['SKU-3', 'SKU-7', 'SKU-11']

let shop: TestService

beforeAll(async () => {
  shop = await startService()
  await stockShop(shop, ITEMS)
  await tell(LIKED.map((itemId) => ({ outcomeId: `fan ${itemId}`, unit: FAN, type: 'purchase', itemId })))
  await shop.service.train()
})
afterAll(() => shop?.stop())

const slate = (body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  shop.call('POST', '/v1/slates', { surface: 'home', ...body }, headers)
const slateOf = async (body: object = {}, headers: Readonly<Record<string, string>> = {}) => {
  const { status, text, body: answer } = await slate(body, headers)
  expect(status, text).toBe(200)
  return answer
}
async function tell(outcomes: readonly object[]): Promise<void> {
  const { status, text } = await shop.call('POST', '/v1/outcomes', { outcomes })
  expect(status, text).toBe(200)
}
const idsOf = (answer: { items: { itemId: string }[] }) => answer.items.map(({ itemId }) => itemId)
const loggedOf = async (decisionId: string) => (await shop.query('SELECT * FROM exposures WHERE decision_id = $1', [decisionId])).rows
const loggedInAll = async () => (await shop.query('SELECT count(*)::int AS n FROM exposures')).rows[0].n as number
async function change(path: string, with_: object): Promise<void> {
  const { body, headers } = await shop.call('GET', path)
  const { revision: _revision, createdAt: _made, updatedAt: _changed, status: _status, ...known } = body
  const answer = await shop.call('PUT', path, { ...known, ...with_ }, { 'if-match': headers.get('etag')! })
  expect(answer.status, answer.text).toBe(200)
}
const flag = (policy: string, value: boolean) => shop.call('PUT', `/v1/flags/policy.${policy}.killed`, { value, because: 'a test' })

describe('a slate', () => {
  it('outside experiments is the surface’s own policy’s, and says so', async () => {
    const answer = await slateOf({ unit: 'somebody', size: 5 })
    expect(answer).toMatchObject({ surface: 'home', experiment: null, policy: 'hybrid', servedPolicy: 'hybrid', reason: 'default' })
    expect(answer.items.map(({ rank }: { rank: number }) => rank)).toEqual([1, 2, 3, 4, 5])
    expect(new Set(idsOf(answer)).size).toBe(5)
    const scores = answer.items.map(({ score }: { score: number }) => score)
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    const [logged] = await loggedOf(answer.decisionId)
    expect(logged).toMatchObject({
      epoch_id: null,
      arm_id: null,
      kind: 'default',
      pi: [1],
      reason: 'default',
      snapshot_id: answer.snapshot,
    })
  })

  it('has the size of its surface unless another one is asked for, up to all there is', async () => {
    const { body: surface } = await shop.call('GET', '/v1/surfaces/home')
    expect((await slateOf()).items).toHaveLength(surface.size)
    expect((await slateOf({ size: 1 })).items).toHaveLength(1)
    expect((await slateOf({ size: ITEMS })).items).toHaveLength(ITEMS)
    expect(new Set(idsOf(await slateOf({ size: ITEMS })))).toHaveProperty('size', ITEMS)
  })

  it('ranks the candidates and nothing else, each once, and knows which it does not know', async () => {
    const candidates = ['SKU-9', 'SKU-2', 'SKU-9', 'no such item', 'SKU-30']
    const answer = await slateOf({ candidates, size: 10 })
    expect(idsOf(answer).sort()).toEqual(['SKU-2', 'SKU-30', 'SKU-9'])
    expect((await slateOf({ candidates: ['no such item'] })).items).toEqual([])
  })

  it('for a known shopper rests on what they bought, and for an unknown one on what is popular', async () => {
    const known = await slateOf({ unit: FAN, size: 8 })
    const because = known.items.map(({ why }: { why: { kind: string; itemId?: string } }) => why)
    expect(because.some(({ kind, itemId }: { kind: string; itemId?: string }) => kind !== 'popular' && LIKED.includes(itemId!))).toBe(true)
    const unknown = await slateOf({ unit: 'never seen', size: 8 })
    expect(unknown.items.every(({ why }: { why: { kind: string } }) => why.kind === 'popular')).toBe(true)
    expect(idsOf(known)).not.toEqual(idsOf(unknown))
    expect(idsOf(await slateOf({ size: 8 }))).toEqual(idsOf(unknown))
  })
})

describe('in an experiment a slate', () => {
  const arms = [
    { key: 'small', policy: 'popularity', weight: 1 },
    { key: 'large', policy: 'hybrid', weight: 3 },
  ]
  beforeAll(() => startExperiment(shop.call, 'weighted', { arms, audience: [{ field: 'device', is: 'in', values: ['mobile'] }] }))
  afterAll(() => shop.call('POST', '/v1/experiments/weighted/stop'))
  const mobile = (unit: string) => slateOf({ unit, context: { device: 'mobile' } })

  it('has the arm of its shopper, always the same, with its share as propensity, and the log says the same', async () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 60; i++) {
      const answer = await mobile(`weighted ${i}`)
      const { arm, propensity } = answer.experiment
      counts.set(arm, (counts.get(arm) ?? 0) + 1)
      expect(propensity).toBe(arm === 'large' ? 0.75 : 0.25)
      expect(answer).toMatchObject({ reason: 'fixed', policy: arm === 'large' ? 'hybrid' : 'popularity' })
      expect((await mobile(`weighted ${i}`)).experiment).toEqual(answer.experiment)
      const [logged, ...more] = await loggedOf(answer.decisionId)
      expect(more).toEqual([])
      expect(logged).toMatchObject({ kind: 'drawn', stratum: 'fixed', pi: [0.25, 0.75], policy: answer.policy, reason: 'fixed' })
    }
    expect(counts.get('large')).toBeGreaterThan(counts.get('small')!)
  })

  it('touches only its audience, by the context of the request', async () => {
    expect((await slateOf({ unit: 'weighted 1', context: { device: 'desktop' } })).experiment).toBeNull()
    expect((await slateOf({ unit: 'weighted 1' })).experiment).toBeNull()
    expect((await mobile('weighted 1')).experiment.key).toBe('weighted')
  })

  it('keeps away from an arm whose policy is switched off, at once, and writes down that it could not be drawn', async () => {
    const before = await Promise.all(Array.from({ length: 20 }, (_, i) => mobile(`masked ${i}`)))
    expect((await flag('popularity', true)).status).toBe(200)
    for (const [i, { experiment }] of before.entries()) {
      const answer = await mobile(`masked ${i}`)
      expect(answer.experiment).toMatchObject({ arm: 'large', propensity: 1 })
      if (i === 0) expect((await loggedOf(answer.decisionId))[0].pi).toEqual([0, 1])
      if (experiment.arm === 'large') expect(answer.servedPolicy).toBe('hybrid')
    }
    await flag('popularity', false)
    for (const [i, { experiment }] of before.entries()) expect((await mobile(`masked ${i}`)).experiment).toEqual(experiment)
  })

  it('falls back to lower rungs when every policy is switched off, and shoppers still see items', async () => {
    for (const policy of ['popularity', 'hybrid']) await flag(policy, true)
    const outside = await slateOf({ unit: 'nobody', size: 6 })
    expect(outside).toMatchObject({ experiment: null, servedPolicy: 'static', reason: 'fallback' })
    expect(outside.items).toHaveLength(6)
    expect(outside.items[0].why).toEqual({ kind: 'rule', rule: 'last-resort' })
    expect((await mobile('weighted 1')).experiment).toBeNull()
    for (const policy of ['popularity', 'hybrid']) await flag(policy, false)
    expect((await slateOf()).reason).toBe('default')
  })
})

describe('consent', () => {
  beforeAll(() => startExperiment(shop.call, 'consented'))
  afterAll(() => shop.call('POST', '/v1/experiments/consented/stop'))

  it('withheld from measurement leaves no trace: no experiment, no token, nothing logged, nothing personal', async () => {
    const before = await loggedInAll()
    const unknown = idsOf(await slateOf({ consent: { measurement: false } }))
    for (const [body, headers] of [
      [{ consent: { measurement: false } }, {}],
      [{ consent: { measurement: false, personalisation: true } }, {}],
      [{}, { 'sec-gpc': '1' }],
      [{}, { dnt: '1' }],
    ] as const) {
      const answer = await slateOf({ unit: FAN, ...body }, headers)
      expect(answer).toMatchObject({ experiment: null, token: null, reason: 'no-consent', policy: 'popularity' })
      expect(idsOf(answer)).toEqual(unknown)
    }
    expect(await loggedInAll()).toBe(before)
  })

  it('given in the body weighs more than what a browser says for everybody', async () => {
    const answer = await slateOf({ unit: FAN, consent: { measurement: true, personalisation: true } }, { 'sec-gpc': '1' })
    expect(answer.experiment.key).toBe('consented')
    expect(answer.token).not.toBeNull()
  })

  it('withheld from personalisation uses neither history nor context, and is counted all the same', async () => {
    await shop.call('POST', '/v1/experiments/consented/stop')
    const personal = await slateOf({ unit: FAN, size: 8 })
    const plain = await slateOf({ unit: FAN, size: 8, consent: { personalisation: false }, context: { device: 'mobile', cart: ['SKU-3'] } })
    expect(idsOf(plain)).toEqual(idsOf(await slateOf({ unit: 'never seen either', size: 8 })))
    expect(idsOf(plain)).not.toEqual(idsOf(personal))
    const [logged] = await loggedOf(plain.decisionId)
    expect(logged.x.slice(1, 8)).toEqual([0, 0, 0, 0, 0, 0, 0])
    expect(logged.x.slice(13)).toEqual([0, 0, 0])
    expect(plain.token).not.toBeNull()
  })
})

describe('an item', () => {
  const shown = async () => idsOf(await slateOf({ unit: FAN, size: ITEMS }))
  const item = async (itemId: string) => (await shop.call('GET', `/v1/items/${itemId}`)).body

  it('that runs out of stock is gone with the answer that says so, and back when there is stock again', async () => {
    expect(await shown()).toContain('SKU-5')
    const known = await item('SKU-5')
    await shop.call('POST', '/v1/items', [{ ...known, stock: 0 }])
    expect(await shown()).not.toContain('SKU-5')
    expect(idsOf(await slateOf({ candidates: ['SKU-5', 'SKU-6'] }))).toEqual(['SKU-6'])
    await shop.call('POST', '/v1/items', [known])
    expect(await shown()).toContain('SKU-5')
  })

  it('that is discontinued disappears at once, from every policy and from the last rung', async () => {
    expect(await shown()).toContain('SKU-6')
    expect((await shop.call('DELETE', '/v1/items/SKU-6')).status).toBe(204)
    expect(await shown()).not.toContain('SKU-6')
    for (const policy of ['collaborative', 'content', 'popularity', 'hybrid']) {
      await change('/v1/surfaces/home', { policy })
      expect(await shown(), policy).not.toContain('SKU-6')
    }
  })

  it('that is new can be shown before anything was learned about it', async () => {
    await shop.call('POST', '/v1/items', [{ itemId: 'SKU-new', title: 'Shoe of tomorrow', category: 'trail', stock: 3 }])
    expect(idsOf(await slateOf({ unit: FAN, candidates: ['SKU-new'] }))).toEqual(['SKU-new'])
  })
})
