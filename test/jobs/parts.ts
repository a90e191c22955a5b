import type { Seed } from '../../src/decisions/running.ts'
import type { SnapshotSource } from '../../src/jobs/snapshot-keeper.ts'
import type { ModelBody, RunningEpoch, Settings } from '../../src/jobs/snapshot-of.ts'
import type { Learned } from '../../src/log/learned-days.ts'
import { seededPolicies } from '../../src/policies/definition.ts'
import { kinds } from '../../src/policies/registry.ts'
import { seededSurfaces } from '../../src/policies/surface.ts'
import { dataOf } from '../policies/planted-shop.ts'
import { ITEMS, runningOf } from '../support/deck.ts'

/** What snapshots are made of: the seeded nouns, ten items, small but real models. */

export const seed: Seed = (name) => new Uint8Array(16).fill(name.length)

const SALES = dataOf(
  ITEMS.map(({ itemNo }) => ({ unit: itemNo % 3, item: itemNo, weight: 1, seconds: 1_700_000_000 + itemNo })),
  ITEMS,
  3,
)

export function modelOf(policy: string, version = `${policy}-1`): ModelBody {
  const { kind, parameters } = seededPolicies.find(({ key }) => key === policy)!
  return { policy, version, bytes: kinds[kind]!.train!(SALES, parameters as never, () => undefined) }
}

export function epochOf(key: string, epochId: number, startedAt: Date = new Date(epochId * 1_000)): RunningEpoch {
  const { armIds, experiment } = runningOf({ key })
  return {
    epochId,
    experimentId: epochId,
    key,
    settings: { ...experiment, metricBodies: [] },
    allocation: experiment.allocation,
    armIds,
    startedAt,
  }
}

export function settingsOf(running: readonly RunningEpoch[] = []): Settings {
  return { surfaces: seededSurfaces, policies: seededPolicies, running }
}

/** A store in memory. Hands out copies, as a database does; counts what was read; may be away. */
export function openMemory() {
  const memory = {
    settings: settingsOf(),
    items: ITEMS,
    models: [modelOf('popularity')] as readonly ModelBody[],
    killed: new Set<string>() as ReadonlySet<string>,
    moments: new Map() as ReadonlyMap<number, Learned>,
    away: false,
    /** Readings wait for it. */
    gate: Promise.resolve(),
    reads: [] as string[],
    saved: [] as string[],
  }
  const read = async <Value>(what: string, value: () => Value): Promise<Value> => {
    memory.reads.push(what)
    await memory.gate
    if (memory.away) throw new Error('the database is away')
    return structuredClone(value())
  }
  const source: SnapshotSource = {
    settings: () => read('settings', () => memory.settings),
    items: () => read('items', () => memory.items),
    models: () => read('models', () => memory.models),
    moments: async () => memory.moments,
    killed: () => memory.killed,
    save: async (id) => void memory.saved.push(id),
  }
  return { memory, source }
}
