import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Stay } from '../../src/decisions/stay.ts'
import { type Assignments, openAssignments } from '../../src/log/assignments.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { type StallingProxy, stallingProxy } from '../support/stalling-proxy.ts'

let fresh: FreshDatabase
let database: Database
let nodes: readonly Assignments[]
let epochId = 0

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  nodes = await Promise.all([0, 1].map(() => openAssignments({ url: fresh.url, patienceMs: 5_000 })))
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()))
  await database.close()
  await fresh.drop()
})
beforeEach(() => {
  epochId += 1
})

const bytes = (...values: readonly number[]) => Uint8Array.from({ length: 16 }, (_, i) => values[i] ?? 0)
const drawOf = (unit: number, decision: number) => ({
  epochId,
  unit: bytes(unit >> 8, unit & 255),
  decidedAt: 1_700_000_000_123,
  stay: {
    armId: 10 + (decision % 3),
    stratum: 'bandit',
    pi: [0.1 + 0.2, 1 / 3, 5e-324],
    mhat: [Math.fround(0.1), Math.fround(-2e-30), 0],
    scale: decision % 2 === 0 ? null : [1, Math.fround(1e-40), 3],
    firstDecision: bytes(7, decision >> 8, decision & 255),
  } as Stay,
})

describe('the arm of a unit', () => {
  it('is the first one that was drawn, to the last bit, on every node and in the next life', async () => {
    const [a, b] = nodes as [Assignments, Assignments]
    const first = drawOf(1, 1)
    expect(a.find(epochId, first.unit)).toBeUndefined()
    expect(await a.claim(first)).toEqual(first.stay)
    expect(a.find(epochId, first.unit)).toEqual(first.stay)
    expect(await b.claim(drawOf(1, 2))).toEqual(first.stay)
    expect(await a.claim(drawOf(1, 3))).toEqual(first.stay)
    const next = await openAssignments({ url: fresh.url, patienceMs: 5_000 })
    expect(await next.claim(drawOf(1, 4))).toEqual(first.stay)
    await next.close()
    const { rows } = await database.admin.query('SELECT assigned_at FROM assignments WHERE epoch_id = $1', [epochId])
    expect(rows).toEqual([{ assigned_at: new Date(1_700_000_000_123) }])
  })

  it('is its own in every epoch', async () => {
    const [a] = nodes as [Assignments]
    const one = await a.claim(drawOf(1, 1))
    epochId += 1
    expect(await a.claim(drawOf(1, 2))).not.toEqual(one)
  })

  it('is one, though two nodes draw for many units at the same moment', async () => {
    const units = Array.from({ length: 200 }, (_, i) => i)
    const claims = await Promise.all(
      nodes.flatMap((node, n) => units.flatMap((unit) => [0, 1].map((twice) => node.claim(drawOf(unit, 4 * unit + 2 * n + twice))))),
    )
    expect(claims.every((stay) => stay !== null)).toBe(true)
    const decisions = new Set(claims.map((stay) => Buffer.from(stay!.firstDecision).toString('hex')))
    expect(decisions.size).toBe(units.length)
    const { rows } = await database.admin.query('SELECT count(*)::int AS n FROM assignments WHERE epoch_id = $1', [epochId])
    expect(rows[0].n).toBe(units.length)
  })

  it('is read again when somebody else was keeping it just then', async () => {
    const [a] = nodes as [Assignments]
    const mine = drawOf(1, 1)
    const client = await database.admin.connect()
    await client.query('BEGIN')
    await client.query(
      `INSERT INTO assignments (epoch_id, unit, arm_id, stratum, pi, first_decision, assigned_at)
       VALUES ($1, $2, 99, 'uniform', '{1}', '00000000-0000-7000-8000-000000000001', now())`,
      [epochId, Buffer.from(mine.unit)],
    )
    const claim = a.claim(mine)
    await new Promise((resolve) => setTimeout(resolve, 50))
    await client.query('COMMIT')
    client.release()
    expect(await claim).toMatchObject({ armId: 99, stratum: 'uniform', pi: [1], mhat: null })
  })

  it('is forgotten in memory where too many are remembered, and found again in the table', async () => {
    const small = await openAssignments({ url: fresh.url, patienceMs: 5_000, unitsMax: 2 })
    for (const unit of [1, 2]) await small.claim(drawOf(unit, unit))
    expect(small.find(epochId, drawOf(1, 0).unit)).toBeDefined()
    await small.claim(drawOf(3, 3))
    expect(small.counters.remembered).toBe(2)
    expect(small.find(epochId, drawOf(2, 0).unit)).toBeUndefined()
    expect(await small.claim(drawOf(2, 9))).toEqual(drawOf(2, 2).stay)
    expect(small.counters).toMatchObject({ claimed: 3, known: 1, unknown: 0 })
    await small.close()
  })

  it('is unknown while the database is away or too slow, unless memory has it', async () => {
    const proxy: StallingProxy = await stallingProxy(fresh.url)
    const node = await openAssignments({ url: proxy.url, patienceMs: 100 })
    const known = drawOf(1, 1)
    expect(await node.claim(known)).toEqual(known.stay)
    proxy.stall()
    expect(await node.claim(drawOf(2, 2))).toBeNull()
    expect(await node.claim(drawOf(3, 3))).toBeNull()
    expect(node.find(epochId, known.unit)).toEqual(known.stay)
    expect(node.counters.unknown).toBe(2)
    await proxy.close()
    await node.close()
  })
})
