/** Reading and writing one noun's row inside a transaction. */
import type { Knex } from 'knex'
import type { Bodies, NounTable, PageOf, Stored } from './noun.ts'

interface Row<Body> {
  readonly id: number
  readonly key: string
  readonly revision: number
  readonly body: Body
  readonly status: string
  readonly created_at: Date
  readonly updated_at: Date
}

/** In the order of keys. */
export async function readNouns<T extends NounTable>(knex: Knex, table: T, page: PageOf): Promise<readonly Stored<Bodies[T]>[]> {
  const query = knex(table).select().orderBy('key').limit(page.limit)
  const rows: Row<Bodies[T]>[] = await (page.after === undefined ? query : query.where('key', '>', page.after))
  return rows.map(storedOf)
}

export async function readNoun<T extends NounTable>(knex: Knex, table: T, key: string): Promise<Stored<Bodies[T]> | null> {
  const [row] = (await knex(table).where({ key }).select()) as Row<Bodies[T]>[]
  return row ? storedOf(row) : null
}

/** Null when there is one of that key. */
export async function insertNoun<T extends NounTable>(knex: Knex, table: T, body: Bodies[T]): Promise<Stored<Bodies[T]> | null> {
  const [row] = (await knex(table)
    .insert({ key: body.key, body: JSON.stringify(body) })
    .onConflict('key')
    .ignore()
    .returning('*')) as Row<Bodies[T]>[]
  return row ? storedOf(row) : null
}

/** Writes a new body, status or both, and counts the revision up. */
export async function updateNoun<T extends NounTable>(
  knex: Knex,
  table: T,
  change: { readonly id: number; readonly body?: Bodies[T]; readonly status?: string },
): Promise<Stored<Bodies[T]>> {
  const [row] = (await knex(table)
    .where({ id: change.id })
    .update({
      ...(change.body ? { body: JSON.stringify(change.body) } : {}),
      ...(change.status ? { status: change.status } : {}),
      revision: knex.raw('revision + 1'),
      updated_at: knex.fn.now(),
    })
    .returning('*')) as Row<Bodies[T]>[]
  return storedOf(row!)
}

function storedOf<Body>(row: Row<Body>): Stored<Body> {
  const { id, key, revision, body, status } = row
  return { id, key, revision, body, status, createdAt: row.created_at, updatedAt: row.updated_at }
}
