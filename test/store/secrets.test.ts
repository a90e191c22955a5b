import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { openSecrets, readSecrets, secretsOf } from '../../src/store/secrets.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

let folder: string
let fresh: FreshDatabase
let database: Database
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'croupier-secrets-'))
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
})
beforeEach(() => database.knex('installation').delete())
afterAll(async () => {
  await database.close()
  await fresh.drop()
  rmSync(folder, { recursive: true })
})

describe('the secret', () => {
  it('is made once, for its owner alone, and read again afterwards', () => {
    const file = join(folder, 'deep', 'secret')
    const first = readSecrets(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'deep'))).toEqual(['secret'])
    expect(readSecrets(file).fingerprint).toBe(first.fingerprint)
    expect(readSecrets(join(folder, 'another')).fingerprint).not.toBe(first.fingerprint)
  })

  it('is refused when it is too short, and told of when others can read it', () => {
    const file = join(folder, 'weak')
    writeFileSync(file, 'password\n', { mode: 0o600 })
    expect(() => readSecrets(file)).toThrow('less than 32 characters')
    writeFileSync(file, 'x'.repeat(32))
    chmodSync(file, 0o644)
    const warned: string[] = []
    readSecrets(file, { info() {}, warn: (line) => warned.push(line), error() {} })
    expect(warned.join()).toContain('can be read by others')
  })

  it('belongs to one database: a node with another one refuses to start', async () => {
    const first = await openSecrets({ file: join(folder, 'one'), database })
    expect((await openSecrets({ file: join(folder, 'one'), database })).fingerprint).toBe(first.fingerprint)
    await expect(openSecrets({ file: join(folder, 'two'), database })).rejects.toThrow(/belongs to another secret/)
  })
})

describe('what is derived from the secret', () => {
  const secrets = secretsOf('a secret that everybody may know, for tests')
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

  it('stays the same for ever, or every shopper would become another', () => {
    expect({
      fingerprint: secrets.fingerprint,
      pseudonym: hex(secrets.pseudonym('shopper-42')),
      seed: hex(secrets.seed('experiment 1 arms')),
      requestKey: hex(secrets.requestKey('home', 'r-1')),
      tokenKey: hex(secrets.tokenKey),
    }).toEqual({
      fingerprint: '4dda1640a01dc53c87d9a57ae289ac48',
      pseudonym: '538f23a752f0e80613637c2fb0d6dbdb',
      requestKey: 'dd2488d1a310eeddc10e291c3560bf21',
      seed: 'dcf9a88da0a3fe9c39d24dd5896cf2e9',
      tokenKey: '07371b069ea6bb95d36edba65a2845de9ee6a613d7b5def9108edfd5eedac026',
    })
  })

  it('differs by purpose, by text and by secret', () => {
    const other = secretsOf('another secret that everybody may know, for tests')
    const all = [secrets, other].flatMap((each) => [
      each.fingerprint,
      hex(each.tokenKey).slice(0, 32),
      ...['a', 'b'].flatMap((text) => [hex(each.pseudonym(text)), hex(each.seed(text)), hex(each.requestKey(text, text))]),
    ])
    expect(new Set(all).size).toBe(all.length)
    expect(hex(secrets.requestKey('home', 'page-1'))).not.toBe(hex(secrets.requestKey('homep', 'age-1')))
  })
})
