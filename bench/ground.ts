/** The ground of a run: a folder that vanishes afterwards, an embedded PostgreSQL in it, and whatever else has to end with the run. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'

export interface Ground {
  readonly folder: string
  /** A migrated database of that name, made anew. */
  database(name: string): Promise<string>
  /** Process id of the postmaster. */
  readonly postmaster: number
  close(): Promise<void>
}

/** Durable as it is sold: PostgreSQL runs with the settings of the service. */
export async function openGround(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'croupier-bench-'))
  // PostgreSQL does not run as root; its own user has to pass through.
  chmodSync(folder, 0o711)
  const embedded = await openEmbedded({ dataFolder: folder, log: { info() {}, warn: console.warn, error: console.error } })
  const postmaster = await postmasterOf(embedded.url)
  const release = stopWithUs(postmaster, folder)
  return {
    folder,
    postmaster,
    async database(name) {
      await withClient(embedded.url, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
        await client.query(`CREATE DATABASE ${name}`)
      })
      const url = new URL(embedded.url)
      url.pathname = name
      await migrate(url.href)
      return url.href
    },
    async close() {
      release()
      await embedded.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A connection for the time of the work. */
export async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function postmasterOf(url: string): Promise<number> {
  const { rows } = await withClient(url, (client) => client.query("SELECT pg_read_file('postmaster.pid') AS text"))
  return Number(rows[0].text.split('\n')[0])
}

/** However this run ends, its PostgreSQL ends with it: a shell waits for our end of a pipe to close. */
function stopWithUs(postmaster: number, folder: string): () => void {
  const script = 'read _ || { kill -QUIT "$1"; sleep 1; rm -rf "$2"; }'
  const guard = spawn('/bin/sh', ['-c', script, 'sh', String(postmaster), folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  guard.unref()
  return () => guard.stdin.end('stopped\n')
}
