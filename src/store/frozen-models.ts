/** What an epoch freezes of its arms' policies: definitions and live versions, those that they combine included. */
import type { Knex } from 'knex'
import type { FrozenModel } from '../decisions/snapshot.ts'
import type { Experiment } from '../experiments/experiment.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import { kinds } from '../policies/registry.ts'

/** As they are now; parts stand before what combines them. All policies have to exist. */
export async function modelsToFreeze(knex: Knex, { arms }: Pick<Experiment, 'arms'>): Promise<readonly FrozenModel[]> {
  const rows: { body: PolicyDefinition }[] = await knex('policies').select('body')
  const policies = new Map(rows.map(({ body }) => [body.key, body]))
  const live: { rows: { policy: string; version: string }[] } = await knex.raw('SELECT l.policy, l.version FROM live_models() l')
  const versions = new Map(live.rows.map(({ policy, version }) => [policy, version]))
  const frozen = new Map<string, FrozenModel>()
  const visit = (key: string, path: ReadonlySet<string>): void => {
    const policy = policies.get(key)
    if (!policy || frozen.has(key) || path.has(key)) return
    for (const part of kinds[policy.kind]?.needs?.(policy.parameters) ?? []) visit(part, new Set([...path, key]))
    frozen.set(key, { policy, version: versions.get(key) ?? null })
  }
  for (const { policy } of arms) visit(policy, new Set())
  return [...frozen.values()]
}

/** A sentence about the first policy that cannot be frozen because it has no model yet, or null. */
export async function unfreezable(knex: Knex, experiment: Experiment): Promise<string | null> {
  if (!experiment.freezeModels) return null
  const bare = (await modelsToFreeze(knex, experiment)).find(({ policy, version }) => version === null && hasModels(policy))
  return bare ? `The policy "${bare.policy.key}" has no model yet that could be frozen.` : null
}

function hasModels({ kind }: PolicyDefinition): boolean {
  return kinds[kind]?.train !== undefined || kinds[kind]?.isImported === true
}
