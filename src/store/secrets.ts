/**
 * The installation's secret, and the keys that are derived from it, one for each purpose.
 *
 * It is made once and kept in a file that only its owner can read. Shoppers' pseudonyms depend on it, so a database belongs to one secret:
 * its fingerprint stands in the database, and a node with another secret refuses to start instead of splitting every shopper in two.
 * @see Krawczyk & Eronen (2010), RFC 5869 (HKDF)
 */
import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from './database.ts'
import { keyedHash } from './keyed-hash.ts'
import type { Logger } from './logger.ts'

export interface Secrets {
  /** Tells secrets apart and gives nothing away; 32 hexadecimal digits. */
  readonly fingerprint: string
  /** Signs decision tokens; 32 bytes. */
  readonly tokenKey: Uint8Array
  /** The 16 bytes under which a shopper is known here. */
  pseudonym(unit: string): Uint8Array
  /** 16 bytes for a named source of chance, such as an experiment's salt. */
  seed(name: string): Uint8Array
  /** A uniform number in [0, 1) with 53 bits, for a named draw: nobody without the secret can predict it. */
  draw(name: string): number
  /** The 16 bytes under which a request's answer is kept. */
  requestKey(surface: string, requestId: string): Uint8Array
  /** The text under which questions to a remote strategy are signed: 64 hexadecimal digits. */
  signingKey(policy: string): string
}

const SALT = 'croupier secret v1'
const BYTES_LEAST = 32

/** Reads the secret, making it on the first start, and checks that the database belongs to it. */
export async function openSecrets(options: {
  readonly file: string
  readonly database: Database
  readonly log?: Logger
}): Promise<Secrets> {
  const secrets = readSecrets(options.file, options.log)
  await claimInstallation(options.database, secrets)
  return secrets
}

/** Reads the secret without a database, making it when there is none. Throws when it is too short. */
export function readSecrets(file: string, log?: Logger): Secrets {
  makeOnce(file)
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) log?.warn(`${file} can be read by others; chmod 600 it`)
  const secret = readFileSync(file, 'utf8').trim()
  if (Buffer.byteLength(secret) < BYTES_LEAST) throw new Error(`The secret in ${file} has less than ${BYTES_LEAST} characters.`)
  return secretsOf(secret)
}

/** The keys of a secret. */
export function secretsOf(secret: string): Secrets {
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', secret, SALT, purpose, 32))
  const draws = keyedHash(derive('draws'))
  const requests = keyedHash(derive('request keys'))
  const signing = derive('remote strategies')
  return {
    fingerprint: Buffer.from(derive('fingerprint').subarray(0, 16)).toString('hex'),
    tokenKey: derive('decision tokens'),
    pseudonym: keyedHash(derive('pseudonyms')),
    seed: keyedHash(derive('seeds')),
    draw: (name) => uniformOf(draws(name)),
    requestKey: (surface, requestId) => requests(`${surface}\0${requestId}`),
    signingKey: (policy) => createHmac('sha256', signing).update(policy).digest('hex'),
  }
}

/** The first 53 bits as a fraction. */
function uniformOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
  return ((view.getUint32(0) >>> 5) * 0x400_0000 + (view.getUint32(4) >>> 6)) / 2 ** 53
}

/** Notes on the first start which secret the database belongs to; rejects when it belongs to another. */
export async function claimInstallation(database: Database, { fingerprint }: Secrets): Promise<void> {
  await database.knex('installation').insert({ secret_fingerprint: fingerprint }).onConflict('singleton').ignore()
  const [row] = await database.knex('installation').select('secret_fingerprint')
  if (row.secret_fingerprint !== fingerprint)
    throw new Error(
      `This database belongs to another secret (fingerprint ${row.secret_fingerprint}, ours is ${fingerprint}). ` +
        'Start with the secret file of the installation that made it (CROUPIER_SECRET_FILE).',
    )
}

/** Written beside and linked into place: of two processes that start at once, both get the first one's secret. */
function makeOnce(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })) return
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true })
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
