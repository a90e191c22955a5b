/** What this service needs, as probes. */
import { foldLag } from '../log/fold-all.ts'
import type { Database } from '../store/database.ts'
import { migrationsIn } from '../store/migrate.ts'
import type { Probe } from './readiness.ts'
import type { World } from './world.ts'

export type ProbedWorld = Pick<World, 'database' | 'exposures' | 'outcomes' | 'snapshot' | 'settingsReadAt' | 'stopping' | 'now'>

/** Settings are read again every minute even when nobody announces a change. */
const SETTINGS_AGE_MAX_MS = 300_000
const SPOOL_BYTES_MAX = 16 * 1024 * 1024
const LAG_MAX_SECONDS = 120

export function probesOf(world: ProbedWorld): readonly Probe[] {
  const { database, exposures, outcomes } = world
  return [
    { name: 'running', forSlates: true, check: () => (world.stopping() ? 'the service is stopping' : null) },
    { name: 'snapshot', forSlates: true, check: () => (world.snapshot() ? null : 'there is none yet') },
    { name: 'settings', forSlates: false, check: () => staleness(world) },
    { name: 'database', forSlates: false, check: () => database.admin.query('SELECT 1').then(() => null) },
    {
      name: 'log',
      forSlates: false,
      check: () => (exposures.connected() && outcomes.connected() ? null : 'no connection to write with; rows go to the spool'),
    },
    migrationsProbe(database),
    { name: 'spool', forSlates: false, check: () => backlog(exposures.backlogBytes() + outcomes.backlogBytes()) },
    { name: 'fold', forSlates: false, check: () => lag(database) },
  ]
}

function staleness({ settingsReadAt, now }: ProbedWorld): string | null {
  const readAt = settingsReadAt()
  if (readAt === 0) return 'not read since the start; those of an earlier life serve'
  const age = now() - readAt
  return age > SETTINGS_AGE_MAX_MS ? `read ${Math.round(age / 1000)} seconds ago` : null
}

function backlog(bytes: number): string | null {
  return bytes > SPOOL_BYTES_MAX ? `${Math.round(bytes / 2 ** 20)} MiB wait for the database` : null
}

async function lag(database: Database): Promise<string | null> {
  const { seconds, holder } = await foldLag(database)
  if (seconds <= LAG_MAX_SECONDS) return null
  const why = holder ? `; held back by ${holder.application || 'a backend'} (process ${holder.pid}, ${holder.state})` : ''
  return `behind by ${Math.round(seconds)} seconds${why}`
}

/** Asks until everything is applied; schemas do not go back. */
function migrationsProbe(database: Database): Probe {
  let missing = migrationsIn()
  const check = async (): Promise<string | null> => {
    if (missing.length === 0) return null
    const { rows } = await database.admin.query<{ name: string }>('SELECT knex_migrations.name FROM knex_migrations')
    const applied = new Set(rows.map(({ name }) => name))
    missing = missing.filter((name) => !applied.has(name))
    return missing.length === 0 ? null : `not applied: ${missing.join(', ')}`
  }
  return { name: 'migrations', forSlates: false, check }
}
