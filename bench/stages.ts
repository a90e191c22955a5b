/**
 * What the stages of one slate cost, each alone in this process: microseconds, the best of several stretches, everything warm.
 *
 * The stages do not add up to what a request costs a server: sockets, node:http, promises and PostgreSQL's protocol come on top.
 */
import { createSecretKey } from 'node:crypto'
import { featuresOf } from '../src/bandits/features.ts'
import { readConfig } from '../src/config.ts'
import { type Choice, chooseArm } from '../src/decisions/choose-arm.ts'
import { exposureOf } from '../src/decisions/exposure.ts'
import { type Served, serve } from '../src/decisions/ladder.ts'
import type { Snapshot } from '../src/decisions/snapshot.ts'
import { wordsOf } from '../src/experiments/hash.ts'
import { combinedFlags } from '../src/flags/combined-flags.ts'
import { readJson } from '../src/http/json.ts'
import { slateJson } from '../src/http/slate-answer.ts'
import { slateRequestSchema } from '../src/http/slate-request.ts'
import { tokenOf } from '../src/http/token.ts'
import { validated } from '../src/http/validation.ts'
import { openRowsEncoder } from '../src/log/copy-rows.ts'
import type { RankRequest } from '../src/policies/policy.ts'
import { openFoundation } from '../src/service/foundation.ts'
import { openSnapshots } from '../src/service/snapshots.ts'
import { storesOf } from '../src/service/stores.ts'
import type { Histories } from '../src/serving/histories.ts'
import { openChangeFeed } from '../src/store/change-feed.ts'
import { type KeyRing, openKeyRing } from '../src/store/key-ring.ts'
import type { Secrets } from '../src/store/secrets.ts'
import { openLog } from '../src/telemetry/log.ts'
import { ARMS, type Arm, type Shop } from './shop.ts'

/** Microseconds a request, by stage. */
export type Stages = Readonly<Record<string, number>>

const STRETCHES = 7
const STRETCH_MS = 60
const BODIES = 400
const ROWS_A_BATCH = 16
const DECISION_ID = new Uint8Array(16).fill(7)

interface Bench {
  readonly ring: KeyRing
  readonly secrets: Secrets
  readonly snapshot: Snapshot
  readonly pastOf: Histories['of']
  readonly key: string
}

/** Measures both arms. */
export async function benchStages(shop: Shop): Promise<Readonly<Record<Arm, Stages>>> {
  const config = readConfig({ ...shop.environment('stages') })
  const log = openLog({ level: 'error' })
  const ground = await openFoundation(config, log)
  const { database, secrets, folder } = ground
  const stores = storesOf(database, 'bench')
  const ring = await openKeyRing({ database, log })
  const feed = await openChangeFeed({ database, log, redisUrl: undefined, namespace: 'bench' })
  const switches = combinedFlags([])
  const snapshots = await openSnapshots({ database, stores, feed, switches, secrets, folder, log })
  try {
    const bench = { ring, secrets, snapshot: snapshots.keeper.current()!, pastOf: snapshots.histories().of, key: shop.key }
    const entries = ARMS.map((arm) => [arm, stagesOf(bench, shop.bodies[arm])] as const)
    return Object.fromEntries(entries) as Record<Arm, Stages>
  } finally {
    for (const one of [snapshots, switches, feed, ring, ground]) await one.close()
  }
}

/** A fixed experiment does not look. */
const NO_FEATURES = new Int16Array(0)

function stagesOf({ ring, secrets, snapshot, pastOf, key }: Bench, texts: readonly string[]): Stages {
  const state = snapshot.surfaces.get('home')!
  const tokenKey = createSecretKey(secrets.tokenKey)
  const { catalogue } = snapshot
  const encoder = openRowsEncoder()
  const bytes = texts.slice(0, BODIES).map((text) => new Uint8Array(Buffer.from(text)))
  const values = bytes.map(readJson)
  const requests = values.map((value) => validated(slateRequestSchema, value))
  const units = requests.map(({ unit }) => secrets.pseudonym(unit!))
  const pasts = units.map((unit) => pastOf(unit))
  const ranks = requests.map(
    (request, i): RankRequest => ({
      ...{
        size: request.size!,
        history: pasts[i]!.recent.map(({ item }) => item),
        ...pasts[i]!,
        item: null,
        cart: [],
        candidates: null,
        allowed: catalogue.allowed,
      },
    }),
  )
  const armOf = (unit: Uint8Array) => {
    const words = wordsOf(unit)
    const context = { device: 'mobile', country: 'DE' }
    return chooseArm({ unit: words, requestUnit: words, context, x: NO_FEATURES, u: 0, measurement: true }, state, snapshot)
  }
  const features = () =>
    featuresOf({
      device: 'mobile',
      country: 'DE',
      returning: true,
      hasHistory: true,
      hasItem: false,
      hour: 11.5,
      dayOfYear: 200,
      weekday: 3,
    })
  const choices = units.map(armOf)
  const slates = ranks.map((rank, i) => serve(choices[i]!.policy, state, snapshot, rank))
  const answerOf = (choice: Choice, served: Served) =>
    slateJson({
      decisionId: 'x'.repeat(36),
      surface: 'home',
      ids: catalogue.ids,
      choice,
      served,
      reason: 'fixed',
      snapshot: snapshot.id,
      token: 'x'.repeat(69),
    })
  const exposures = slates.map((served, i) =>
    exposureOf(
      { decidedAt: 0, decisionId: DECISION_ID, unit: units[i]!, x: features(), surface: 'home', snapshotId: snapshot.id },
      choices[i]!,
      served,
    ),
  )
  const batch = exposures.slice(0, ROWS_A_BATCH)
  return {
    authenticate: microsOf(() => ring.verify(key)),
    'read JSON': microsOf((i) => readJson(bytes[i]!)),
    validate: microsOf((i) => validated(slateRequestSchema, values[i])),
    pseudonym: microsOf((i) => secrets.pseudonym(requests[i]!.unit!)),
    history: microsOf((i) => pastOf(units[i]!)),
    'choose the arm': microsOf((i) => armOf(units[i]!)),
    rank: microsOf((i) => serve(choices[i]!.policy, state, snapshot, ranks[i]!)),
    features: microsOf(features),
    token: microsOf((i) => tokenOf(tokenKey, { decisionId: DECISION_ID, unit: units[i]! })),
    'answer as JSON': microsOf((i) => Buffer.byteLength(answerOf(choices[i]!, slates[i]!))),
    'encode the row': microsOf(() => encoder.rowsMessage(batch)) / ROWS_A_BATCH,
  }
}

/** The quickest stretch: what disturbs only ever adds. */
function microsOf(work: (i: number) => unknown): number {
  let best = Number.POSITIVE_INFINITY
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const started = performance.now()
    let times = 0
    let now = started
    while (now - started < STRETCH_MS) {
      for (let i = 0; i < BODIES; i++) work(i)
      times += BODIES
      now = performance.now()
    }
    best = Math.min(best, ((now - started) * 1000) / times)
  }
  return best
}
