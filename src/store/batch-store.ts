/**
 * Batches: who runs one has it alone, and one that is too old to be run again is refused.
 *
 * What a batch answered is known by its request ids for seven days (prune-request-keys.sql). A batch that began less than six days ago may
 * therefore be run again without anybody being dealt to twice: a whole day is left for the run itself.
 */
import type pg from 'pg'
import type { Database } from './database.ts'

export interface BatchName {
  readonly surface: string
  readonly batch: string
}

export interface HeldBatch {
  readonly beganAt: Date
  release(): Promise<void>
}

const AGE_DAYS_MAX = 6
const DAY_MS = 86_400_000

/** Notes that the batch began, and holds it for this process. Rejects with a sentence when it is running elsewhere or too old. */
export async function holdBatch({ learner }: Pick<Database, 'learner'>, name: BatchName): Promise<HeldBatch> {
  const client = await learner.connect()
  try {
    const beganAt = await begin(client, name)
    return { beganAt, release: () => letGo(client, name) }
  } catch (error) {
    client.release(true)
    throw error
  }
}

async function begin(client: pg.PoolClient, { surface, batch }: BatchName): Promise<Date> {
  const { rows: locks } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS mine', [
    lockOf({ surface, batch }),
  ])
  if (!locks[0]!.mine) throw new Error(`The batch ${batch} is running already.`)
  const { rows } = await client.query<{ began: number; age: number }>(
    `INSERT INTO batches (surface, batch) VALUES ($1, $2)
     ON CONFLICT (surface, batch) DO UPDATE SET batch = excluded.batch
     RETURNING extract(epoch FROM began_at)::float8 * 1000 AS began, extract(epoch FROM now() - began_at)::float8 * 1000 AS age`,
    [surface, batch],
  )
  const { began, age } = rows[0]!
  const beganAt = new Date(began)
  if (age <= AGE_DAYS_MAX * DAY_MS) return beganAt
  const day = beganAt.toISOString().slice(0, 10)
  throw new Error(
    `The batch ${batch} began on ${day}, and what it dealt is remembered for seven days only. Give it another name (--batch).`,
  )
}

async function letGo(client: pg.PoolClient, name: BatchName): Promise<void> {
  try {
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [lockOf(name)])
    client.release()
  } catch {
    client.release(true)
  }
}

function lockOf({ surface, batch }: BatchName): string {
  return `croupier batch ${surface} ${batch}`
}
