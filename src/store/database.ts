/**
 * The database as the rest sees it: three pools that cannot starve each other, and knex for plain statements.
 *
 * `hot` serves requests, `learner` folds the log, `admin` serves people and reports. pg waits for ever by default, for a connection and for
 * an answer, and dies of an error on an idle connection; every limit here is set for that reason. A server-side timeout does not help
 * against a server that hangs, so each has a twin on our side that is a little longer.
 */
import openKnex, { type Knex } from 'knex'
import pg from 'pg'
import { type Changes, openChanges } from './changes.ts'
import type { Logger } from './logger.ts'
import { typesOf } from './value-types.ts'

export interface Database {
  readonly url: string
  readonly hot: pg.Pool
  readonly learner: pg.Pool
  readonly admin: pg.Pool
  /** Runs on the admin pool. */
  readonly knex: Knex
  /** What was changed, here and elsewhere. */
  readonly changes: Changes
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly log?: Logger
  /** Connections at most, by pool. */
  readonly connections?: Readonly<Partial<Record<PoolName, number>>>
}

type PoolName = 'hot' | 'learner' | 'admin'

interface Limits {
  readonly connections: number
  readonly statementMs: number
  readonly lockMs: number
  /** For a free connection or a new one; nobody is kept waiting by the learner, so it may be patient on a busy machine. */
  readonly connectMs: number
}

const LIMITS: Readonly<Record<PoolName, Limits>> = {
  hot: { connections: 6, statementMs: 1_000, lockMs: 500, connectMs: 500 },
  /** A fold after a long absence reads much. */
  learner: { connections: 3, statementMs: 120_000, lockMs: 5_000, connectMs: 5_000 },
  admin: { connections: 6, statementMs: 15_000, lockMs: 2_000, connectMs: 1_500 },
}
/** By how much our own patience is longer than the server's. */
const ANSWER_MS = 500
const IDLE_IN_TRANSACTION_MS = 10_000
const CLOSE_MS = 5_000

/** knex would print what it also throws. */
export const QUIET_KNEX: Knex.Logger = { warn() {}, error() {}, deprecate() {}, debug() {} }

/** Opens the pools; connects to nothing yet. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = (name: PoolName) => openPool(url, name, options)
  const [hot, learner, admin] = [pool('hot'), pool('learner'), pool('admin')]
  const knex = openKnex({ client: 'pg', connectionPool: admin, log: QUIET_KNEX } as Knex.Config)
  return {
    url,
    hot,
    learner,
    admin,
    knex,
    changes: openChanges(),
    async close() {
      const pause = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref())
      await knex.destroy()
      await Promise.race([Promise.all([hot, learner, admin].map((each) => each.end())), pause])
    },
  }
}

function openPool(url: string, name: PoolName, { log, connections }: DatabaseOptions): pg.Pool {
  const limits = LIMITS[name]
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `croupier ${name}`,
    max: connections?.[name] ?? limits.connections,
    connectionTimeoutMillis: limits.connectMs,
    statement_timeout: limits.statementMs,
    query_timeout: limits.statementMs + ANSWER_MS,
    lock_timeout: limits.lockMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    types: typesOf(),
  })
  const tell = (error: Error) => log?.warn(`database connection (${name}): ${error.message}`)
  pool.on('error', tell)
  // A connection that breaks while somebody holds it emits its error on itself, and nobody listens there by default.
  pool.on('connect', (client) => client.on('error', tell))
  return pool
}
