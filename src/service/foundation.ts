/** The ground the service stands on: a data folder, PostgreSQL (embedded or elsewhere), pools, the secret. */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { openEmbedded } from '../store/embedded.ts'
import type { Logger } from '../store/logger.ts'
import { migrate } from '../store/migrate.ts'
import { claimInstallation, readSecrets, type Secrets } from '../store/secrets.ts'
import { seed } from '../store/seed.ts'

export interface Foundation {
  readonly folder: string
  readonly database: Database
  readonly secrets: Secrets
  /** Whether PostgreSQL is our own. */
  readonly embedded: boolean
  close(): Promise<void>
}

/** Opens what can be opened without asking PostgreSQL anything; an embedded one is running afterwards. */
export async function openFoundation(config: Config, log: Logger): Promise<Foundation> {
  const folder = resolve(config.CROUPIER_DATA_DIR)
  mkdirSync(folder, { recursive: true })
  const secrets = readSecrets(config.CROUPIER_SECRET_FILE ?? join(folder, 'secret'), log)
  const embedded = config.DATABASE_URL === undefined ? await openEmbedded({ dataFolder: folder, log }) : null
  const database = openDatabase(embedded?.url ?? config.DATABASE_URL!, { log })
  return {
    folder,
    database,
    secrets,
    embedded: embedded !== null,
    close: async () => {
      await database.close()
      await embedded?.close()
    },
  }
}

/** Brings the schema up to date, checks that the database belongs to our secret, and sows the first nouns. */
export async function settle({ database, secrets }: Foundation, config: Config): Promise<void> {
  await migrate(database)
  await claimInstallation(database, secrets)
  await seed(database, { currency: config.CROUPIER_CURRENCY })
}

/** A ready foundation for commands: opened and settled. */
export async function openSettled(config: Config, log: Logger): Promise<Foundation> {
  const foundation = await openFoundation(config, log)
  try {
    await settle(foundation, config)
    return foundation
  } catch (error) {
    await foundation.close()
    throw error
  }
}
