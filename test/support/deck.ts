import type { RunningExperiment, Snapshot, SurfaceState } from '../../src/decisions/snapshot.ts'
import { experimentSchema, sharesOf } from '../../src/experiments/experiment.ts'
import { type CatalogueItem, catalogueOf } from '../../src/policies/catalogue.ts'
import type { Ranked, Ranker, RankRequest } from '../../src/policies/policy.ts'
import { surfaceSchema } from '../../src/policies/surface.ts'

/** A small, real snapshot for tests of pure code: ten items (item 9 is out of stock), rankers as plain functions. */

export const ITEMS: readonly CatalogueItem[] = Array.from({ length: 10 }, (_, i) => ({
  itemNo: i + 1,
  itemId: `SKU-${i + 1}`,
  title: `Shoe ${i + 1}`,
  category: 'road',
  brand: null,
  priceMinor: 1000 * (i + 1),
  marginMinor: null,
  stock: i + 1 === 9 ? 0 : 5,
  discontinued: false,
}))

/** A ranker that shows the given items, as far as they are allowed. */
export function rankerOf(key: string, items: readonly number[]): Ranker {
  return {
    key,
    kind: 'fixed',
    modelVersion: `${key}-1`,
    rank: (request: RankRequest): Ranked => {
      const shown = items.filter((item) => request.allowed[item] === 1).slice(0, request.size)
      return { items: shown, scores: shown.map((_, i) => 1 / (i + 1)), why: shown.map(() => ({ kind: 'popular' }) as const) }
    },
  }
}

export function failing(key: string): Ranker {
  return {
    ...rankerOf(key, []),
    rank: () => {
      throw new Error('broken on purpose')
    },
  }
}

export function runningOf(body: Record<string, unknown> = {}): RunningExperiment {
  const experiment = experimentSchema.parse({
    key: 'test',
    surface: 'home',
    arms: [
      { key: 'control', policy: 'popularity' },
      { key: 'treatment', policy: 'hybrid' },
    ],
    ...body,
  })
  return {
    key: experiment.key,
    epochId: 7,
    experiment,
    armIds: experiment.arms.map((_, i) => 100 + i),
    shares: sharesOf(experiment.arms),
    salts: { traffic: [1, 0, 0, 0], arms: [2, 0, 0, 0], masked: [3, 0, 0, 0] },
    bandit: null,
  }
}

export function snapshotOf(
  options: { rankers?: readonly Ranker[]; experiments?: readonly RunningExperiment[]; killed?: readonly string[] } = {},
): {
  snapshot: Snapshot
  state: SurfaceState
} {
  const catalogue = catalogueOf(ITEMS)
  const surface = surfaceSchema.parse({ key: 'home', size: 4 })
  const state: SurfaceState = { surface, experiments: options.experiments ?? [], lastResort: catalogue.shown }
  const rankers = options.rankers ?? [rankerOf('popularity', [1, 2, 3, 4, 5]), rankerOf('hybrid', [5, 6, 7, 8])]
  const snapshot: Snapshot = {
    id: 'snap',
    surfaces: new Map([['home', state]]),
    rankers: new Map(rankers.map((ranker) => [ranker.key, ranker])),
    killed: new Set(options.killed),
    catalogue,
  }
  return { snapshot, state }
}

/** A request that wants `size` items and says nothing else. */
export function plainRequest(snapshot: Snapshot, size = 4): RankRequest {
  return { size, history: [], item: null, cart: [], candidates: null, allowed: snapshot.catalogue.allowed }
}
