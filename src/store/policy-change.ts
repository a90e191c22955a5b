/**
 * What a change of a policy would break for those who need it.
 *
 *     its kind         is what it is: who named the policy (a surface, a hybrid, an experiment) asked for that. Another kind is another policy.
 *     its parameters   are what an arm shows: as long as an experiment compares it, directly or as a part of a hybrid, they stay,
 *                      or its numbers would be those of two strategies. An experiment that froze its models has its own copy.
 *     how it is asked  (deadline, concurrency … of a remote strategy) may change at any time, and so may its description.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Knex } from 'knex'
import type { Experiment } from '../experiments/experiment.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import { kinds } from '../policies/registry.ts'
import { userOf } from './references.ts'

/** A sentence about what would break, or null. */
export async function brokenBy(knex: Knex, before: PolicyDefinition, after: PolicyDefinition): Promise<string | null> {
  if (before.kind !== after.kind) {
    const user = await userOf(knex, { table: 'policies', key: before.key })
    return user && `${user} It cannot become "${after.kind}": make a policy of that kind under another key.`
  }
  if (isDeepStrictEqual(shownBy(before), shownBy(after))) return null
  const experiment = await comparingExperiment(knex, before.key)
  return (
    experiment &&
    `The experiment "${experiment}" compares the policy "${before.key}" as it is. Give its arm another policy, which begins a new epoch, or stop it first.`
  )
}

/** The parameters that decide what is shown. */
function shownBy({ kind, parameters }: PolicyDefinition): object {
  const aside = kinds[kind]?.operational ?? []
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !aside.includes(name)))
}

/** The first experiment with an open epoch whose arms rest on the policy as it is now, or null. */
async function comparingExperiment(knex: Knex, policy: string): Promise<string | null> {
  const running: { key: string; body: Experiment }[] = await knex('experiments')
    .whereIn('status', ['running', 'paused'])
    .orderBy('key')
    .select('key', 'body')
  const alive = running.filter(({ body }) => !body.freezeModels)
  if (alive.length === 0) return null
  const policies: { body: PolicyDefinition }[] = await knex('policies').select('body')
  const users = withUsers(
    policy,
    policies.map(({ body }) => body),
  )
  return alive.find(({ body }) => body.arms.some((arm) => users.has(arm.policy)))?.key ?? null
}

/** The policy and all that are combined from it, over as many steps as it takes. */
function withUsers(policy: string, policies: readonly PolicyDefinition[]): ReadonlySet<string> {
  const users = new Set([policy])
  for (const user of users)
    for (const { key, kind, parameters } of policies) if (kinds[kind]?.needs?.(parameters).includes(user)) users.add(key)
  return users
}
