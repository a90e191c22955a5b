/** A session: one connection that carries one import, from its record to its last transaction. */
import pg from 'pg'
import { CHANNEL, messageOf } from '../store/changes.ts'
import { typesOf } from '../store/value-types.ts'
import { advancing, type Begun, beginImport, finishImport, type Identity, otherImports, type Progress } from './import-record.ts'
import { CHUNK_ROWS } from './interaction-chunk.ts'
import { putItems } from './item-writer.ts'
import type { Reading } from './reading.ts'
import type { InteractionRow, ItemRow } from './row-reader.ts'
import { addUp, type RowWriter, type Written } from './row-writer.ts'
import { inTransaction } from './transaction.ts'

/** Where an import goes. */
export interface ImportWorld {
  readonly url: string
  /** Pseudonym of a shopper, 16 bytes. */
  readonly pseudonym: (unit: string) => Uint8Array
}

export interface Session {
  readonly begun: Begun
  readonly writer: RowWriter<ItemRow | InteractionRow> | null
  /** Writes the catalogue that came along and marks the import as complete. */
  finish(reading: Reading, progress: Progress): Promise<Written>
  close(): Promise<void>
}

const STATEMENT_MS = 120_000
const LOCK_MS = 30_000
const CONNECT_MS = 5_000
/** Who we are in a change message: nobody that listens. */
const NODE = 'import'

/**
 * Connects, finds or makes the record of this import and holds it. Rejects with a sentence when the same file is being imported, or was
 * imported under another mapping and `again` is false.
 */
export async function openSession(world: ImportWorld, identity: Identity, reading: Reading, again: boolean): Promise<Session> {
  const client = new pg.Client({
    connectionString: world.url,
    application_name: 'croupier import',
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS,
    lock_timeout: LOCK_MS,
    keepAlive: true,
    types: typesOf(),
  })
  // Whoever waits for an answer is told by its own rejection.
  client.on('error', () => {})
  await client.connect()
  try {
    // The last transaction waits for the disk, and the log of PostgreSQL is one sequence: what came before is on disk then, too.
    await client.query('SET synchronous_commit = off')
    const begun = await beginImport(client, identity)
    if (begun.finishedAt === null && !again && identity.kind === 'interactions') await refuseOther(client, identity)
    const writer = begun.finishedAt === null ? reading.writer({ client, importId: begun.id, pseudonym: world.pseudonym }) : null
    return { begun, writer, finish: (...last) => finish(client, begun.id, ...last), close: () => client.end() }
  } catch (error) {
    await client.end()
    throw error
  }
}

async function refuseOther(client: pg.Client, identity: Identity): Promise<void> {
  const [other] = await otherImports(client, identity)
  if (!other) return
  const rows = other.rows.toLocaleString('en')
  throw new Error(
    `This file was imported before with another mapping (import ${other.id}, ${rows} rows); they would count twice. To import it anyway: --again.`,
  )
}

async function finish(client: pg.Client, id: number, reading: Reading, progress: Progress): Promise<Written> {
  const written: Written = { itemsAdded: 0, itemsChanged: 0 }
  const { items, manner } = reading.catalogue()
  for (let from = 0; from < items.length; from += CHUNK_ROWS)
    await inTransaction(client, async () => addUp(written, await putItems(client, items.slice(from, from + CHUNK_ROWS), manner)))
  await client.query('SET synchronous_commit = on')
  await inTransaction(client, async () => {
    await client.query('SELECT pg_notify($1, $2)', [CHANNEL, messageOf(NODE, 'items')])
    await client.query(advancing(client, id, progress))
    await finishImport(client, id)
  })
  return written
}
