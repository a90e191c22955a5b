/** The world of the HTTP API: stores, log, snapshot and counters in the shape that the handlers ask for. */
import { createSecretKey } from 'node:crypto'
import { newGate } from '../http/limits.ts'
import { newSlateCounters } from '../http/slates.ts'
import type { Teaching, World } from '../http/world.ts'
import type { Assignments } from '../log/assignments.ts'
import type { DurableExposureLog } from '../log/exposure-log.ts'
import type { DurableOutcomeLog } from '../log/outcome-log.ts'
import type { RemoteStrategies } from '../serving/remote-strategies.ts'
import type { ShadowScoring } from '../serving/shadow-scoring.ts'
import type { Database } from '../store/database.ts'
import type { KeyRing } from '../store/key-ring.ts'
import type { NounStore } from '../store/noun-store.ts'
import type { Secrets } from '../store/secrets.ts'
import type { Log } from '../telemetry/log.ts'
import { newRequestCounters } from '../telemetry/request-counters.ts'
import type { Traces } from '../telemetry/traces.ts'
import type { DueTraining } from './due-training.ts'
import type { KillSwitches } from './kill-switches.ts'
import { type Learning, learnsFrom } from './learning.ts'
import type { LiveShoppers } from './live-shoppers.ts'
import type { Snapshots } from './snapshots.ts'
import type { Stores } from './stores.ts'

export interface WorldParts {
  readonly database: Database
  readonly secrets: Secrets
  readonly stores: Stores
  readonly ring: KeyRing
  readonly switches: KillSwitches
  readonly snapshots: Snapshots
  readonly shoppers: LiveShoppers
  readonly remotes: RemoteStrategies
  readonly exposures: DurableExposureLog
  readonly outcomes: DurableOutcomeLog
  readonly assignments: Assignments
  readonly learning: Learning
  readonly due: DueTraining
  readonly shadowing: ShadowScoring
  readonly traces: Traces
  readonly log: Log
}

type Heeded = Pick<Stores, 'surfaces' | 'policies' | 'metrics' | 'experiments' | 'gates' | 'items' | 'flags' | 'keys' | 'models'>

/** Who changed something finds it changed: the answer waits until this node heeds it. */
function heeded({ stores, ring, switches, snapshots: { keeper } }: WorldParts): Heeded {
  const noun = <Body>(store: NounStore<Body>): NounStore<Body> => ({
    ...store,
    create: after(store.create, keeper.settled),
    replace: after(store.replace, keeper.settled),
    remove: after(store.remove, keeper.settled),
  })
  const switched = async () => {
    await switches.settled()
    await keeper.settled()
  }
  // The first reading may have begun before the change, the second did not.
  const keysRead = async () => {
    for (let i = 0; i < 2; i++) await ring.refresh().catch(() => undefined)
  }
  const { surfaces, policies, metrics, experiments, gates, items, flags, keys, models } = stores
  return {
    surfaces: noun(surfaces),
    policies: noun(policies),
    metrics: noun(metrics),
    experiments: { ...experiments, ...noun(experiments), act: after(experiments.act, keeper.settled) },
    gates: { ...gates, unmask: after(gates.unmask, keeper.settled) },
    items: { ...items, upsert: after(items.upsert, keeper.settled), discontinue: after(items.discontinue, keeper.settled) },
    flags: { ...flags, put: after(flags.put, switched), remove: after(flags.remove, switched) },
    models: {
      ...models,
      pin: after(models.pin, keeper.settled),
      unpin: after(models.unpin, keeper.settled),
      shadow: after(models.shadow, keeper.settled),
    },
    keys: { ...keys, create: after(keys.create, keysRead), rotate: after(keys.rotate, keysRead), revoke: after(keys.revoke, keysRead) },
  }
}

/** The change, followed by what its answer waits for. */
function after<Arguments extends readonly unknown[], Result>(
  change: (...given: Arguments) => Promise<Result>,
  settled: () => Promise<void>,
): (...given: Arguments) => Promise<Result> {
  return async (...given) => {
    const result = await change(...given)
    await settled()
    return result
  }
}

/** A training that somebody asked for goes on after the answer; when it fails, the log has it. */
function teachingOf(learning: Learning, due: DueTraining, log: Log): Teaching {
  return {
    begin: async (request) => {
      const begun = await learning.begin(request)
      begun?.done.catch((error: unknown) => log.fault('A training that was asked for failed.', error))
      return begun
    },
    learns: learnsFrom,
    drift: () => due.state().drift,
    readAt: () => due.state().last?.readAt.getTime() ?? null,
  }
}

const MINUTE_MS = 60_000

/** A policy that fails, fails thousands of times a second. */
function onceAMinute(tell: (policy: string, error: unknown) => void): (policy: string, error: unknown) => void {
  const toldAt = new Map<string, number>()
  return (policy, error) => {
    if (Date.now() - (toldAt.get(policy) ?? 0) < MINUTE_MS) return
    toldAt.set(policy, Date.now())
    tell(policy, error)
  }
}

/** `stop` makes it say that it is stopping. */
export function worldOf(parts: WorldParts): World & { stop(): void } {
  const { database, secrets, stores, ring, switches, snapshots, shoppers, remotes, exposures, outcomes, assignments, traces, log } = parts
  const { learning, due } = parts
  const { keeper } = snapshots
  let isStopping = false
  return {
    ...stores,
    ...heeded(parts),
    database,
    exposures,
    outcomes,
    assignments,
    pastOf: shoppers.pastOf,
    noteDeeds: shoppers.note,
    remotes,
    teaching: teachingOf(learning, due, log),
    shadows: parts.shadowing,
    shadowFigures: stores.shadows.figures,
    liveShoppers: shoppers.count,
    snapshot: keeper.current,
    settingsReadAt: keeper.readAt,
    itemNumber: (itemId) => keeper.current()?.catalogue.numberOf(itemId),
    secrets: {
      pseudonym: secrets.pseudonym,
      requestKey: secrets.requestKey,
      draw: secrets.draw,
      seed: secrets.seed,
      tokenKey: createSecretKey(secrets.tokenKey),
    },
    verify: ring.verify,
    killSwitches: switches,
    counters: newSlateCounters(),
    onRankerError: onceAMinute((policy, error) => log.fault(`The policy ${policy} failed; lower rungs of the ladder serve.`, error)),
    requests: newRequestCounters(),
    gate: newGate(),
    now: Date.now,
    traces,
    log,
    stopping: () => isStopping,
    stop: () => {
      isStopping = true
    },
  }
}
