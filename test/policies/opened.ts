/** The kinds trained and opened on a planted shop, as the tests of all kinds need them. */
import { type Catalogue, catalogueOf } from '../../src/policies/catalogue.ts'
import { seededPolicies } from '../../src/policies/definition.ts'
import type { Ranker, RankRequest, TrainingData } from '../../src/policies/policy.ts'
import { kinds } from '../../src/policies/registry.ts'

export const NO_CATALOGUE = catalogueOf([])

/** Rankers of the four seeded policies by key. */
export function openAll(
  data: TrainingData,
  catalogue: Catalogue,
  overrides: Readonly<Record<string, object>> = {},
): ReadonlyMap<string, Ranker> {
  const rankers = new Map<string, Ranker>()
  for (const { key, kind } of seededPolicies)
    rankers.set(key, openOne({ key, kind, parameters: overrides[key] ?? {} }, { data, catalogue, rankers }))
  return rankers
}

interface Given {
  readonly data: TrainingData
  readonly catalogue: Catalogue
  readonly rankers: ReadonlyMap<string, Ranker>
}

export function openOne(
  { key, kind, parameters }: { key: string; kind: string; parameters: object },
  { data, catalogue, rankers }: Given,
): Ranker {
  const { train, open, parameters: schema } = kinds[kind]!
  const parsed = schema.parse(parameters)
  const body = train ? { bytes: train(data, parsed, () => undefined), version: `${key}-1` } : null
  return open(key, body, parsed, { catalogue, ranker: (other) => rankers.get(other) })
}

/** A request of a stranger for ten items, with what is given instead. */
export function requestFor({ allowed }: Catalogue, given: Partial<RankRequest> = {}): RankRequest {
  return { size: 10, history: [], item: null, cart: [], candidates: null, allowed, ...given }
}
