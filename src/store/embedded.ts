/**
 * The embedded PostgreSQL: there when asked for, still there after anybody's crash.
 *
 * It takes over a server that outlived its service, recovers one that was killed, and brings it back on the same port when it dies while we
 * live, so that the pools find it again by themselves. Several processes may share one data folder; the last to close stops it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from './logger.ts'
import { packageFolder, usableBinaries } from './postgres/binaries.ts'
import { keepPort, lastPort, openCluster, SUPERUSER } from './postgres/cluster.ts'
import { ELSEWHERE, placeFor } from './postgres/place.ts'
import { freePort } from './postgres/port.ts'
import { answers, launch, logFileOf, messagesSince, type Running, runningIn, stop } from './postgres/postmaster.ts'
import { moveIn } from './postgres/tenants.ts'
import { isAlive } from './process-life.ts'

export const DATABASE = 'croupier'

export interface EmbeddedOptions {
  /** Made when it does not exist. */
  readonly dataFolder: string
  readonly log: Logger
  /** PostgreSQL settings on top of ours, for tests. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface Embedded {
  /** postgres://… of the database "croupier"; holds the password. */
  readonly url: string
  /** Whether PostgreSQL ran already. */
  readonly adopted: boolean
  /** Ends our use; stops PostgreSQL when nobody else uses it. */
  close(): Promise<void>
}

/** Crash recovery replays at most max_wal_size; a slow disk may need minutes. */
const READY_MS = 300_000
/** Together ten seconds: the children of a killed server are gone by then, and a fast shutdown is over. */
const START_TRIES = 40
const RETRY_MS = 250
const WATCH_MS = 250
const BACK_OFF_MS_MAX = 5_000

interface Server {
  readonly pid: number
  readonly port: number
  readonly adopted: boolean
}

interface House {
  readonly log: Logger
  readonly cluster: string
  readonly url: (port: number, database?: string) => string
  /** Adopts or starts. `fixed`: only this port will do. */
  raise(fixed: number | null): Promise<Server>
}

/** Opens the embedded PostgreSQL. Rejects with a plain sentence when it cannot run. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const house = enter(options)
  const tenancy = moveIn(options.dataFolder)
  let server: Server | null = null
  try {
    server = await house.raise(null)
    await makeDatabase(house.url(server.port, 'postgres'))
    const guard = watch(house, server)
    return {
      url: house.url(server.port),
      adopted: server.adopted,
      async close() {
        await guard.end()
        const running = runningIn(house.cluster)
        if (tenancy.moveOut() === 0 && running) await stop(running.pid)
      },
    }
  } catch (error) {
    if (tenancy.moveOut() === 0 && server && !server.adopted) await stop(server.pid)
    throw error
  }
}

function enter({ dataFolder, log, settings = {} }: EmbeddedOptions): House {
  const place = placeFor(dataFolder, log)
  const { account } = place
  const binaries = usableBinaries(packageFolder(), account, { copies: account ? ELSEWHERE : place.dataFolder, log })
  const cluster = openCluster(place.cluster, binaries, account)
  const url = (port: number, database = DATABASE) => `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}`

  async function start(port: number): Promise<{ pid: number } | { because: string }> {
    const { child, since } = launch(place, binaries, { port, settings })
    const gone = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null
    if (await answers(url(port, 'postgres'), { gone, withinMs: READY_MS })) return { pid: child.pid! }
    return { because: messagesSince(logFileOf(place), since) || 'it ended without a word' }
  }

  async function adopt({ pid, port }: Running): Promise<Server | null> {
    log.info(`PostgreSQL runs already (process ${pid}); using it`)
    if (await answers(url(port, 'postgres'), { gone: () => !isAlive(pid), withinMs: READY_MS })) return { pid, port, adopted: true }
    if (isAlive(pid)) throw new Error(`PostgreSQL (process ${pid}) holds ${place.cluster} and does not answer. End it and start again.`)
    return null
  }

  async function raise(fixed: number | null): Promise<Server> {
    let because = ''
    for (let i = 0; i < START_TRIES; i++) {
      const running = runningIn(place.cluster)
      if (running && !running.stopping && running.port > 0) {
        const server = await adopt(running)
        if (server) return server
      } else if (!running) {
        const port = fixed ?? (await freePort(lastPort(place.cluster)))
        const started = await start(port)
        if ('pid' in started) {
          keepPort(place.cluster, port, account)
          return { pid: started.pid, port, adopted: false }
        }
        because = started.because
        if (!mayPass(because, fixed)) break
      }
      await sleep(RETRY_MS)
    }
    throw new Error(`The embedded PostgreSQL did not start: ${because || 'the old one does not end'}\n(its log: ${logFileOf(place)})`)
  }

  return { log, cluster: place.cluster, url, raise }
}

/** Reasons that go away: another process is starting it, the old server's children still end, or a port that we may choose anew. */
function mayPass(because: string, fixed: number | null): boolean {
  if (/lock file "postmaster\.pid"|pre-existing shared memory block/.test(because)) return true
  return fixed === null && /could not bind|could not create any TCP\/IP sockets/.test(because)
}

async function makeDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
  } catch (error) {
    // Another process made it between our two statements.
    if (!['42P04', '23505'].includes((error as { code: string }).code)) throw error
  } finally {
    await client.end()
  }
}

/** Looks after the server: when its process is gone while we live, it is started again on the same port, with back-off. */
function watch(house: House, server: Server): { end(): Promise<void> } {
  let { pid } = server
  let ended = false
  let busy: Promise<void> | null = null
  const timer = setInterval(() => {
    if (!busy && !isAlive(pid)) busy = bringBack().finally(() => (busy = null))
  }, WATCH_MS)
  timer.unref()

  async function bringBack(): Promise<void> {
    house.log.warn(`The embedded PostgreSQL (process ${pid}) is gone; starting it again on port ${server.port}`)
    for (let pause = RETRY_MS; !ended; pause = Math.min(2 * pause, BACK_OFF_MS_MAX)) {
      try {
        const raised = await house.raise(server.port)
        pid = raised.pid
        if (raised.port === server.port) house.log.info(`The embedded PostgreSQL is back (process ${pid})`)
        else house.log.error(`Another process started PostgreSQL on port ${raised.port} instead of ${server.port}: start this one again`)
        return
      } catch (error) {
        house.log.error(`${(error as Error).message}; trying again in ${pause} ms`)
        await sleep(pause)
      }
    }
  }

  return {
    async end() {
      ended = true
      clearInterval(timer)
      await busy
    },
  }
}
