import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Embedded, openEmbedded } from '../../src/store/embedded.ts'
import { isAlive } from '../../src/store/process-life.ts'
import { removeDataFolder, temporaryDataFolder } from '../support/data-folder.ts'
import { holderOf } from '../support/holder.ts'
import { until } from '../support/until.ts'

const said: string[] = []
const log = { info: (line: string) => said.push(line), warn: (line: string) => said.push(line), error: (line: string) => said.push(line) }

describe('the embedded PostgreSQL', () => {
  let folder: string
  const opened: Embedded[] = []
  const open = async (): Promise<Embedded> => {
    const embedded = await openEmbedded({ dataFolder: folder, log })
    opened.push(embedded)
    return embedded
  }
  const pidOf = (): number => Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])

  beforeAll(() => {
    folder = temporaryDataFolder()
  })
  afterEach(async () => {
    for (const embedded of opened.splice(0)) await embedded.close()
    said.length = 0
  })
  afterAll(() => removeDataFolder(folder))

  it('is made once: UTF-8, on the loopback address only, with a password that only its account can read', async () => {
    const embedded = await open()
    expect(embedded.adopted).toBe(false)
    const settings = await ask(
      embedded.url,
      `SELECT current_setting('listen_addresses') AS address, current_setting('unix_socket_directories') AS sockets, current_setting('fsync') AS fsync,
        current_setting('synchronous_commit') AS commit, current_setting('password_encryption') AS encryption, pg_encoding_to_char(encoding) AS encoding,
        datlocprovider AS provider, datlocale AS locale, upper('é') AS upper FROM pg_database WHERE datname = current_database()`,
    )
    expect(settings).toEqual([
      {
        address: '127.0.0.1',
        sockets: '',
        fsync: 'on',
        commit: 'on',
        encryption: 'scram-sha-256',
        encoding: 'UTF8',
        provider: 'b',
        locale: 'C.UTF-8',
        upper: 'É',
      },
    ])
    expect(statSync(join(folder, 'postgres', 'croupier.password')).mode & 0o777).toBe(0o600)
    await expect(ask(embedded.url.replace(/:[0-9a-f]+@/, ':wrong@'), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    await ask(embedded.url, 'CREATE TABLE kept (n integer)')
    await embedded.close()
    expect(readdirSync(join(folder, 'postgres'))).not.toContain('postmaster.pid')
  })

  it('keeps its data, its password and its port over restarts', async () => {
    const first = await open()
    await ask(first.url, 'INSERT INTO kept VALUES (1)')
    await first.close()
    const second = await open()
    expect(second.url).toBe(first.url)
    expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
    await second.close()
  })

  it('takes another port when somebody else has the last one', async () => {
    const port = Number(readFileSync(join(folder, 'postgres', 'croupier.port'), 'utf8'))
    const stranger = createServer().listen(port, '127.0.0.1')
    const embedded = await open()
    expect(Number(new URL(embedded.url).port)).not.toBe(port)
    await embedded.close()
    stranger.close()
  })

  it('is taken over, not refused, when it outlived a service that was killed', async () => {
    const holder = await holderOf(folder)
    await holder.kill()
    const pid = pidOf()
    expect(isAlive(pid)).toBe(true)
    const embedded = await open()
    expect(embedded).toMatchObject({ adopted: true, url: holder.url })
    await embedded.close()
    await until(() => !isAlive(pid))
  })

  it('comes back on the same port with everything that was acknowledged when it is killed while we live', async () => {
    const embedded = await open()
    await ask(embedded.url, 'INSERT INTO kept VALUES (2)')
    const pid = pidOf()
    process.kill(pid, 'SIGKILL')
    await until(async () => (await ask(embedded.url, 'SELECT n FROM kept ORDER BY n').catch(() => [])).length === 2)
    expect(pidOf()).not.toBe(pid)
    // It answers a moment before its watcher says so.
    await until(async () => said.some((line) => line.includes('is back')))
    await embedded.close()
    expect(readdirSync(join(folder, 'postgres'))).not.toContain('postmaster.pid')
  })

  it('comes back as well when it had been taken over', async () => {
    const holder = await holderOf(folder)
    await holder.kill()
    const embedded = await open()
    process.kill(pidOf(), 'SIGKILL')
    await until(async () => (await ask(embedded.url, 'SELECT 1').catch(() => [])).length === 1)
    await embedded.close()
  })

  it('waits for its own port when somebody took it while it was down', async () => {
    const embedded = await open()
    const port = Number(new URL(embedded.url).port)
    process.kill(pidOf(), 'SIGKILL')
    const stranger = createServer()
    await until(
      () => new Promise<boolean>((resolve) => stranger.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))),
    )
    await until(() => said.some((line) => line.includes('could not bind')))
    stranger.close()
    await until(async () => (await ask(embedded.url, 'SELECT 1').catch(() => [])).length === 1)
    await embedded.close()
  })

  it('recovers when service and PostgreSQL were both killed', async () => {
    const holder = await holderOf(folder)
    await ask(holder.url, 'INSERT INTO kept VALUES (3)')
    const pid = pidOf()
    await holder.kill()
    process.kill(pid, 'SIGKILL')
    const embedded = await open()
    expect(embedded.adopted).toBe(false)
    expect(await ask(embedded.url, 'SELECT max(n) AS n FROM kept')).toEqual([{ n: 3 }])
    await embedded.close()
  })

  it('stays up until the last of several processes leaves', async () => {
    const service = await holderOf(folder)
    const tool = await open()
    expect(tool.adopted).toBe(true)
    const pid = pidOf()
    await service.close()
    expect(await ask(tool.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await tool.close()
    await until(() => !isAlive(pid))
  })

  it('takes no notice of a file that names a process of somebody else', async () => {
    appendFileSync(
      join(folder, 'postgres', 'postmaster.pid'),
      `${process.pid}\n${join(folder, 'postgres')}\n0\n5432\n\n127.0.0.1\n\nready   \n`,
    )
    const embedded = await open()
    expect(embedded.adopted).toBe(false)
    await embedded.close()
  })
})

describe('a new data folder', () => {
  it('gets one cluster when two processes come at once', async () => {
    const folder = temporaryDataFolder()
    const holders = await Promise.all([holderOf(folder), holderOf(folder)])
    await Promise.all(holders.map((holder) => holder.close()))
    expect(holders[0]!.url).toBe(holders[1]!.url)
    expect(readdirSync(join(folder, 'postgres'))).not.toContain('postmaster.pid')
    expect(readdirSync(folder).sort()).toEqual(['postgres', 'postgres.log', 'postgres.tenants'])
    removeDataFolder(folder)
  })
})

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(sql)).rows
  } finally {
    client.end().catch(() => {})
  }
}
