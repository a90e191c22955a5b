/**
 * The data directory: made once, whole or not at all.
 *
 * initdb works in a folder beside the final one, which gets its name only when everything is inside, the password included; so a kill in
 * the middle leaves nothing half made, and two processes that start at once end up with one cluster.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Account, giveTo, identityOf } from './account.ts'
import type { Binaries } from './binaries.ts'

export const SUPERUSER = 'croupier'
const PASSWORD_FILE = 'croupier.password'
const PORT_FILE = 'croupier.port'

/** Nothing of our own environment: it may hold secrets, and PG… variables would change what initdb does. */
export const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' }

export interface Cluster {
  readonly folder: string
  readonly password: string
}

/** Opens the cluster, making it first when there is none. Throws when the folder holds something else or another major version. */
export function openCluster(folder: string, binaries: Binaries, account: Account | null): Cluster {
  if (isEmpty(folder)) makeCluster(folder, binaries, account)
  const major = readOr(join(folder, 'PG_VERSION'), null)
  if (major === null)
    throw new Error(`${folder} is not a PostgreSQL cluster: PG_VERSION is missing. Move the folder away to begin a new one, or restore it.`)
  if (Number(major) !== binaries.major)
    throw new Error(
      `${folder} was made by PostgreSQL ${major.trim()}, and this release brings ${binaries.major}. ` +
        'Run the release that made it and move the data with "croupier backup" and "croupier restore".',
    )
  const password = readOr(join(folder, PASSWORD_FILE), null)
  if (password === null) throw new Error(`${join(folder, PASSWORD_FILE)} is missing: without it nobody can connect. Restore the file.`)
  return { folder, password }
}

/** The port of the last run, so that it stays the same while it is free; null before the first. */
export function lastPort(cluster: string): number | null {
  return Number(readOr(join(cluster, PORT_FILE), '')) || null
}

/** Notes the port for the next run. */
export function keepPort(cluster: string, port: number, account: Account | null): void {
  writePrivate(join(cluster, PORT_FILE), String(port), account)
}

function makeCluster(folder: string, binaries: Binaries, account: Account | null): void {
  const half = `${folder}.new-${process.pid}`
  const inbox = `${folder}.password-${process.pid}`
  const password = randomBytes(24).toString('hex')
  try {
    for (const path of [half, inbox]) {
      rmSync(path, { recursive: true, force: true })
      mkdirSync(path, { mode: 0o700 })
      giveTo(account, path)
    }
    const passwordFile = join(inbox, 'password')
    writePrivate(passwordFile, password, account)
    runInitdb({ folder: half, passwordFile }, binaries, account)
    writePrivate(join(half, PASSWORD_FILE), password, account)
    settle(half, folder)
  } finally {
    for (const path of [half, inbox]) rmSync(path, { recursive: true, force: true })
  }
}

function runInitdb(where: { folder: string; passwordFile: string }, binaries: Binaries, account: Account | null): void {
  const answer = spawnSync(
    binaries.initdb,
    [
      ...['--pgdata', where.folder, '--username', SUPERUSER, '--pwfile', where.passwordFile],
      ...['--auth-host=scram-sha-256', '--auth-local=scram-sha-256', '--encoding=UTF8', '--locale=C'],
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
    ],
    { ...identityOf(account), cwd: dirname(where.folder), env: ENVIRONMENT, encoding: 'utf8' },
  )
  if (answer.status !== 0)
    throw new Error(`initdb failed in ${where.folder}: ${(answer.stderr || answer.stdout || String(answer.error)).trim().slice(-600)}`)
}

/** Gives the finished folder its name; when another process was quicker, theirs stands. */
function settle(half: string, folder: string): void {
  try {
    renameSync(half, folder)
  } catch (error) {
    if (!existsSync(join(folder, 'PG_VERSION'))) throw error
  }
}

function writePrivate(file: string, text: string, account: Account | null): void {
  writeFileSync(file, text, { mode: 0o600 })
  chmodSync(file, 0o600)
  giveTo(account, file)
}

function isEmpty(folder: string): boolean {
  return reading(folder, () => !existsSync(folder) || readdirSync(folder).length === 0)
}

function readOr<Default>(file: string, otherwise: Default): string | Default {
  return reading(file, () => (existsSync(file) ? readFileSync(file, 'utf8') : otherwise))
}

/** A folder that another user made is the commonest mistake; it deserves a sentence. */
function reading<Value>(path: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
    throw new Error(`${path} belongs to another user. Start Croupier as the user who made the data folder, or as root.`)
  }
}
