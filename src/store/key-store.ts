/** API keys in the table: made, listed, renewed, revoked. Of a key's secret only a hash is kept, so its text is shown once. */
import type { Knex } from 'knex'
import { credentialsOf, isSecretOf, KEY_LENGTH_LEAST, makeKey, verifierOf } from './api-key.ts'
import type { Database } from './database.ts'
import type { PageOf } from './noun.ts'
import { transact } from './transact.ts'

export interface StoredKey {
  readonly selector: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly lastUsedAt: Date | null
}

/** The only moment at which a key's text is known. */
export interface NewKey {
  readonly key: string
  readonly stored: StoredKey
}

export interface KeyRequest {
  readonly name: string
  readonly scopes: readonly string[]
  readonly expiresAt: Date | null
}

export interface KeyStore {
  /** In the order of selectors. */
  list(page: PageOf): Promise<readonly StoredKey[]>
  get(selector: string): Promise<StoredKey | null>
  create(request: KeyRequest): Promise<NewKey>
  /** A successor with the same name, scopes and length of life; the old key ends at `oldUntil`. Null when it opens nothing any more. */
  rotate(selector: string, oldUntil: Date): Promise<NewKey | null>
  /** False when there is no such key. */
  revoke(selector: string): Promise<boolean>
  /**
   * Sees to it that somebody can come in: notes the bootstrap key when it is new, else makes an admin key when there is no key at all.
   * Returns the text of a key that was made, to be shown once. Throws when the bootstrap key is none.
   */
  ensureFirst(bootstrap: string | undefined): Promise<string | null>
}

export const ALL_SCOPES = ['storefront', 'product', 'finance', 'ops', 'admin'] as const

const COLUMNS = [
  ...['selector', 'name', 'scopes', 'created_at as createdAt', 'expires_at as expiresAt'],
  ...['revoked_at as revokedAt', 'last_used_at as lastUsedAt'],
]
const KEYS = { topic: 'keys' } as const

/** `environment`: stands in the text of keys, such as "live" or "test". */
export function keyStore(database: Database, environment = 'live'): KeyStore {
  const { knex } = database

  async function make(transaction: Knex, request: KeyRequest): Promise<NewKey> {
    const { key, selector, secret } = makeKey(environment)
    return { key, stored: await insert(transaction, { ...request, selector, secret }) }
  }

  return {
    async list({ after = '', limit }) {
      return knex('api_keys').where('selector', '>', after).orderBy('selector').limit(limit).select(COLUMNS)
    },
    get: async (selector) => (await knex('api_keys').where({ selector }).first(COLUMNS)) ?? null,
    create: (request) => transact(database, KEYS, (transaction) => make(transaction, request)),
    rotate: (selector, oldUntil) =>
      transact(database, { ...KEYS, changed: (made) => made !== null }, async (transaction) => {
        const old: StoredKey | undefined = await transaction('api_keys').where({ selector }).forUpdate().first(COLUMNS)
        const moment = Date.now()
        if (!old || old.revokedAt || (old.expiresAt && old.expiresAt.getTime() <= moment)) return null
        const ends = old.expiresAt && old.expiresAt < oldUntil ? old.expiresAt : oldUntil
        await transaction('api_keys').where({ selector }).update({ expires_at: ends })
        const expiresAt = old.expiresAt && new Date(moment + old.expiresAt.getTime() - old.createdAt.getTime())
        return make(transaction, { name: old.name, scopes: old.scopes, expiresAt })
      }),
    revoke: (selector) =>
      transact(database, { ...KEYS, changed: (found) => found }, async (transaction) => {
        const known = await transaction('api_keys').where({ selector }).first('selector')
        if (!known) return false
        await transaction('api_keys').where({ selector }).whereNull('revoked_at').update({ revoked_at: transaction.fn.now() })
        return true
      }),
    ensureFirst: (bootstrap) =>
      transact(database, KEYS, async (transaction) => {
        if (bootstrap !== undefined) {
          await noteBootstrap(transaction, bootstrap)
          return null
        }
        if (await transaction('api_keys').first('selector')) return null
        return (await make(transaction, { name: 'first admin key', scopes: ALL_SCOPES, expiresAt: null })).key
      }),
  }
}

async function insert(
  knex: Knex,
  { selector, secret, name, scopes, expiresAt }: KeyRequest & { selector: string; secret: string },
): Promise<StoredKey> {
  const row = { selector, verifier: verifierOf(secret), name, scopes: [...scopes], expires_at: expiresAt }
  const [stored] = await knex('api_keys').insert(row).returning(COLUMNS)
  return stored as StoredKey
}

/** A bootstrap key that was revoked stays revoked. */
async function noteBootstrap(knex: Knex, bootstrap: string): Promise<void> {
  const credentials = credentialsOf(bootstrap)
  if (!credentials)
    throw new Error(
      `CROUPIER_BOOTSTRAP_KEY is no key: it has the form cr_<env>_<selector>_<secret>, or any text of ${KEY_LENGTH_LEAST} to 256 characters.`,
    )
  const known = await knex('api_keys').where({ selector: credentials.selector }).first('verifier')
  if (!known) await insert(knex, { ...credentials, name: 'bootstrap', scopes: ALL_SCOPES, expiresAt: null })
  else if (!isSecretOf(credentials.secret, known.verifier))
    throw new Error(`CROUPIER_BOOTSTRAP_KEY has the selector "${credentials.selector}" of another key. Choose another selector.`)
}
