/**
 * Everything that a decision needs, without an API: snapshot, shoppers, remote strategies, kill switches, the log. What a command decides
 * with is what the service decides with; settings and switches that change meanwhile are heeded.
 */
import { createSecretKey } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { newSlateCounters, type SlateWorld } from '../http/slates.ts'
import { openAssignments } from '../log/assignments.ts'
import { type DurableExposureLog, openExposureLog } from '../log/exposure-log.ts'
import { openRemoteStrategies } from '../serving/remote-strategies.ts'
import { openChangeFeed } from '../store/change-feed.ts'
import type { Log } from '../telemetry/log.ts'
import type { Foundation } from './foundation.ts'
import { openKillSwitches } from './kill-switches.ts'
import { openLiveShoppers } from './live-shoppers.ts'
import { openSnapshots } from './snapshots.ts'
import { storesOf } from './stores.ts'

export interface Deciding {
  readonly world: SlateWorld & { readonly exposures: DurableExposureLog }
  /** Waits for what is in hand. */
  close(): Promise<void>
}

interface DecidingParts {
  readonly config: Config
  readonly ground: Foundation
  /** Names the program in what is kept for replay. */
  readonly build: string
  readonly log: Log
}

/** A command can wait longer for PostgreSQL than a shopper. */
const PATIENCE_MS = 1_000

export async function openDeciding({ config, ground, build, log }: DecidingParts): Promise<Deciding> {
  const closers: (() => Promise<unknown>)[] = []
  const opened = <T extends { close(): Promise<unknown> }>(one: T): T => {
    closers.unshift(() => one.close())
    return one
  }
  const close = async () => {
    for (const end of closers.splice(0)) await end()
  }
  try {
    const { database, secrets } = ground
    const { REDIS_URL: redisUrl } = config
    const namespace = secrets.fingerprint
    // What the service keeps for a start without a database stays the service's own.
    const folder = join(ground.folder, 'commands')
    mkdirSync(folder, { recursive: true })
    const stores = storesOf(database, build)
    const feed = opened(await openChangeFeed({ database, log, redisUrl, namespace }))
    const switches = opened(await openKillSwitches(config, { flags: stores.flags, feed, folder, log }))
    const snapshots = opened(await openSnapshots({ database, stores, feed, switches, secrets, folder, log }))
    const shoppers = opened(await openLiveShoppers({ trained: snapshots.histories, redisUrl, namespace, database, feed, log }))
    await shoppers.recall()
    const spoolFolder = join(ground.folder, 'spool', 'exposures')
    const onRejected = (because: string) => log.error(`PostgreSQL refuses an exposure (${because}); it is kept in ${spoolFolder}/rejected`)
    const exposures = opened(await openExposureLog({ url: database.url, spoolFolder, patienceMs: PATIENCE_MS, onRejected }))
    const assignments = opened(await openAssignments({ url: database.url, patienceMs: PATIENCE_MS }))
    const allowPrivate = config.CROUPIER_REMOTE_PRIVATE === 'true'
    const remotes = opened(openRemoteStrategies({ allowPrivate, signingKey: secrets.signingKey }))
    const { pseudonym, requestKey, draw, seed } = secrets
    const world = {
      ...{ snapshot: snapshots.keeper.current, exposures, assignments, remotes, pastOf: shoppers.pastOf },
      secrets: { pseudonym, requestKey, draw, seed, tokenKey: createSecretKey(secrets.tokenKey) },
      counters: newSlateCounters(),
      onRankerError: (policy: string, error: unknown) => log.fault(`The policy ${policy} failed; lower rungs of the ladder serve.`, error),
      now: Date.now,
    }
    return { world, close }
  } catch (error) {
    await close()
    throw error
  }
}
