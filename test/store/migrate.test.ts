import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { MIGRATIONS_FOLDER, migrate, migrationsIn } from '../../src/store/migrate.ts'
import { schemaText } from '../../src/store/schema.ts'
import { emptyDatabase, type FreshDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

let fresh: FreshDatabase
let pool: pg.Pool
beforeEach(async () => {
  fresh = await emptyDatabase()
  pool = new pg.Pool({ connectionString: fresh.url })
  pool.on('error', () => {})
})
afterEach(async () => {
  await pool.end()
  await fresh.drop()
})

describe('a migration', () => {
  it('applies every file once, in order', async () => {
    expect(await migrate(fresh.url)).toEqual({ applied: migrationsIn() })
    expect(await migrate({ url: fresh.url })).toEqual({ applied: [] })
  })

  it('makes the partitions of the months around now', async () => {
    await migrate(fresh.url)
    const { rows } = await pool.query(`SELECT to_char(now() AT TIME ZONE 'UTC', '"exposures_"YYYY"_"MM') AS name`)
    const partition = await pool.query('SELECT to_regclass($1) IS NOT NULL AS there', [rows[0].name])
    expect(partition.rows).toEqual([{ there: true }])
  })

  it('succeeds for two nodes that start at once', async () => {
    const both = await Promise.all([migrate(fresh.url), migrate(fresh.url)])
    expect(both.flatMap(({ applied }) => applied)).toEqual(migrationsIn())
  })

  it('is not held up by the lock that a killed one left in the table', async () => {
    await migrate(fresh.url)
    await pool.query('UPDATE knex_migrations_lock SET is_locked = 1')
    expect(await migrate(fresh.url)).toEqual({ applied: [] })
  })

  it('lets an older release start on the schema of a newer one', async () => {
    await migrate(fresh.url)
    await pool.query(`INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('9999_of_the_future.sql', 2, now())`)
    expect(await migrate(fresh.url)).toEqual({ applied: [] })
  })
})

describe('a migration of its own', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'croupier-migrations-'))
    writeFileSync(
      join(folder, '0001_first.sql'),
      `CREATE FUNCTION ensure_partitions(a timestamptz, b timestamptz) RETURNS integer LANGUAGE sql AS 'SELECT 0';`,
    )
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('may use the operators that are question marks', async () => {
    writeFileSync(join(folder, '0002_marks.sql'), `CREATE TABLE marks AS SELECT '{"a": 1}'::jsonb ? 'a' AS has;`)
    await migrate(fresh.url, folder)
    expect((await pool.query('SELECT has FROM marks')).rows).toEqual([{ has: true }])
  })

  it('leaves nothing of a file that fails, and names file, line and reason', async () => {
    writeFileSync(join(folder, '0002_wrong.sql'), 'CREATE TABLE half (n integer);\nCREATE TABLE half (n integer);\nCREATE TABEL other ();')
    await expect(migrate(fresh.url, folder)).rejects.toThrow('Migration 0002_wrong.sql, line 3: syntax error')
    writeFileSync(join(folder, '0002_wrong.sql'), 'CREATE TABLE half (n integer);\nSELECT 1/0;')
    await expect(migrate(fresh.url, folder)).rejects.toThrow('division by zero')
    expect((await pool.query(`SELECT to_regclass('half') AS half`)).rows).toEqual([{ half: null }])
    writeFileSync(join(folder, '0002_wrong.sql'), 'CREATE TABLE half (n integer);')
    expect(await migrate(fresh.url, folder)).toEqual({ applied: ['0002_wrong.sql'] })
  })

  it('that was killed in the middle is done again by the next node', async () => {
    writeFileSync(join(folder, '0002_slow.sql'), 'CREATE TABLE slow (n integer);\nSELECT pg_sleep(60);')
    const script = `await (await import(${JSON.stringify(join(import.meta.dirname, '../../src/store/migrate.ts'))})).migrate(...process.argv.slice(1))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, fresh.url, folder], { stdio: 'inherit' })
    await until(async () => (await pool.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).rowCount === 1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)
    writeFileSync(join(folder, '0002_slow.sql'), 'CREATE TABLE slow (n integer);')
    expect(await migrate(fresh.url, folder)).toEqual({ applied: ['0002_slow.sql'] })
  })
})

it('migrations/schema.sql is what the migrations add up to', async () => {
  await migrate(fresh.url)
  const database = openDatabase(fresh.url)
  const text = await schemaText(database.admin)
  await database.close()
  expect(readFileSync(join(MIGRATIONS_FOLDER, 'schema.sql'), 'utf8'), 'run "npm run generate"').toBe(text)
})
