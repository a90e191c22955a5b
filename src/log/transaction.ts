/** A transaction on a pool of the log: rolled back on any error, and its connection given up when even that fails. */
import type { Pool, PoolClient } from 'pg'

/** What the log needs of the database: the pool that folding, verifying and reading moments run on. int8 may come as bigint or as text. */
export interface LogDatabase {
  readonly learner: Pool
}

/** Runs work between `begin` and COMMIT. */
export async function transaction<Result>(pool: Pool, begin: string, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  let broken = false
  try {
    await client.query(begin)
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      broken = true
    })
    throw error
  } finally {
    client.release(broken)
  }
}
