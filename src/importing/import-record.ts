/**
 * The record of an import in the table `imports`: which file under which mapping, how far it came, and what became of its rows.
 *
 * Progress is written in the transaction of the rows it counts. So after any crash the record and the rows agree, and the next start goes
 * on behind the last line that is in.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Kind } from './fields.ts'

/** The first half of our advisory locks: "impo" in ASCII. */
const LOCK_CLASS = 0x696d706f
/** A killed importer's connection takes a moment to be noticed. */
const LOCK_WAIT_MS = 15_000
const LOCK_RETRY_MS = 200

export interface Identity {
  readonly kind: Kind
  readonly fileName: string
  /** SHA-256 of the file. */
  readonly fileHash: Uint8Array
  /** Hash of everything that decides how rows are read. */
  readonly mappingHash: string
}

export interface Begun {
  readonly id: number
  /** Line of the last row that is in; 0 at first. */
  readonly linesDone: number
  readonly finishedAt: Date | null
  /** What it said of its rows when it was last written. */
  readonly accepted: number
  readonly reasons: Reasons
}

/** refused, skipped and notes: rows by reason. */
export type Reasons = Readonly<Record<string, Readonly<Record<string, number>>>>

/** How far an import is. */
export interface Progress {
  readonly linesDone: number
  readonly accepted: number
  readonly refused: number
  readonly reasons: Reasons
}

/** Finds or makes the record, and holds it for this connection: nobody else imports the same file meanwhile. */
export async function beginImport(client: pg.Client, identity: Identity): Promise<Begun> {
  const { kind, fileName, fileHash, mappingHash } = identity
  const values = [kind, fileHash, mappingHash]
  const find = () => client.query<RecordRow>(FIND, values)
  let [found] = (await find()).rows
  if (!found) {
    await client.query('INSERT INTO imports (kind, file_hash, mapping_hash, file_name) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
      ...values,
      fileName,
    ])
    found = (await find()).rows[0]!
  }
  await hold(client, found.id)
  found = (await find()).rows[0]!
  return {
    id: found.id,
    linesDone: Number(found.lines_done),
    finishedAt: found.finished_at,
    accepted: Number(found.rows_accepted),
    reasons: found.reasons,
  }
}

/** Finished or begun imports of the same file under another mapping, with rows in the database. */
export async function otherImports(client: pg.Client, identity: Identity): Promise<readonly { id: number; rows: number }[]> {
  const { rows } = await client.query<{ id: number; rows_accepted: bigint }>(
    'SELECT imports.id, imports.rows_accepted FROM imports WHERE imports.kind = $1 AND imports.file_hash = $2 AND imports.mapping_hash <> $3 AND imports.rows_accepted > 0 ORDER BY imports.id',
    [identity.kind, identity.fileHash, identity.mappingHash],
  )
  return rows.map((row) => ({ id: row.id, rows: Number(row.rows_accepted) }))
}

/** The statement that notes the progress; it goes into the transaction of the rows. */
export function advancing(client: pg.Client, id: number, { linesDone, accepted, refused, reasons }: Progress): string {
  const told = client.escapeLiteral(JSON.stringify(reasons))
  return `UPDATE imports SET lines_done = ${linesDone}, rows_accepted = ${accepted}, rows_refused = ${refused}, reasons = ${told} WHERE imports.id = ${id}`
}

/** Marks the import as complete; call it in the last transaction. */
export async function finishImport(client: pg.Client, id: number): Promise<void> {
  await client.query('UPDATE imports SET finished_at = now() WHERE imports.id = $1', [id])
}

interface RecordRow {
  readonly id: number
  readonly lines_done: bigint
  readonly rows_accepted: bigint
  readonly finished_at: Date | null
  readonly reasons: Reasons
}

const FIND = `
  SELECT imports.id, imports.lines_done, imports.rows_accepted, imports.finished_at, imports.reasons
  FROM imports
  WHERE imports.kind = $1 AND imports.file_hash = $2 AND imports.mapping_hash = $3`

async function hold(client: pg.Client, id: number): Promise<void> {
  for (let waited = 0; ; waited += LOCK_RETRY_MS) {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS held', [LOCK_CLASS, id])
    if (rows[0]!.held) return
    if (waited >= LOCK_WAIT_MS) throw new Error('This file is being imported by another process.')
    await sleep(LOCK_RETRY_MS)
  }
}
