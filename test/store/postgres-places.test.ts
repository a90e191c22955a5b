import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEmbedded } from '../../src/store/embedded.ts'
import { type Account, accountFor } from '../../src/store/postgres/account.ts'
import { packageFolder, usableBinaries } from '../../src/store/postgres/binaries.ts'

const isRoot = process.getuid?.() === 0
const said: string[] = []
const log = { info: (line: string) => said.push(line), warn() {}, error() {} }

let folder: string
beforeEach(() => {
  said.length = 0
  folder = mkdtempSync(join(tmpdir(), 'croupier-places-'))
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the data folder', () => {
  it('is refused when its cluster is something else, and left as it is', async () => {
    mkdirSync(join(folder, 'postgres'))
    writeFileSync(join(folder, 'postgres', 'diary.txt'), 'mine')
    await expect(openEmbedded({ dataFolder: folder, log })).rejects.toThrow('not a PostgreSQL cluster')
    expect(readdirSync(join(folder, 'postgres'))).toEqual(['diary.txt'])
  })

  it('is refused when another major version made it', async () => {
    mkdirSync(join(folder, 'postgres'))
    writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '15\n')
    await expect(openEmbedded({ dataFolder: folder, log })).rejects.toThrow(/made by PostgreSQL 15, and this release brings 18/)
  })

  it('is refused in the words of PostgreSQL when it is damaged', async () => {
    const embedded = await openEmbedded({ dataFolder: folder, log })
    await embedded.close()
    rmSync(join(folder, 'postgres', 'global', 'pg_control'))
    await expect(openEmbedded({ dataFolder: folder, log })).rejects.toThrow(/did not start: [\s\S]*pg_control/)
  })
})

describe("PostgreSQL's programs", () => {
  it('are made complete when the install script that makes their links was blocked', () => {
    const copy = copyOfPackage({ links: false })
    const program = join(copy, 'native', 'bin', 'postgres')
    expect(spawnSync(program, ['--version']).status).not.toBe(0)
    const binaries = usableBinaries(copy, null, { copies: join(folder, 'copies'), log })
    expect(binaries.postgres).toBe(program)
    expect(spawnSync(program, ['--version']).status).toBe(0)
    expect(existsSync(join(folder, 'copies'))).toBe(false)
  })

  it('are made executable when npm left them without the permission', () => {
    const copy = copyOfPackage({ links: true })
    chmodSync(join(copy, 'native', 'bin', 'postgres'), 0o644)
    chmodSync(join(copy, 'native', 'bin', 'initdb'), 0o644)
    expect(usableBinaries(copy, null, { copies: join(folder, 'copies'), log }).major).toBe(18)
  })
})

describe.skipIf(!isRoot)('started by root, PostgreSQL', () => {
  it('runs as another user, who owns the cluster', async () => {
    const embedded = await openEmbedded({ dataFolder: folder, log })
    const { uid } = lstatSync(join(folder, 'postgres'))
    const pid = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]
    expect(uid).toBeGreaterThan(0)
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toContain(`\nUid:\t${uid}\t${uid}`)
    await embedded.close()
  })

  it('keeps the owner that a cluster has', () => {
    chownSync(folder, 65534, 65534)
    expect(accountFor(folder)).toMatchObject({ uid: 65534, gid: 65534 })
  })

  it('has its cluster elsewhere when its user cannot enter the data folder', async () => {
    chmodSync(folder, 0o700)
    const dataFolder = join(folder, 'data')
    const first = await openEmbedded({ dataFolder, log })
    await first.close()
    const home = readFileSync(join(dataFolder, 'postgres.location'), 'utf8').trim()
    expect(dirname(home)).toBe('/var/lib/croupier')
    expect(said.join()).toContain(home)
    const second = await openEmbedded({ dataFolder, log })
    expect(second.url).toBe(first.url)
    await second.close()

    cpSync(dataFolder, join(folder, 'copy'), { recursive: true })
    await expect(openEmbedded({ dataFolder: join(folder, 'copy'), log })).rejects.toThrow(/points to the database of .*data/)
    rmSync(home, { recursive: true })
  })

  it('runs from a copy of its programs when its user cannot reach them', () => {
    const copy = copyOfPackage({ links: true })
    chmodSync(dirname(copy), 0o700)
    const account = accountFor(join(folder, 'none')) as Account
    const copies = join(folder, 'copies')
    const binaries = usableBinaries(copy, account, { copies, log })
    expect(binaries.postgres.startsWith(copies)).toBe(true)
    expect(spawnSync(binaries.postgres, ['--version'], { uid: account.uid, gid: account.gid, cwd: '/' }).status).toBe(0)
    expect(usableBinaries(copy, account, { copies, log })).toEqual(binaries)
    expect(said.filter((line) => line.includes('copying'))).toHaveLength(1)
  })
})

function copyOfPackage(options: { readonly links: boolean }): string {
  const copy = join(folder, 'npm', 'package')
  cpSync(packageFolder(), copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => options.links || !lstatSync(path).isSymbolicLink(),
  })
  return copy
}
