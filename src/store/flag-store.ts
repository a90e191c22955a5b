/** Kill switches of the table: "policy.<key>.killed". */
import type { Database } from './database.ts'
import { transact } from './transact.ts'

export interface StoredFlag {
  readonly key: string
  readonly value: boolean
  readonly because: string | null
  readonly updatedAt: Date
}

export interface FlagStore {
  /** In the order of keys. */
  list(): Promise<readonly StoredFlag[]>
  put(flag: { readonly key: string; readonly value: boolean; readonly because: string | null }): Promise<StoredFlag>
  /** False when there was none. */
  remove(key: string): Promise<boolean>
}

const COLUMNS = ['key', 'value', 'because', 'updated_at as updatedAt']

export function flagStore(database: Database): FlagStore {
  return {
    list: async () => database.knex('flags').select(COLUMNS).orderBy('key'),
    put: (flag) =>
      transact(database, { topic: 'flags' }, async (transaction) => {
        const row = { ...flag, updated_at: transaction.fn.now() }
        const [stored] = await transaction('flags').insert(row).onConflict('key').merge().returning(COLUMNS)
        return stored as StoredFlag
      }),
    remove: (key) =>
      transact(database, { topic: 'flags', changed: (found) => found }, async (transaction) => {
        return (await transaction('flags').where({ key }).delete()) > 0
      }),
  }
}
