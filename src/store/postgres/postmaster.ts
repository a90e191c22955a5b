/**
 * PostgreSQL's server process: launch it, recognise one that runs already, wait until it answers, stop it.
 *
 * It is started in a session of its own, so that Ctrl-C in a terminal reaches us first and we can drain before it goes. Its messages go to a
 * file, not to a pipe, so that it outlives us undisturbed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { isAlive, programOf } from '../process-life.ts'
import { giveTo, identityOf } from './account.ts'
import type { Binaries } from './binaries.ts'
import { ENVIRONMENT } from './cluster.ts'
import type { Place } from './place.ts'

/**
 * Durable, and modest beside the service. Given on the command line, so that no edited file can weaken fsync or synchronous_commit.
 * wal_level minimal: nothing replicates from an embedded server, and bulk loads are cheaper. jit off: our statements are short.
 */
export const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
  max_connections: '100',
  max_wal_size: '2GB',
  wal_compression: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  checkpoint_timeout: '10min',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

const LOG_BYTES_MAX = 8 * 1024 * 1024
const STOP_FAST_MS = 10_000
const STOP_IMMEDIATE_MS = 5_000

export interface Running {
  readonly pid: number
  readonly port: number
  readonly stopping: boolean
}

/** What postmaster.pid says, when its process lives and is PostgreSQL. A file left by a dead server whose id is somebody else's is removed. */
export function runningIn(cluster: string): Running | null {
  const file = join(cluster, 'postmaster.pid')
  let lines: string[]
  try {
    lines = readFileSync(file, 'utf8').split('\n')
  } catch {
    return null
  }
  const pid = Math.abs(Number(lines[0]))
  if (!(pid > 0) || !isAlive(pid)) return null
  const program = programOf(pid)
  if (program !== null && program !== 'postgres') {
    rmSync(file, { force: true })
    return null
  }
  return { pid, port: Number(lines[3]) || 0, stopping: lines[7]?.trim() === 'stopping' }
}

/** Where the server writes its messages. */
export function logFileOf(place: Place): string {
  return join(place.dataFolder, 'postgres.log')
}

/** Starts the server; it is not ready yet. `since` is where its messages begin in the log file. */
export function launch(
  place: Place,
  binaries: Binaries,
  options: { readonly port: number; readonly settings: Readonly<Record<string, string>> },
): { child: ChildProcess; since: number } {
  const file = logFileOf(place)
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX) renameSync(file, `${file}.1`)
  const settings = Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openSync(file, 'a', 0o600)
  try {
    giveTo(place.account, file)
    const since = statSync(file).size
    const child = spawn(binaries.postgres, ['-D', place.cluster, '-p', String(options.port), ...settings], {
      ...identityOf(place.account),
      cwd: place.cluster,
      env: ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log, log],
    })
    child.on('error', () => {})
    child.unref()
    return { child, since }
  } finally {
    closeSync(log)
  }
}

/** What the server wrote since then, at most 4 kB. */
export function messagesSince(file: string, since: number): string {
  const handle = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(4096)
    return buffer.toString('utf8', 0, readSync(handle, buffer, 0, buffer.length, since)).trim()
  } finally {
    closeSync(handle)
  }
}

/** Waits until the server answers as ours. False when `gone()` says that its process ended, or when the time is over. */
export async function answers(url: string, options: { readonly gone: () => boolean; readonly withinMs: number }): Promise<boolean> {
  const deadline = Date.now() + options.withinMs
  while (!options.gone() && Date.now() < deadline) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 2_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('SELECT 1')
      return true
    } catch (error) {
      if ((error as { code?: string }).code === '28P01') await refuse(options.gone)
      await sleep(20)
    } finally {
      client.end().catch(() => {})
    }
  }
  return false
}

/** Somebody answers and refuses our password: another server on the port, when ours ends for it; else the password file is wrong. */
async function refuse(gone: () => boolean): Promise<void> {
  for (let i = 0; i < 50 && !gone(); i++) await sleep(20)
  if (!gone()) throw new Error('PostgreSQL refuses the password that is kept beside its data.')
}

/** Fast shutdown; after ten seconds an immediate one, from which PostgreSQL recovers without loss. */
export async function stop(pid: number): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', STOP_FAST_MS],
    ['SIGQUIT', STOP_IMMEDIATE_MS],
  ] as const) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    const deadline = Date.now() + patience
    while (isAlive(pid) && Date.now() < deadline) await sleep(10)
    if (!isAlive(pid)) return
  }
}
