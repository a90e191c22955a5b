/**
 * One flush of exposures: everything in one write, one transaction, one answer.
 *
 *     Bind Execute (keyed rows)  Bind Execute (answers given before)  Bind Execute CopyData CopyDone (plain rows)  Sync
 *
 * pg's own queries wait for each answer before they send the next message. COPY through the extended protocol needs no such pause: the
 * server reads the rows after it has answered CopyInResponse, and skips to Sync when it refused the statement.
 * @see PostgreSQL documentation, "Message Flow", COPY operations and extended query
 */
import type { Client, Submittable } from 'pg'
import { COPY_COLUMNS } from './copy-rows.ts'
import { arrayLiteral, hexOf, type KeyedExposure, keyedParameters } from './keyed-rows.ts'
import { statement } from './statement.ts'

/** An answer that was given to a requestId before. */
export interface Repeated {
  readonly bodyHash: string
  readonly response: Uint8Array
}

export interface Flush {
  /** A whole CopyData and CopyDone message, or null when there are no plain rows. */
  readonly rows: Uint8Array | null
  /** At most one row a key. */
  readonly keyed: readonly KeyedExposure[]
}

/** What of pg's connection is used here. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void; write(bytes: Uint8Array): boolean }
  parse(message: { name: string; text: string }): void
  bind(message: { statement: string; values: readonly string[] }): void
  execute(message: object): void
  sync(): void
}

const STATEMENTS = {
  'append-idempotent': statement('append-idempotent'),
  'repeated-requests': statement('repeated-requests'),
  'copy-exposures': `COPY exposures (${COPY_COLUMNS.join(', ')}) FROM STDIN (FORMAT binary)`,
}

/** Prepares a connection for flushes. */
export function prepareFlushes(client: Client): Promise<unknown> {
  return submit(client, (wire) => {
    for (const [name, text] of Object.entries(STATEMENTS)) wire.parse({ name, text })
  })
}

/** Writes the rows. Resolves with the repeated requests by the hex of their key once the transaction is durable. */
export async function flush(client: Client, { rows, keyed }: Flush): Promise<ReadonlyMap<string, Repeated>> {
  const found = await submit(client, (wire) => {
    if (keyed.length > 0) {
      execute(wire, 'append-idempotent', keyedParameters(keyed))
      const keys = keyed.map(({ key }) => key?.key ?? null)
      execute(wire, 'repeated-requests', [arrayLiteral(keys), arrayLiteral(keyed.map(({ exposure }) => hexOf(exposure.decisionId)))])
    }
    if (!rows) return
    execute(wire, 'copy-exposures')
    wire.stream.write(rows)
  })
  return new Map(found.map(([key, bodyHash, response]) => [key!, { bodyHash: bodyHash!, response: Buffer.from(response!, 'base64') }]))
}

function execute(wire: Wire, name: keyof typeof STATEMENTS, values: readonly string[] = []): void {
  wire.bind({ statement: name, values })
  wire.execute({})
}

/** Sends messages and a Sync in one write; resolves with the data rows, all columns as text, when the server is ready again. */
function submit(client: Client, write: (wire: Wire) => void): Promise<(string | null)[][]> {
  return new Promise((resolve, reject) => {
    const found: (string | null)[][] = []
    const ignore = () => {}
    const submittable = {
      submit(connection: unknown) {
        const wire = connection as Wire
        wire.stream.cork()
        write(wire)
        wire.sync()
        wire.stream.uncork()
      },
      handleDataRow: (message: { fields: (string | null)[] }) => found.push(message.fields),
      handleReadyForQuery: () => resolve(found),
      handleError: reject,
      handleCopyInResponse: ignore,
      handleCommandComplete: ignore,
      handleRowDescription: ignore,
      handlePortalSuspended: ignore,
      handleEmptyQuery: ignore,
    }
    client.query(submittable as unknown as Submittable)
  })
}
