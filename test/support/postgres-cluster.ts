import { spawn } from 'node:child_process'
import { accessSync, constants, readFileSync, statfsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { type Embedded, openEmbedded } from '../../src/store/embedded.ts'
import { migrate } from '../../src/store/migrate.ts'

/** One PostgreSQL for the whole run, with a migrated database that tests clone. Not durable: what it holds is worth nothing. */

declare module 'vitest' {
  interface ProvidedContext {
    /** postgres://… of the cluster; the path is the template database. */
    templateUrl: string
  }
}

/** In memory where there is room: a clone of the template is some 300 small files, 12 ms there and 300 ms on a slow disk. */
const MEMORY = '/dev/shm'
const ROOM_BYTES = 4 * 1024 ** 3

const NOT_DURABLE = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_compression: 'off',
  autovacuum: 'off',
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  max_connections: '300',
}
const TEMPLATE = 'croupier_template'
const QUIET = { info() {}, warn: console.warn, error: console.error }

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), 'croupier-test-'))
  await chmod(folder, 0o711)
  const embedded = await openEmbedded({ dataFolder: folder, log: QUIET, settings: NOT_DURABLE })
  const release = stopWithUs(embedded, folder)
  project.provide('templateUrl', await makeTemplate(embedded.url))
  return async () => {
    release()
    await embedded.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize >= ROOM_BYTES
  } catch {
    return false
  }
}

async function makeTemplate(url: string): Promise<string> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`CREATE DATABASE ${TEMPLATE}`)
  await client.end()
  const template = new URL(url)
  template.pathname = TEMPLATE
  await migrate(template.href)
  return template.href
}

/** However this run ends, its cluster ends with it: a shell waits for our end of a pipe to close. */
function stopWithUs(embedded: Embedded, folder: string): () => void {
  const pid = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]!
  const guard = spawn('/bin/sh', ['-c', 'read _ || { kill -QUIT "$1"; sleep 1; rm -rf "$2"; }', 'sh', pid, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.unref()
  assertNotAdopted(embedded)
  return () => guard.stdin.end('stopped\n')
}

function assertNotAdopted(embedded: Embedded): void {
  if (embedded.adopted) throw new Error('The test cluster ran before the tests began.')
}
