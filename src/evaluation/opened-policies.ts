/** Policies trained on the training part and opened as serving would open them, those that others need first. */
import type { Catalogue } from '../policies/catalogue.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import type { Ranker, TrainingData } from '../policies/policy.ts'
import { kinds } from '../policies/registry.ts'

export interface TrainedPolicy {
  readonly definition: PolicyDefinition
  /** Null for kinds that learn nothing. */
  readonly bytes: Uint8Array | null
}

/** Told between 0 and 1 about the policy of that key. */
export type PolicyProgress = (policy: string, done: number) => void

/** The wanted policies and those they need, each after what it needs. Throws a sentence for a key that nobody defined. */
export function withNeeded(wanted: readonly string[], defined: readonly PolicyDefinition[]): readonly PolicyDefinition[] {
  const byKey = new Map(defined.map((definition) => [definition.key, definition]))
  const taken = new Map<string, PolicyDefinition>()
  const underway = new Set<string>()
  const take = (key: string): void => {
    const definition = byKey.get(key)
    if (!definition) throw new Error(`There is no policy ${key}; there is ${[...byKey.keys()].join(', ')}.`)
    if (taken.has(key) || underway.has(key)) return
    underway.add(key)
    for (const needed of kinds[definition.kind]!.needs?.(definition.parameters) ?? []) if (byKey.has(needed)) take(needed)
    taken.set(key, definition)
  }
  for (const key of wanted) take(key)
  return [...taken.values()]
}

export function trainPolicies(
  definitions: readonly PolicyDefinition[],
  training: TrainingData,
  progress: PolicyProgress,
): readonly TrainedPolicy[] {
  return definitions.map((definition) => {
    const { key, kind, parameters } = definition
    const bytes = kinds[kind]!.train?.(training, parameters, (done) => progress(key, done)) ?? null
    progress(key, 1)
    return { definition, bytes }
  })
}

/**
 * Rankers by key. With `repeat`, policies that would not recommend what a shopper has had are told that they may: a protocol that asks
 * for repeat purchases would otherwise measure a switch.
 */
export function openPolicies(
  trained: readonly TrainedPolicy[],
  { catalogue, repeat }: { readonly catalogue: Catalogue; readonly repeat: boolean },
): ReadonlyMap<string, Ranker> {
  const rankers = new Map<string, Ranker>()
  for (const { definition, bytes } of trained) {
    const { key, kind, parameters } = definition
    const given = repeat && 'repeat' in parameters ? { ...parameters, repeat: true } : parameters
    const body = bytes && { bytes, version: 'evaluation' }
    rankers.set(key, kinds[kind]!.open(key, body, given, { catalogue, ranker: (other) => rankers.get(other) }))
  }
  return rankers
}
