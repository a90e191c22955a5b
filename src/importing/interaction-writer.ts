/** Writes interactions: shoppers become pseudonyms, items their numbers, a chunk becomes one COPY. */
import type pg from 'pg'
import { copyInto } from './copy.ts'
import { advancing, type Progress } from './import-record.ts'
import { COLUMNS, type InteractionChunk, interactionChunk } from './interaction-chunk.ts'
import { itemNumbers } from './item-numbers.ts'
import { remembered } from './memory.ts'
import type { InteractionRow } from './row-reader.ts'
import type { RowWriter, Written } from './row-writer.ts'

/** A pseudonym is an HMAC, 5 µs; the last 100,000 shoppers are remembered. */
const SHOPPERS_REMEMBERED = 100_000

export interface InteractionTarget {
  readonly client: pg.Client
  readonly importId: number
  /** Pseudonym of a shopper, 16 bytes. */
  readonly pseudonym: (unit: string) => Uint8Array
}

/** Opens a writer. While one chunk is on its way to PostgreSQL the next one is filled; chunks are used again. */
export function interactionWriter({ client, importId, pseudonym }: InteractionTarget): RowWriter<InteractionRow> {
  const numbers = itemNumbers(client)
  const pseudonymOf = remembered(SHOPPERS_REMEMBERED, pseudonym)
  const free: InteractionChunk[] = []
  let chunk = interactionChunk(importId)
  const written: Written = { itemsAdded: 0, itemsChanged: 0 }

  return {
    written,
    get waiting() {
      return chunk.rows
    },
    add(line, row) {
      chunk.add(line, row, row.unit === null ? null : pseudonymOf(row.unit), numbers.known(row.itemId))
    },
    take(progress) {
      const full = chunk
      chunk = free.pop() ?? interactionChunk(importId)
      return async () => {
        await write(full, progress)
        full.clear()
        free.push(full)
      }
    },
  }

  async function write(full: InteractionChunk, progress: Progress): Promise<void> {
    const statements = `COPY interactions (${COLUMNS}) FROM STDIN (FORMAT binary); ${advancing(client, importId, progress)}; COMMIT`
    if (full.open.size === 0) return copyInto(client, `BEGIN; ${statements}`, full.bytes())
    await client.query('BEGIN')
    written.itemsAdded += await numbers.settle(full.open, full.settle)
    await copyInto(client, statements, full.bytes())
  }
}
