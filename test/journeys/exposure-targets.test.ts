import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { controlExposure } from '../../src/jobs/exposure-control.ts'
import { surfaceSchema } from '../../src/policies/surface.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { exposureControlStore } from '../../src/store/exposure-control-store.ts'
import { startService, stockShop, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** A seller is promised a share of what shoppers see: the log is looked at, and the next slates follow. */

const TARGET = 0.5
const SELLER = 'seller 2'

let shop: TestService
let database: Database

const controls = () => exposureControlStore(database).list()
const step = async () => {
  const { rows } = await shop.query('SELECT body FROM surfaces')
  await controlExposure({
    surfaces: async () => rows.map(({ body }) => surfaceSchema.parse(body)),
    controls: exposureControlStore(database),
  })
}

const steppedAt = async () => (await shop.query('SELECT max(stepped_at)::text AS at FROM exposure_controls')).rows[0].at
/** Steps until what was shown is looked at: somebody else's transaction may hold that back for a moment. */
const stepped = async () => {
  const before = await steppedAt()
  await until(async () => {
    await step()
    return (await steppedAt()) !== before
  })
}

interface Slate {
  readonly decisionId: string
  readonly snapshot: string
  readonly items: readonly { readonly itemId: string; readonly terms?: { readonly exposure?: number } }[]
}

async function slates(count: number): Promise<readonly Slate[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { status, text, body } = await shop.call('POST', '/v1/slates', { surface: 'home', size: 8 })
      expect(status, text).toBe(200)
      return body
    }),
  )
}

beforeAll(async () => {
  shop = await startService()
  await stockShop(shop)
  database = openDatabase(shop.databaseUrl)
  await shop.query("UPDATE items SET seller = 'seller ' || CASE WHEN item_no % 3 = 2 THEN 2 ELSE 1 END")
  await shop.query("SELECT pg_notify('croupier_changes', 'test items')")
  const { body, headers } = await shop.call('GET', '/v1/surfaces/home')
  const { revision: _revision, createdAt: _made, updatedAt: _changed, status: _status, ...known } = body
  const exposure = [{ field: 'seller', value: SELLER, share: TARGET }]
  const put = await shop.call('PUT', '/v1/surfaces/home', { ...known, assembly: { exposure } }, { 'if-match': headers.get('etag')! })
  expect(put.status, put.text).toBe(200)
})
afterAll(async () => {
  await database?.close()
  await shop?.stop()
})

describe('an exposure target', () => {
  it('is reached by looking at the log, minute by minute, under snapshots of their own, and its price is logged', async () => {
    await step()
    expect(await controls()).toMatchObject([{ surface: 'home', field: 'seller', value: SELLER, pressure: 0, slates: 0 }])
    const first = await slates(60)
    await stepped()
    const [moved] = await controls()
    expect(moved!.slates).toBeGreaterThanOrEqual(50)
    expect(moved!.shown).toBeLessThan(TARGET)
    expect(moved!.pressure).toBeCloseTo(0.5 * (TARGET - moved!.shown), 12)
    let latest = first
    const shares: number[] = []
    for (let minute = 0; minute < 14; minute++) {
      const [before] = await controls()
      await until(async () => (await slates(1))[0]!.snapshot !== latest[0]!.snapshot || before!.pressure === 0, 3_000).catch(
        () => undefined,
      )
      latest = await slates(60)
      await stepped()
      shares.push((await controls())[0]!.shown)
    }
    const late = shares.slice(-6)
    expect(late.reduce((sum, share) => sum + share, 0) / late.length).toBeGreaterThan(TARGET - 0.08)
    const told = await shop.call('GET', '/v1/surfaces/home/exposure')
    const [{ shown, slates: seen, pressure }] = (await controls()) as [Awaited<ReturnType<typeof controls>>[number]]
    expect(told.body).toEqual({ targets: [{ field: 'seller', value: SELLER, share: TARGET, shown, slates: seen, pressure }] })
    expect((await shop.call('GET', '/v1/surfaces/nowhere/exposure')).status).toBe(404)
    const { rows } = await shop.query('SELECT rules FROM exposures WHERE decision_id = $1', [latest[0]!.decisionId])
    expect(rows[0].rules.exposure.length).toBeGreaterThan(0)
    expect(typeof rows[0].rules.price.quality).toBe('number')
    expect(latest[0]!.items.some(({ terms }) => (terms?.exposure ?? 0) > 0)).toBe(true)
  })

  it('keeps what it gave with the snapshot, counts every exposure once, and forgets a target that is gone', async () => {
    const [{ snapshot }] = (await slates(1)) as [Slate]
    await until(async () => (await shop.query('SELECT 1 FROM snapshots WHERE id = $1', [snapshot])).rows.length > 0)
    const { rows } = await shop.query('SELECT body FROM snapshots WHERE id = $1', [snapshot])
    expect(rows[0].body.pressures).toMatchObject([{ surface: 'home', field: 'seller', value: SELLER }])
    const before = await controls()
    // One more slate is too little to step on.
    await step()
    expect(await controls()).toEqual(before)
    await exposureControlStore(database).step('home', [])
    expect(await controls()).toEqual([])
  })
})
