import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { statement } from '../../src/log/statement.ts'
import { renewUnitDays, type UnitDay } from '../../src/log/unit-days.ts'
import type { Wholes } from '../../src/log/wholes.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

let fresh: FreshDatabase
let client: pg.Client

beforeAll(async () => {
  fresh = await freshDatabase()
  client = new pg.Client(fresh.url)
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await fresh.drop()
})
beforeEach(() => client.query('TRUNCATE unit_periods'))

const dayOf = (i: number, stratum = 'bandit'): UnitDay => ({
  cell: { epochId: 1, day: 20_000 + (i % 3), stratum, eligible: i % 2 === 0 ? '3' : String(2n ** 70n) },
  unit: `\\x${i.toString(16).padStart(32, '0')}`,
})

describe('unit-days', () => {
  it('are given as they stand and stored as they were made, some thousands at a time, plain and big', async () => {
    const days = Array.from({ length: 4_500 }, (_, i) => dayOf(i, i % 5 === 0 ? 'a "b", {c}\\' : 'bandit'))
    const first = (i: number): Wholes => (i % 7 === 0 ? [BigInt(i) << 64n, -1n] : Float64Array.of(i, -(2 ** 52) - i))
    const place = new Map(days.map((day, i) => [day, i]))
    await renewUnitDays(client, days, (day, stored) => {
      expect(stored).toBeNull()
      return first(place.get(day)!)
    })
    const seen: (string | undefined)[] = []
    await renewUnitDays(client, days.slice(0, 3_000), (day, stored) => {
      seen[place.get(day)!] = stored?.join()
      return Float64Array.of(7, 7)
    })
    expect(seen).toEqual(days.slice(0, 3_000).map((_, i) => first(i).join()))
    const { rows } = await client.query(
      'SELECT count(*)::integer AS n, count(*) FILTER (WHERE scores = $1)::integer AS renewed FROM unit_periods',
      ['{7,7}'],
    )
    expect(rows[0]).toEqual({ n: 4_500, renewed: 3_000 })
  })

  it('fail as the statement fails, and leave no promise behind', async () => {
    const days = Array.from({ length: 4_500 }, (_, i) => dayOf(i))
    await client.query('BEGIN')
    await expect(renewUnitDays(client, days, () => [0.5 as unknown as bigint, 'x' as unknown as bigint])).rejects.toThrow(/numeric/)
    await client.query('ROLLBACK')
    expect((await client.query('SELECT FROM unit_periods')).rowCount).toBe(0)
  })

  it('are looked up by their key however many there are, also where loops are out of favour', async () => {
    await renewUnitDays(
      client,
      Array.from({ length: 3_000 }, (_, i) => dayOf(i)),
      () => Float64Array.of(1),
    )
    await client.query('ANALYZE unit_periods; BEGIN; SET LOCAL enable_nestloop = off')
    const asked = ['{1}', '{00}', '{20000}', '{bandit}', '{3}']
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${statement('unit-periods')}`, asked)
    await client.query('ROLLBACK')
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain('Index Scan using unit_periods_pkey')
    expect(plan).not.toContain('Seq Scan on unit_periods')
  })
})
