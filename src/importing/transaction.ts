/** A transaction on one client. */
import type pg from 'pg'

/** Commits what `work` did, or rolls it back and rejects with its error. */
export async function inTransaction<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    // When the connection is gone there is nothing to roll back; the first error is the one that tells.
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}
