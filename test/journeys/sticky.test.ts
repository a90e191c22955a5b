import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { gateStore } from '../../src/store/gate-store.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { type Call, startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'
import { banditBody } from './bandit-shop.ts'
import { expectBooksInOrder, untilDrained } from './books.ts'
import { type MoodyProxy, moodyProxy } from './moody-proxy.ts'

/** A sticky bandit on two nodes: a unit keeps its arm, and the vector it was drawn from, whatever happens. */

/** What is done is done by the test. */
const NO_LOOKS = { CROUPIER_GATE_EVERY_MS: '3600000' }

let database: FreshDatabase
let proxy: MoodyProxy
let a: TestService
let b: TestService
let decisions: string[] = []

/** On a loaded machine the table may take longer to answer than a slate can wait: then it is asked again. */
const slate = async (call: Call, unit: string | undefined, tries = 10) => {
  for (let i = 1; ; i++) {
    const { body } = await call('POST', '/v1/slates', { surface: 'home', ...(unit === undefined ? {} : { unit }) })
    if (body.token) decisions.push(body.decisionId)
    if (body.reason !== 'unassigned' || i === tries) return body
  }
}
const exposureOf = async (decisionId: string) => {
  const { rows } = await a.query('SELECT kind, arm_id, pi, mhat, stratum, policy, served_policy FROM exposures WHERE decision_id = $1', [
    decisionId,
  ])
  return rows[0]
}
const receiptOf = async (decisionId: string) => (await a.call('GET', `/v1/decisions/${decisionId}`)).body

beforeAll(async () => {
  database = await freshDatabase()
  proxy = await moodyProxy(database.url)
  a = await startService({ CROUPIER_FOLD_EVERY_MS: '100', ...NO_LOOKS }, database.url)
  b = await startService({ CROUPIER_FOLD_EVERY_MS: '3600000', ...NO_LOOKS }, proxy.url)
  await stockShop(a)
  expect((await a.call('POST', '/v1/experiments', banditBody('layout', { sticky: true }))).status).toBe(201)
  expect((await a.call('POST', '/v1/experiments/layout/start')).status).toBe(200)
  await until(async () => (await slate(b.call, 'awaited')).experiment !== null)
})
afterAll(async () => {
  await a?.stop()
  await b?.stop()
  await proxy.close()
  await database.drop()
})

describe('a unit of a sticky bandit', () => {
  it('gets one arm, though two nodes are asked for it many times at once', async () => {
    const units = Array.from({ length: 30 }, (_, i) => `crowd ${i}`)
    const answers = await Promise.all(
      units.map((unit) => Promise.all(Array.from({ length: 8 }, (_, i) => slate((i % 2 === 0 ? a : b).call, unit)))),
    )
    for (const given of answers) {
      expect(new Set(given.map(({ experiment }) => JSON.stringify(experiment))).size).toBe(1)
    }
    expect(new Set(answers.map(([one]) => one.experiment.arm)).size).toBeGreaterThan(1)
    await untilDrained(a.call)
    const { rows } = await a.query(
      `SELECT unit, count(DISTINCT arm_id)::int AS arms, count(DISTINCT pi::text)::int AS vectors, count(*) FILTER (WHERE kind = 'drawn')::int AS draws
       FROM exposures WHERE epoch_id IS NOT NULL GROUP BY 1`,
    )
    for (const { arms, vectors } of rows) expect([arms, vectors]).toEqual([1, 1])
    for (const { draws } of rows) expect(draws).toBeLessThanOrEqual(1)
  })

  it('keeps it while the bandit learns, and says so; its decisions are made again from the first one', async () => {
    const first = await slate(a.call, 'loyal')
    await sellByArm()
    const later = await slate(b.call, 'loyal')
    expect(later).toMatchObject({ experiment: first.experiment, reason: 'assigned', policy: first.policy })
    expect(await exposureOf(later.decisionId)).toEqual({ ...(await exposureOf(first.decisionId)), kind: 'assigned' })
    await until(async () => (await receiptOf(later.decisionId)).replay?.kind === 'same')
    const receipt = await receiptOf(later.decisionId)
    expect(receipt).toMatchObject({ reason: 'assigned', firstDecision: first.decisionId, experiment: { arm: first.experiment.arm } })
    expect((await receiptOf(first.decisionId)).firstDecision).toBeNull()
    await a.query('UPDATE exposures SET pi = ARRAY[0.4, 0.6] WHERE decision_id = $1', [later.decisionId])
    expect((await receiptOf(later.decisionId)).replay).toMatchObject({ kind: 'different', differences: [{ of: 'pi' }] })
    await a.query('UPDATE exposures SET pi = f.pi FROM exposures f WHERE f.decision_id = $2 AND exposures.decision_id = $1', [
      later.decisionId,
      first.decisionId,
    ])
  })

  it('that nobody knows is drawn anew each time, and is kept nowhere', async () => {
    const count = async () => (await a.query('SELECT count(*)::int AS n FROM assignments')).rows[0].n
    const before = await count()
    const answers = await Promise.all(Array.from({ length: 6 }, () => slate(a.call, undefined)))
    for (const { reason } of answers) expect(reason).toBe('thompson')
    expect(await count()).toBe(before)
  })

  it('keeps its arm while the database is away, and has none that nobody knows of', async () => {
    const known = await slate(b.call, 'regular')
    await proxy.refuse()
    const meanwhile = await slate(b.call, 'regular')
    expect(meanwhile).toMatchObject({ experiment: known.experiment, reason: 'assigned' })
    expect(await slate(b.call, 'a stranger', 1)).toMatchObject({ experiment: null, reason: 'unassigned', servedPolicy: 'hybrid' })
    await proxy.pass()
    await untilDrained(b.call)
    await until(async () => (await slate(b.call, 'a stranger')).experiment !== null)
    expect((await exposureOf(meanwhile.decisionId)).kind).toBe('assigned')
  })

  it('does not see its arm any more once that is masked; the exposure counts for the arm, and the way back is the same', async () => {
    // Drawn while nothing was known: half of them have the arm.
    const units = Array.from({ length: 20 }, (_, i) => `buyer ${i}`)
    const before = await Promise.all(units.map((unit) => slate(a.call, unit)))
    const held = openDatabase(database.url)
    const { rows } = await a.query('SELECT id, arm_ids FROM epochs')
    const finding = { kind: 'mask', armId: rows[0].arm_ids[0], evidence: { kind: 'a test' } } as const
    await gateStore(held).record({ experiment: 'layout', epochId: rows[0].id }, [finding])
    await held.close()
    const withheld = units[before.findIndex(({ experiment }) => experiment.arm === 'phone')]!
    for (const { call } of [a, b]) await until(async () => (await slate(call, withheld)).reason === 'withheld')
    for (const [i, unit] of units.entries()) {
      const after = await slate((i % 2 === 0 ? a : b).call, unit)
      expect(after.experiment).toEqual(before[i].experiment)
      const isMasked = before[i].experiment.arm === 'phone'
      expect([after.reason, after.servedPolicy]).toEqual([isMasked ? 'withheld' : 'assigned', 'hybrid'])
      expect(await exposureOf(after.decisionId)).toMatchObject({ kind: 'assigned', pi: (await exposureOf(before[i].decisionId)).pi })
    }
    const because = { because: 'only a test' }
    expect((await a.call('POST', '/v1/experiments/layout/arms/phone/unmask', because)).status).toBe(200)
    expect(await slate(a.call, withheld)).toMatchObject({ reason: 'assigned', servedPolicy: 'popularity' })
  })

  it('leaves books that can be recounted', async () => {
    for (const { call } of [a, b]) await untilDrained(call)
    await expectBooksInOrder(database.url, { decisions, outcomes: [] })
    decisions = []
  })
})

/** Shoppers of one arm buy, until the vector has changed. */
async function sellByArm(): Promise<void> {
  for (let i = 0; i < 120; i++) {
    const { experiment, token } = await slate(a.call, `buyer ${i}`)
    if (experiment.arm !== 'desk' && i % 8 > 0) continue
    await a.call('POST', '/v1/outcomes', {
      outcomes: [{ outcomeId: `sale ${i}`, token, type: 'purchase', value: '10.00', currency: 'EUR' }],
    })
  }
  await until(async () => {
    const { decisionId } = await slate(a.call, undefined)
    const { pi } = await exposureOf(decisionId)
    return pi[0] !== 0.5
  })
}
