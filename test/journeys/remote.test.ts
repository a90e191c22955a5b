import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mood, type RemoteRecommender, startRecommender } from '../support/remote-recommender.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { expectBooksInOrder, startExperiment } from './books.ts'

/** Another recommender is an arm: while it works it serves; what fails counts for its arm, and then it is masked. Under load: remote-under-fire. */

const GOOD: Mood = { kind: 'answers', items: ['SKU-31', 'no such item', 'SKU-32', 'SKU-33', 'SKU-34'] }
const REMOTE_MS = 60

let shop: TestService
let far: RemoteRecommender
const acknowledged: string[] = []

beforeAll(async () => {
  far = await startRecommender(GOOD)
  shop = await startService({ CROUPIER_REMOTE_PRIVATE: 'true' })
  await stockShop(shop)
  const parameters = { url: far.url, lastGoodSeconds: 0, deadlineMs: REMOTE_MS }
  const made = await shop.call('POST', '/v1/policies', { key: 'far', kind: 'remote', parameters })
  expect(made.status, made.text).toBe(201)
  const arms = [
    { key: 'near', policy: 'popularity' },
    { key: 'far', policy: 'far' },
  ]
  await startExperiment(shop.call, 'far-or-near', { arms })
})
afterAll(async () => {
  await shop?.stop()
  await far?.stop()
})

interface Slate {
  readonly decisionId: string
  readonly items: readonly { readonly itemId: string; readonly why: object }[]
  readonly experiment: { readonly arm: string; readonly propensity: number }
  readonly servedPolicy: string
  readonly reason: string
}

async function slateOf(unit: string): Promise<Slate> {
  const { status, text, body } = await shop.call('POST', '/v1/slates', { surface: 'home', unit, size: 4 })
  expect(status, text).toBe(200)
  acknowledged.push(body.decisionId)
  return body
}

/** Somebody whom the experiment gives the remote arm while it is available. */
async function farUnit(): Promise<string> {
  for (let i = 0; ; i++) if ((await slateOf(`unit ${i}`)).experiment.arm === 'far') return `unit ${i}`
}

const loggedOf = async (decisionId: string) =>
  (await shop.query('SELECT pi, policy, served_policy, reason FROM exposures WHERE decision_id = $1', [decisionId])).rows[0]

async function recovered(unit: string): Promise<void> {
  far.mood = GOOD
  await until(async () => (await slateOf(unit)).servedPolicy === 'far')
}

describe('a remote strategy as an arm', () => {
  it('serves what it answered, and is told who asks for what', async () => {
    const unit = await farUnit()
    const { items, servedPolicy, experiment } = await slateOf(unit)
    expect(servedPolicy).toBe('far')
    expect(experiment.propensity).toBe(0.5)
    expect(items.map(({ itemId }) => itemId)).toEqual(['SKU-31', 'SKU-32', 'SKU-33', 'SKU-34'])
    expect(items[0]!.why).toEqual({ kind: 'remote' })
    const question = JSON.parse(far.asked.at(-1)!.body)
    expect(question).toMatchObject({ surface: 'home', size: 4, itemId: null })
    expect(question.unit).toMatch(/^[0-9a-f]{32}$/)
    expect(far.asked.at(-1)!.body).not.toContain(unit)
    const metrics = (await shop.call('GET', '/metrics')).text
    expect(metrics).toMatch(/croupier_remote_events_total\{policy="far",because="unknown-items"\} [1-9]/)
  })

  it('that fails after the draw counts for its arm; once it is left alone its arm is masked before the draw', async () => {
    const unit = await farUnit()
    far.mood = { kind: 'says', text: 'no', status: 500 }
    const first = await slateOf(unit)
    expect(first).toMatchObject({ experiment: { arm: 'far' }, servedPolicy: 'hybrid', reason: 'fallback' })
    expect(await loggedOf(first.decisionId)).toMatchObject({ pi: [0.5, 0.5], policy: 'far', served_policy: 'hybrid', reason: 'fallback' })
    let masked: Slate = first
    await until(async () => {
      masked = await slateOf(unit)
      return masked.experiment.arm === 'near'
    })
    expect(masked).toMatchObject({ experiment: { propensity: 1 }, servedPolicy: 'popularity', reason: 'fixed' })
    expect((await loggedOf(masked.decisionId)).pi).toEqual([1, 0])
    await recovered(unit)
  })

  it('cannot be the fallback of a surface: the net has to hold without it', async () => {
    const { status, body } = await shop.call('POST', '/v1/surfaces', { key: 'netless', policy: 'far', fallback: 'far' })
    expect(status).toBe(422)
    expect(body).toMatchObject({ type: '/problems/invalid', pointer: '/fallback', detail: expect.stringContaining('remote strategy') })
    expect((await shop.call('POST', '/v1/surfaces', { key: 'netted', policy: 'far', fallback: 'popularity' })).status).toBe(201)
  })

  it('leaves books that balance', async () => {
    await expectBooksInOrder(shop.databaseUrl, { decisions: acknowledged, outcomes: [] })
  })
})
