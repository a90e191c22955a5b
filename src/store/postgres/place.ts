/**
 * Where the embedded cluster lies: in the data folder, or elsewhere when PostgreSQL's account cannot get there.
 *
 * As root the data folder may lie below a directory like /root that no other account may enter. Then the cluster goes to
 * /var/lib/croupier/<hash of the data folder>, and a file in the data folder says where.
 */
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../logger.ts'
import { type Account, accountFor, giveTo, mayUse } from './account.ts'

/** Only root ever needs it. */
export const ELSEWHERE = '/var/lib/croupier'
const POINTER = 'postgres.location'
const BELONGS_TO = 'belongs-to'

export interface Place {
  /** The data folder, absolute. */
  readonly dataFolder: string
  /** PostgreSQL's data directory; may not exist yet. */
  readonly cluster: string
  readonly account: Account | null
}

/** Finds or settles the place. Makes the data folder and, when it has to, the folder elsewhere. */
export function placeFor(folder: string, log: Logger): Place {
  makeFolder(folder)
  const dataFolder = realpathSync(folder)
  const pointer = join(dataFolder, POINTER)
  if (existsSync(pointer)) {
    const home = readFileSync(pointer, 'utf8').trim()
    checkOwner(home, dataFolder)
    return { dataFolder, cluster: join(home, 'postgres'), account: accountFor(join(home, 'postgres')) }
  }
  const cluster = join(dataFolder, 'postgres')
  const account = accountFor(cluster)
  if (canLiveIn(dataFolder, account)) return { dataFolder, cluster, account }
  const home = join(ELSEWHERE, createHash('sha256').update(dataFolder).digest('hex').slice(0, 16))
  mkdirSync(home, { recursive: true, mode: 0o755 })
  for (const path of [ELSEWHERE, home]) chmodSync(path, 0o755)
  writeFileSync(join(home, BELONGS_TO), dataFolder)
  writeFileSync(pointer, `${home}\n`)
  log.info(`${account?.name ?? 'PostgreSQL'} cannot enter ${dataFolder}; the database lies in ${home} (noted in ${pointer})`)
  return { dataFolder, cluster: join(home, 'postgres'), account }
}

/** Others may pass through but see nothing: PostgreSQL's account has to reach its own folder inside. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, process.getuid?.() === 0 ? 0o711 : 0o700)
}

function canLiveIn(dataFolder: string, account: Account | null): boolean {
  if (!account) return true
  const probe = join(dataFolder, `postgres.probe-${process.pid}`)
  mkdirSync(probe, { recursive: true, mode: 0o700 })
  giveTo(account, probe)
  const reached = mayUse(account, probe, { write: true })
  rmdirSync(probe)
  return reached
}

/** A copied data folder must not quietly work on the original's database. */
function checkOwner(home: string, dataFolder: string): void {
  const file = join(home, BELONGS_TO)
  const owner = existsSync(file) ? readFileSync(file, 'utf8') : dataFolder
  if (owner === dataFolder) return
  if (existsSync(join(owner, POINTER)))
    throw new Error(`${dataFolder} points to the database of ${owner}. If it is a copy, remove ${join(dataFolder, POINTER)} for a new one.`)
  writeFileSync(file, dataFolder)
}
