/**
 * Brings the schema up to date: numbered plain SQL files, forward only, each in a transaction of its own.
 *
 * Any number of nodes may start at once: a session advisory lock lets one migrate and the others wait. knex keeps a lock of its own in a
 * table, which stays behind when a migrating process is killed; whoever holds the advisory lock knows that nobody else is at it, and frees
 * it. A node of the last release may start on the schema of the next one: files that it does not know are not its concern.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import openKnex, { type Knex } from 'knex'
import pg from 'pg'
import { QUIET_KNEX } from './database.ts'

export const MIGRATIONS_FOLDER = join(import.meta.dirname, '..', '..', 'migrations')

/** Any fixed number: "croupier" in ASCII. */
const LOCK = 0x63726f7570696572n
/** Longer than any migration of ours; a node that waits longer says so and gives up. */
const LOCK_WAIT_MS = 600_000
const FILE_NAME = /^\d{4}_[a-z0-9_-]+\.sql$/

export interface Migrated {
  /** Names of the files that were applied now. */
  readonly applied: readonly string[]
}

/** Applies what is missing and makes the partitions of the months around now. Rejects with the file's name and PostgreSQL's reason. */
export async function migrate(database: string | { readonly url: string }, folder: string = MIGRATIONS_FOLDER): Promise<Migrated> {
  const url = typeof database === 'string' ? database : database.url
  const guard = new pg.Client({ connectionString: url, application_name: 'croupier migrate', connectionTimeoutMillis: 5_000 })
  guard.on('error', () => {})
  await guard.connect()
  const connection = { connectionString: url, application_name: 'croupier migrate' }
  const knex = openKnex({ client: 'pg', connection, pool: { min: 0, max: 1 }, log: QUIET_KNEX })
  try {
    await guard.query(`SET lock_timeout = ${LOCK_WAIT_MS}`)
    await guard.query('SELECT pg_advisory_lock($1)', [LOCK])
    const migrator = knex.migrate
    const config: Knex.MigratorConfig = { migrationSource: sourceOf(folder), disableMigrationsListValidation: true }
    await migrator.forceFreeMigrationsLock(config)
    const applied: string[] = []
    for (;;) {
      // One file at a time: "latest" would put them all into one transaction.
      const [, [name]] = (await migrator.up(config)) as [number, string[]]
      if (name === undefined) break
      applied.push(name)
    }
    await guard.query("SELECT ensure_partitions(now() - interval '1 month', now() + interval '2 months')")
    return { applied }
  } finally {
    await knex.destroy()
    await guard.end()
  }
}

/** Names of the migrations in a folder, in their order. */
export function migrationsIn(folder: string = MIGRATIONS_FOLDER): readonly string[] {
  return readdirSync(folder)
    .filter((name) => FILE_NAME.test(name))
    .sort()
}

function sourceOf(folder: string): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => [...migrationsIn(folder)],
    getMigrationName: (name) => name,
    getMigration: async (name) => ({
      up: (knex: Knex) => run(knex, name, readFileSync(join(folder, name), 'utf8')),
      down: async () => {
        throw new Error('Migrations go forward only.')
      },
    }),
  }
}

/** By the connection itself: knex.raw would take a question mark in the SQL for a place of a value. */
async function run(knex: Knex, name: string, sql: string): Promise<void> {
  const connection = (await knex.client.acquireConnection()) as pg.Client
  try {
    await connection.query(sql)
  } catch (error) {
    const { message, position } = error as Error & { position?: string }
    const line = position ? `, line ${sql.slice(0, Number(position)).split('\n').length}` : ''
    throw new Error(`Migration ${name}${line}: ${message}`, { cause: error })
  } finally {
    await knex.client.releaseConnection(connection)
  }
}
