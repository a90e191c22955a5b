/**
 * The usable API keys in memory: checking one costs about a microsecond and asks nobody.
 *
 * All keys are read at once and again when somebody changes one. A selector that is not there makes the ring read again, at most once a
 * second: a key made a moment ago on another node works, and guessing does not reach the database. Which keys were used is noted in memory
 * and written once a minute. A copy in a file (selectors, verifiers, scopes: nothing that opens anything) lets a node that starts while the
 * database is away know its callers.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { credentialsOf, isSecretOf } from './api-key.ts'
import type { Database } from './database.ts'
import type { Logger } from './logger.ts'

export interface Caller {
  readonly selector: string
  readonly scopes: readonly string[]
}

export interface KeyRing {
  /** The caller, or null for a key that is unknown, wrong, expired or revoked. Asks the database only for an unknown selector. */
  verify(presented: string): Caller | null | Promise<Caller | null>
  /** Reads the keys again. Rejects when the database is away; the ring stays as it is. */
  refresh(): Promise<void>
  close(): Promise<void>
}

export interface KeyRingOptions {
  readonly database: Database
  readonly log: Logger
  /** Where the copy is kept; none without it. */
  readonly file?: string
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

interface Entry {
  readonly caller: Caller
  readonly verifier: Uint8Array
  /** Milliseconds since 1970, or Infinity. */
  readonly expiresAt: number
  /** 0 when it was not used since that was last written. */
  usedAt: number
}

interface Row {
  readonly selector: string
  readonly verifier: Uint8Array
  readonly scopes: readonly string[]
  readonly expiresAt: Date | null
}

const READ_AGAIN_MS = 1_000
/** A revocation elsewhere is heard at once; this is for when hearing fails. */
const REFRESH_MS = 30_000
const WRITE_USE_MS = 60_000

const READ = `
SELECT k.selector, k.verifier, k.scopes, k.expires_at AS "expiresAt"
FROM api_keys k
WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
ORDER BY k.selector`

const WRITE_USE = `
UPDATE api_keys k
SET last_used_at = used.at
FROM unnest($1::text[], $2::timestamptz[]) AS used (selector, at)
WHERE k.selector = used.selector AND (k.last_used_at IS NULL OR k.last_used_at < used.at)`

/** Reads the keys, from the file when the database is away. */
export async function openKeyRing({ database, log, file, now = Date.now }: KeyRingOptions): Promise<KeyRing> {
  let entries: ReadonlyMap<string, Entry> = new Map()
  let reading: Promise<void> | null = null
  let readAt = Number.NEGATIVE_INFINITY

  async function read(): Promise<void> {
    readAt = now()
    const { rows } = await database.hot.query<Row>(READ)
    entries = entriesOf(rows, entries)
    if (file) keep(file, rows, log)
  }
  const refresh = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = null
    })
    return reading
  }
  const refreshQuietly = () => refresh().catch((error: Error) => log.warn(`API keys could not be read again: ${error.message}`))

  async function writeUse(): Promise<void> {
    const used = [...entries.values()].filter(({ usedAt }) => usedAt > 0)
    if (used.length === 0) return
    await database.admin.query(WRITE_USE, [used.map(({ caller }) => caller.selector), used.map(({ usedAt }) => new Date(usedAt))])
    for (const entry of used) entry.usedAt = 0
  }
  const writeUseQuietly = () =>
    writeUse().catch((error: Error) => log.warn(`The last use of API keys could not be written: ${error.message}`))

  const check = (entry: Entry, secret: string): Caller | null => {
    const moment = now()
    if (!isSecretOf(secret, entry.verifier) || entry.expiresAt <= moment) return null
    entry.usedAt = moment
    return entry.caller
  }

  await refresh().catch((error: Error) => {
    if (!file) throw error
    log.warn(`The database is away (${error.message}); knowing only the API keys of the last time`)
    entries = entriesOf(recall(file), entries)
  })
  // A reading that is under way may have begun before the change: then another one follows.
  const forget = database.changes.listen((topic) => {
    if (topic === 'keys') void (reading ?? Promise.resolve()).catch(() => undefined).then(refreshQuietly)
  })
  const timers = [setInterval(refreshQuietly, REFRESH_MS), setInterval(writeUseQuietly, WRITE_USE_MS)]
  for (const timer of timers) timer.unref()

  return {
    verify(presented) {
      const credentials = credentialsOf(presented)
      if (!credentials) return null
      const entry = entries.get(credentials.selector)
      if (entry) return check(entry, credentials.secret)
      if (!reading && now() - readAt < READ_AGAIN_MS) return null
      return refresh().then(() => {
        const found = entries.get(credentials.selector)
        return found ? check(found, credentials.secret) : null
      })
    },
    refresh,
    async close() {
      for (const timer of timers) clearInterval(timer)
      forget()
      await reading?.catch(() => {})
      await writeUseQuietly()
    },
  }
}

function entriesOf(rows: readonly Row[], before: ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> {
  return new Map(
    rows.map(({ selector, verifier, scopes, expiresAt }) => [
      selector,
      {
        caller: { selector, scopes },
        verifier,
        expiresAt: expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
        usedAt: before.get(selector)?.usedAt ?? 0,
      },
    ]),
  )
}

function keep(file: string, rows: readonly Row[], log: Logger): void {
  const text = JSON.stringify(rows.map((row) => ({ ...row, verifier: Buffer.from(row.verifier).toString('hex') })))
  try {
    if (textOf(file) === text) return
    writeFileSync(`${file}.new`, text, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    log.warn(`The copy of the API keys could not be written: ${(error as Error).message}`)
  }
}

function recall(file: string): readonly Row[] {
  const kept = JSON.parse(textOf(file) ?? '[]') as { selector: string; verifier: string; scopes: string[]; expiresAt: string | null }[]
  return kept.map((row) => ({
    ...row,
    verifier: Buffer.from(row.verifier, 'hex'),
    expiresAt: row.expiresAt ? new Date(row.expiresAt) : null,
  }))
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
