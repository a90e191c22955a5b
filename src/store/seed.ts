/** What an empty installation starts with: the surface "home", a policy of every kind, three metrics. Nothing is added to one that is in use. */
import assert from 'node:assert/strict'
import type { Knex } from 'knex'
import { seededMetrics } from '../experiments/metric.ts'
import { readyPolicies, seededPolicies } from '../policies/definition.ts'
import { seededSurfaces } from '../policies/surface.ts'
import type { Database } from './database.ts'
import type { Bodies, NounTable } from './noun.ts'
import { createNoun } from './noun-store.ts'
import { transact } from './transact.ts'

const TABLES: readonly NounTable[] = ['surfaces', 'policies', 'metrics', 'experiments']

/** Whether anything was sown. Idempotent, also for two nodes at once. `currency`: that of net-revenue. */
export function seed(database: Database, { currency }: { readonly currency: string }): Promise<boolean> {
  return transact(database, { topic: 'settings', changed: (sown) => sown }, async (transaction) => {
    for (const table of TABLES) if (await transaction(table).first('id')) return false
    for (const policy of [...seededPolicies, ...readyPolicies]) await sow(transaction, 'policies', policy)
    for (const metric of seededMetrics(currency)) await sow(transaction, 'metrics', metric)
    for (const surface of seededSurfaces) await sow(transaction, 'surfaces', surface)
    return true
  })
}

async function sow<T extends NounTable>(knex: Knex, table: T, body: Bodies[T]): Promise<void> {
  const change = await createNoun(knex, table, body)
  assert(change.kind === 'done', `${table} "${body.key}": ${change.kind}`)
}
