/** The stores of a database, put together once. */
import { type CatalogueStore, catalogueStore } from '../store/catalogue-store.ts'
import type { Database } from '../store/database.ts'
import { type ExperimentStore, experimentStore } from '../store/experiment-store.ts'
import { type ExposureControlStore, exposureControlStore } from '../store/exposure-control-store.ts'
import { type FlagStore, flagStore } from '../store/flag-store.ts'
import { type GateStore, gateStore } from '../store/gate-store.ts'
import { type KeyStore, keyStore } from '../store/key-store.ts'
import { type ModelStore, modelStore } from '../store/model-store.ts'
import type { Bodies } from '../store/noun.ts'
import { type NounStore, nounStore } from '../store/noun-store.ts'
import { type ShadowStore, shadowStore } from '../store/shadow-store.ts'
import { type SnapshotStore, snapshotStore } from '../store/snapshot-store.ts'

export interface Stores {
  readonly surfaces: NounStore<Bodies['surfaces']>
  readonly policies: NounStore<Bodies['policies']>
  readonly metrics: NounStore<Bodies['metrics']>
  readonly experiments: ExperimentStore
  readonly gates: GateStore
  readonly exposureControls: ExposureControlStore
  readonly items: CatalogueStore
  readonly models: ModelStore
  readonly shadows: ShadowStore
  readonly flags: FlagStore
  readonly keys: KeyStore
  readonly snapshots: SnapshotStore
}

export interface StoresOptions {
  /** Versions of a policy that are kept besides those with a role. */
  readonly modelsKept?: number
}

/** `build` names the program in what is kept for replay. */
export function storesOf(database: Database, build: string, { modelsKept }: StoresOptions = {}): Stores {
  return {
    surfaces: nounStore(database, 'surfaces'),
    policies: nounStore(database, 'policies'),
    metrics: nounStore(database, 'metrics'),
    experiments: experimentStore(database),
    gates: gateStore(database),
    exposureControls: exposureControlStore(database),
    items: catalogueStore(database),
    models: modelStore(database, modelsKept === undefined ? {} : { kept: modelsKept }),
    shadows: shadowStore(database),
    flags: flagStore(database),
    keys: keyStore(database),
    snapshots: snapshotStore(database, build),
  }
}

const PAGE = 500

/** Every body of a noun, page by page. */
export async function allOf<Body>(store: NounStore<Body>): Promise<readonly Body[]> {
  const bodies: Body[] = []
  for (let after: string | undefined; ; ) {
    const page = await store.list(after === undefined ? { limit: PAGE } : { limit: PAGE, after })
    bodies.push(...page.map(({ body }) => body))
    if (page.length < PAGE) return bodies
    after = page.at(-1)!.key
  }
}
