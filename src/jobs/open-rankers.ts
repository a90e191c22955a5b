/**
 * Opens rankers: of all policies with their live models, and of what experiments have frozen.
 *
 * The event loop breathes between two of them, so that opening many models is many short pauses and not one long one. Rankers that are the
 * same, policy, model and parts, are opened once.
 */
import { setImmediate as breath } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { FrozenModel } from '../decisions/snapshot.ts'
import type { Catalogue } from '../policies/catalogue.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import type { Ranker } from '../policies/policy.ts'
import { kinds } from '../policies/registry.ts'
import { type ModelBody, type RunningEpoch, slotOf } from './snapshot-of.ts'

export interface Around {
  readonly catalogue: Catalogue
  readonly onFault: (policy: string, error: unknown) => void
}

type Rankers = ReadonlyMap<string, Ranker>

/**
 * Opens the rankers of all policies, those that others need first. A policy whose kind learns has no ranker until it has a model.
 * What goes wrong with one policy is told and leaves the others alone.
 */
export async function rankersOf(
  policies: readonly PolicyDefinition[],
  models: ReadonlyMap<string, ModelBody>,
  around: Around,
  before: Before | null = null,
): Promise<Map<string, Ranker>> {
  const rankers = new Map<string, Ranker>()
  const same = new Set<string>()
  for (const policy of inOrderOfNeed(policies)) {
    const known = before?.rankers.get(policy.key)
    const isSame =
      known && isLive(policy, models.get(policy.key)?.version ?? null, before!) && needsOf(policy).every((key) => same.has(key))
    if (isSame) {
      rankers.set(policy.key, calibrated(known, models.get(policy.key) ?? null))
      same.add(policy.key)
      continue
    }
    const ranker = opened(policy, models.get(policy.key) ?? null, { around, rankers })
    if (ranker) rankers.set(policy.key, ranker)
    await breath()
  }
  return rankers
}

/** Rankers of the models that are shadows, over live parts. */
export async function shadowRankersOf({ policies, models, rankers }: Live, around: Around): Promise<Rankers> {
  const shadows = new Map<string, Ranker>()
  for (const model of models.values()) {
    const policy = model.role === 'shadow' && policies.find(({ key }) => key === model.policy)
    const ranker = policy ? opened(policy, model, { around, rankers }) : null
    if (ranker) shadows.set(model.policy, ranker)
    await breath()
  }
  return shadows
}

/** What was open before, over the same catalogue: whose policy, model and parts are the same is not opened again. */
export type Before = Live

export interface Live {
  readonly policies: readonly PolicyDefinition[]
  readonly models: ReadonlyMap<string, ModelBody>
  readonly rankers: Rankers
}

/** By epoch, what its arms are served with; epochs that freeze nothing are left out. */
export async function frozenRankersOf(running: readonly RunningEpoch[], live: Live, around: Around): Promise<ReadonlyMap<number, Rankers>> {
  const frozen = new Map<number, Rankers>()
  for (const { epochId, settings } of running) {
    if (settings.frozenModels) frozen.set(epochId, await frozenRankers(settings.frozenModels, live, around))
  }
  return frozen
}

async function frozenRankers(models: readonly FrozenModel[], live: Live, around: Around): Promise<Rankers> {
  const rankers = new Map(live.rankers)
  const same = new Set<string>()
  for (const { policy, version } of models) {
    if (isLive(policy, version, live) && needsOf(policy).every((key) => same.has(key))) {
      same.add(policy.key)
      continue
    }
    // Without its model an arm has no ranker: the ladder goes down, and the log says so.
    rankers.delete(policy.key)
    const ranker = opened(policy, bodyOf(policy.key, version, live), { around, rankers })
    if (ranker) rankers.set(policy.key, ranker)
    await breath()
  }
  return rankers
}

function isLive(policy: PolicyDefinition, version: string | null, { policies, models }: Live): boolean {
  const now = policies.find(({ key }) => key === policy.key)
  return isDeepStrictEqual(now, policy) && (models.get(policy.key)?.version ?? null) === version
}

function bodyOf(policy: string, version: string | null, { models }: Live): ModelBody | null {
  if (version === null) return null
  const live = models.get(policy)
  return live?.version === version ? live : (models.get(slotOf({ policy, version, role: 'frozen' })) ?? null)
}

interface Opening {
  readonly around: Around
  readonly rankers: Rankers
}

function opened(policy: PolicyDefinition, model: ModelBody | null, { around, rankers }: Opening): Ranker | null {
  const kind = kinds[policy.kind]
  if (!kind || ((kind.train || kind.isImported) && !model)) return null
  try {
    const ranker = kind.open(policy.key, model, policy.parameters, { catalogue: around.catalogue, ranker: (key) => rankers.get(key) })
    return calibrated(ranker, model)
  } catch (error) {
    around.onFault(policy.key, error)
    return null
  }
}

/** The ranker with what was learned of its chances; the same one where that is what it has. */
function calibrated(ranker: Ranker, model: ModelBody | null): Ranker {
  const learned = model?.calibration?.kind === 'calibration' ? model.calibration : null
  if (learned?.id === ranker.calibration?.id) return ranker
  const { calibration: _, ...bare } = ranker
  return learned ? { ...bare, calibration: learned } : bare
}

function needsOf({ kind, parameters }: PolicyDefinition): readonly string[] {
  return kinds[kind]?.needs?.(parameters) ?? []
}

/** Those that need others come after them; a circle is left in the order given. */
function inOrderOfNeed(policies: readonly PolicyDefinition[]): readonly PolicyDefinition[] {
  const byKey = new Map(policies.map((policy) => [policy.key, policy]))
  const ordered = new Set<PolicyDefinition>()
  const visit = (policy: PolicyDefinition, path: ReadonlySet<string>): void => {
    if (ordered.has(policy) || path.has(policy.key)) return
    for (const key of needsOf(policy)) {
      const needed = byKey.get(key)
      if (needed) visit(needed, new Set([...path, policy.key]))
    }
    ordered.add(policy)
  }
  for (const policy of policies) visit(policy, new Set())
  return [...ordered]
}
