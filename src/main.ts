/**
 * The composition root: configuration → foundation → stores → log → snapshot → application → listen, and back in the opposite order.
 *
 * With an external database away at the start, the service decides from what an earlier life kept on disk and settles when it comes back.
 */
import { join } from 'node:path'
import type { Config } from './config.ts'
import { makeApp } from './http/app.ts'
import { listen, type RunningServer } from './http/server.ts'
import { openAssignments } from './log/assignments.ts'
import { type DurableExposureLog, openExposureLog } from './log/exposure-log.ts'
import { openOutcomeLog } from './log/outcome-log.ts'
import { begin } from './service/beginning.ts'
import { openClock } from './service/clock.ts'
import { openFoundation } from './service/foundation.ts'
import { openKillSwitches } from './service/kill-switches.ts'
import type { Learning } from './service/learning.ts'
import { openLiveShoppers } from './service/live-shoppers.ts'
import { openSnapshots } from './service/snapshots.ts'
import { storesOf } from './service/stores.ts'
import { openStudies } from './service/studies.ts'
import { worldOf } from './service/world.ts'
import { openRemoteStrategies } from './serving/remote-strategies.ts'
import { openShadowScoring } from './serving/shadow-scoring.ts'
import { openChangeFeed } from './store/change-feed.ts'
import { openKeyRing } from './store/key-ring.ts'
import { openLog } from './telemetry/log.ts'
import { openTraces } from './telemetry/traces.ts'

export interface Service {
  readonly url: string
  /** The first admin key, when this start made one. */
  readonly adminKey: string | null
  readonly embedded: boolean
  /** Folds what is in the log now. */
  fold(): Promise<void>
  /** Trains the strategies now; null when another node is at it. */
  train: Learning['train']
  /** Answers what is in hand, writes what is waiting, stops. */
  close(): Promise<void>
}

/** What benchmarks and tests put in the place of our own. */
export interface Parts {
  readonly exposures?: DurableExposureLog
}

const BUILD = 'croupier 0.1.0'

/** Starts the service; resolves when it listens. Rejects with a plain sentence when it cannot. */
export async function serve(config: Config, parts: Parts = {}): Promise<Service> {
  const closers: (() => Promise<unknown>)[] = []
  const opened = <T extends { close(): Promise<unknown> }>(one: T): T => {
    closers.unshift(() => one.close())
    return one
  }
  const close = async () => {
    for (const end of closers.splice(0)) await end()
  }
  try {
    const log = openLog({ level: config.CROUPIER_LOG_LEVEL })
    closers.unshift(() => log.flush())
    const ground = opened(await openFoundation(config, log))
    const { database, secrets, folder } = ground
    const stores = storesOf(database, BUILD, { modelsKept: config.CROUPIER_MODELS_KEPT })
    const begun = await begin({ config, ground, stores, log })
    const ring = opened(await openKeyRing({ database, log, file: join(folder, 'keys.json') }))
    const feed = opened(await openChangeFeed({ database, log, redisUrl: config.REDIS_URL, namespace: secrets.fingerprint }))
    const switches = opened(await openKillSwitches(config, { flags: stores.flags, feed, folder, log }))
    const snapshots = opened(await openSnapshots({ database, stores, feed, switches, secrets, folder, log }))
    const { REDIS_URL: redisUrl } = config
    const shoppers = opened(
      await openLiveShoppers({ trained: snapshots.histories, redisUrl, namespace: secrets.fingerprint, database, feed, log }),
    )
    void begun.settled.then(() => shoppers.recall())
    const spool = (name: string) => {
      const spoolFolder = join(folder, 'spool', name)
      const onRejected = (because: string) =>
        log.error(`PostgreSQL refuses a row of ${name} (${because}); it is kept in ${spoolFolder}/rejected`)
      return { url: database.url, spoolFolder, onRejected }
    }
    const exposures = opened(parts.exposures ?? (await openExposureLog(spool('exposures'))))
    const outcomes = opened(await openOutcomeLog(spool('outcomes')))
    const assignments = opened(await openAssignments({ url: database.url }))
    const studies = openStudies(config, { database, stores, log })
    const { train } = opened(studies.learning)
    const clock = opened(openClock({ config, database, ...studies, stores, begun, feed, log }))
    const allowPrivate = config.CROUPIER_REMOTE_PRIVATE === 'true'
    const remotes = opened(openRemoteStrategies({ allowPrivate, signingKey: secrets.signingKey }))
    const traces = opened(await openTraces({ endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT }))
    const shadowing = opened(
      openShadowScoring({ write: stores.shadows.write, onFault: (error) => log.fault('A shadow could not be scored.', error) }),
    )
    const logs = { exposures, outcomes, assignments }
    const world = worldOf({
      database,
      secrets,
      stores,
      ring,
      switches,
      snapshots,
      shoppers,
      remotes,
      ...logs,
      ...studies,
      shadowing,
      traces,
      log,
    })
    const server: RunningServer = opened(await listen(makeApp(world), { host: config.HOST, port: config.PORT }))
    closers.unshift(async () => world.stop())
    log.info(`Listening on ${server.url}`)
    return { url: server.url, adminKey: begun.adminKey, embedded: ground.embedded, fold: clock.fold, train, close }
  } catch (error) {
    await close()
    throw error
  }
}
