import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { stallingProxy } from '../support/stalling-proxy.ts'

describe('a database', () => {
  let fresh: FreshDatabase
  let database: Database
  beforeAll(async () => {
    fresh = await freshDatabase()
    database = openDatabase(fresh.url)
  })
  afterAll(async () => {
    await database.close()
    await fresh.drop()
  })

  it('gives back exact numbers as exact values', async () => {
    const { rows } = await database.hot.query(`SELECT 9007199254740993::int8 AS whole, ARRAY[-9007199254740993, NULL]::int8[] AS wholes,
      0.1::numeric AS decimal, ARRAY[12345678901234567890123.5]::numeric[] AS decimals, '7'::xid8 AS xid`)
    expect(rows[0]).toEqual({
      whole: 9007199254740993n,
      wholes: [-9007199254740993n, null],
      decimal: '0.1',
      decimals: ['12345678901234567890123.5'],
      xid: '7',
    })
  })

  it('keeps a date free of time zones', async () => {
    const { rows } = await database.hot.query(`SELECT date '2024-02-29' AS day, timestamptz '2024-02-29 12:00+02' AS moment`)
    expect(rows[0]).toEqual({ day: '2024-02-29', moment: new Date('2024-02-29T10:00:00Z') })
  })

  it('gives knex and the pools the same types', async () => {
    expect(await database.knex('exposures').count()).toEqual([{ count: 0n }])
  })

  it('gives up a statement that takes too long, on the server as well', async () => {
    await expect(database.hot.query('SELECT pg_sleep(30) /* too long */')).rejects.toMatchObject({ code: '57014' })
    const { rows } = await database.admin.query(
      `SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE '%too long */' AND state = 'active'`,
    )
    expect(rows[0].n).toBe(0n)
  })

  it('survives the end of a connection that is idle and of one that is in use', async () => {
    const client = await database.learner.connect()
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    await database.admin.query('SELECT pg_terminate_backend($1)', [rows[0].pid])
    await expect(client.query('SELECT 1')).rejects.toThrow()
    client.release(true)
    await database.admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
    expect((await database.hot.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  it('gives up on a server that hangs, whether it was connected before or not', async () => {
    const proxy = await stallingProxy(fresh.url)
    const hanging = openDatabase(proxy.url)
    await hanging.hot.query('SELECT 1')
    proxy.stall()
    const began = performance.now()
    await expect(hanging.hot.query('SELECT 1')).rejects.toThrow('Query read timeout')
    await expect(hanging.hot.query('SELECT 1')).rejects.toThrow('timeout')
    expect(performance.now() - began).toBeLessThan(3_500)
    await hanging.close()
    await proxy.close()
  })

  it('says within a second that nobody is there', async () => {
    const nobody = openDatabase('postgres://nobody@127.0.0.1:9/none')
    const began = performance.now()
    await expect(nobody.hot.query('SELECT 1')).rejects.toThrow()
    expect(performance.now() - began).toBeLessThan(1_000)
    await nobody.close()
  })
})
