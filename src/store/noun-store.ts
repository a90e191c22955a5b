/** Surfaces, policies and metrics: plain nouns that are created, replaced and removed under a revision. */
import type { Knex } from 'knex'
import type { PolicyDefinition } from '../policies/definition.ts'
import type { Database } from './database.ts'
import { type Bodies, isDone, type NounChange, type NounTable, type PageOf, refused, type Stored } from './noun.ts'
import { insertNoun, readNoun, readNouns, updateNoun } from './noun-row.ts'
import { brokenBy } from './policy-change.ts'
import { missingFor, userOf } from './references.ts'
import { transact } from './transact.ts'

export interface NounStore<Body> {
  /** In the order of keys. */
  list(page: PageOf): Promise<readonly Stored<Body>[]>
  get(key: string): Promise<Stored<Body> | null>
  create(body: Body): Promise<NounChange<Body>>
  /** Refused when it would break what needs it. */
  replace(key: string, body: Body, revision: number): Promise<NounChange<Body>>
  /** Refused while something needs it. */
  remove(key: string, revision: number): Promise<NounChange<Body>>
}

const SETTINGS = { topic: 'settings', changed: isDone } as const

/** The store of a table. Experiments have a life of their own: see experiment-store.ts. */
export function nounStore<T extends Exclude<NounTable, 'experiments'>>(database: Database, table: T): NounStore<Bodies[T]> {
  type Body = Bodies[T]
  return {
    list: (page) => readNouns(database.knex, table, page),
    get: (key) => readNoun(database.knex, table, key),
    create: (body) => transact(database, SETTINGS, (knex) => createNoun(knex, table, body)),
    replace: (key, body, revision) =>
      transact<NounChange<Body>>(database, SETTINGS, async (knex) => {
        const current = await readNoun(knex, table, key)
        if (!current) return { kind: 'missing' }
        if (current.revision !== revision) return { kind: 'conflict', current }
        const missing = await missingFor(knex, table, body)
        if (missing) return refused('missing', missing)
        const broken = table === 'policies' ? await brokenBy(knex, current.body as PolicyDefinition, body as PolicyDefinition) : null
        if (broken) return refused('in-use', broken)
        return { kind: 'done', noun: await updateNoun(knex, table, { id: current.id, body }) }
      }),
    remove: (key, revision) =>
      transact<NounChange<Body>>(database, SETTINGS, async (knex) => {
        const current = await readNoun(knex, table, key)
        if (!current) return { kind: 'missing' }
        if (current.revision !== revision) return { kind: 'conflict', current }
        const because = await userOf(knex, { table, key })
        if (because) return refused('in-use', because)
        await knex(table).where({ id: current.id }).delete()
        return { kind: 'done', noun: current }
      }),
  }
}

/** Inserts a noun when all that it needs is there and its key is free. */
export async function createNoun<T extends NounTable>(knex: Knex, table: T, body: Bodies[T]): Promise<NounChange<Bodies[T]>> {
  const because = await missingFor(knex, table, body)
  if (because) return refused('missing', because)
  const noun = await insertNoun(knex, table, body)
  return noun ? { kind: 'done', noun } : { kind: 'conflict', current: (await readNoun(knex, table, body.key))! }
}
