/** The beginning: schema, secret, first key, first nouns; now, or as soon as an external database that is away comes back. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import type { Logger } from '../store/logger.ts'
import { type Foundation, settle } from './foundation.ts'
import type { Stores } from './stores.ts'

export interface Begun {
  readonly adminKey: string | null
  /** Resolves when the database has been settled; already, in most lives. */
  readonly settled: Promise<void>
  /** Stops waiting for a database that is away. */
  give(): void
}

interface BeginWorld {
  readonly config: Config
  readonly ground: Foundation
  readonly stores: Stores
  readonly log: Logger
}

const RETRY_MS = 1_000
/** Nobody there, gone meanwhile, or not ready for us yet: it may come back. Everything else is a fault to stop for. */
const AWAY = /ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|timeout|terminated|starting up|shutting down|recovery mode|too many clients/i

/** Settles at once where the database answers. Rejects for faults that waiting does not mend. */
export async function begin(world: BeginWorld): Promise<Begun> {
  let waiting = true
  try {
    return { adminKey: await attempt(world), settled: Promise.resolve(), give: () => undefined }
  } catch (error) {
    if (world.ground.embedded || !isAway(error)) throw error
    world.log.warn(`The database is away (${(error as Error).message}); deciding from what is kept on disk until it comes back`)
  }
  const settled = (async () => {
    while (waiting) {
      await sleep(RETRY_MS, undefined, { ref: false })
      try {
        const key = await attempt(world)
        if (key) process.stderr.write(`First admin key (shown once): ${key}\n`)
        world.log.info('The database is back and settled')
        return
      } catch (error) {
        if (!isAway(error)) world.log.error(`The database cannot be used: ${(error as Error).message}`)
      }
    }
  })()
  return {
    adminKey: null,
    settled,
    give: () => {
      waiting = false
    },
  }
}

async function attempt({ config, ground, stores }: BeginWorld): Promise<string | null> {
  await settle(ground, config)
  return stores.keys.ensureFirst(config.CROUPIER_BOOTSTRAP_KEY)
}

function isAway(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return AWAY.test(`${code} ${message}`) || code.startsWith('08') || code.startsWith('57P')
}
