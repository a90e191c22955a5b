/** Rows of a long answer, some thousands at a time: neither side holds them all. */
import type { ClientBase, QueryArrayConfig } from 'pg'

/** Rows of one FETCH: so many that the round trip does not count, so few that memory and the idle limit do not mind. */
const BATCH_ROWS = 10_000

export interface CursorQuery {
  readonly text: string
  readonly values: readonly unknown[]
  /** pg's own patience for one batch; that of its pool unless given. */
  readonly patienceMs?: number
  /** Awaited after every batch of rows, on the same connection. */
  readonly afterBatch?: () => Promise<void>
}

/**
 * Hands every row, its columns in order, to `visit`. Needs a transaction. Resolves with the number of rows; rejects with PostgreSQL's error
 * or with what `visit` threw.
 */
export async function eachRow<Row extends readonly unknown[]>(
  client: ClientBase,
  { text, values, patienceMs, afterBatch }: CursorQuery,
  visit: (row: Row) => void,
): Promise<number> {
  const fetch = {
    ...({ text: `FETCH ${BATCH_ROWS} FROM each_row`, rowMode: 'array' } satisfies QueryArrayConfig),
    ...(patienceMs !== undefined && { query_timeout: patienceMs }),
  }
  await client.query(`DECLARE each_row NO SCROLL CURSOR FOR ${text}`, [...values])
  let count = 0
  let isLast = false
  let next = client.query(fetch)
  while (!isLast) {
    const { rows } = await next
    count += rows.length
    isLast = rows.length < BATCH_ROWS
    // The server works on the next rows while these are visited.
    if (!isLast) next = client.query(fetch)
    try {
      for (const row of rows) visit(row as unknown as Row)
      await afterBatch?.()
    } catch (error) {
      await next.catch(() => {})
      throw error
    }
  }
  await client.query('CLOSE each_row')
  return count
}

export interface BatchQuery extends Pick<CursorQuery, 'text' | 'values'> {
  /** Rows of one batch: while they are visited, nothing else happens. */
  readonly rows: number
}

/** Hands rows on a batch at a time; between two batches others have their turn. Needs a transaction. Rejects as `eachRow` does. */
export async function eachBatch<Row extends readonly unknown[]>(
  client: ClientBase,
  { text, values, rows: size }: BatchQuery,
  visit: (rows: readonly Row[]) => Promise<void>,
): Promise<void> {
  await client.query(`DECLARE each_batch NO SCROLL CURSOR FOR ${text}`, [...values])
  const fetch: QueryArrayConfig = { text: `FETCH ${size} FROM each_batch`, rowMode: 'array' }
  for (;;) {
    const { rows } = await client.query(fetch)
    if (rows.length > 0) await visit(rows as unknown as readonly Row[])
    if (rows.length < size) break
  }
  await client.query('CLOSE each_batch')
}
