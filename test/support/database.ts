import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'

/** A database of a test file's own. */
export interface FreshDatabase {
  readonly url: string
  /** Ends all connections to it, then removes it. */
  drop(): Promise<void>
}

/** Clones the migrated template; some 15 ms. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const template = new URL(inject('templateUrl'))
  const name = `test_${randomBytes(6).toString('hex')}`
  await onCluster((client) => clone(client, template.pathname.slice(1), name))
  const url = new URL(template)
  url.pathname = name
  return { url: url.href, drop: () => onCluster((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)) }
}

/** A database without any schema, for tests of migrations. */
export async function emptyDatabase(): Promise<FreshDatabase> {
  const url = new URL(inject('templateUrl'))
  const name = `test_${randomBytes(6).toString('hex')}`
  await onCluster((client) => client.query(`CREATE DATABASE ${name}`))
  url.pathname = name
  return { url: url.href, drop: () => onCluster((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)) }
}

/** The template may be in use by another test file's clone just now. */
async function clone(client: pg.Client, template: string, name: string): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`)
      return
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || i === 50) throw error
      await sleep(20)
    }
  }
}

async function onCluster(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const url = new URL(inject('templateUrl'))
  url.pathname = 'postgres'
  const client = new pg.Client(url.href)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
