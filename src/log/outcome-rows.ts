/** Writes outcomes to their table: each outcomeId once for ever, whichever node, batch or repetition it comes from. */
import type { ClientBase } from 'pg'
import { arrayLiteral, hexOf } from './keyed-rows.ts'
import type { OutcomeRecord } from './log.ts'
import { statement } from './statement.ts'

export type Written = 'accepted' | 'duplicate' | 'conflict'

/** An outcome is late when it is told more than a day after it happened. */
const LATE_MS = 24 * 3_600_000
const APPEND = statement('append-outcomes')
const HASHES = statement('outcome-hashes')

/** One statement for all; one more when some were there before. One answer a record, in their order. Rejects with PostgreSQL's error. */
export async function writeOutcomes(client: ClientBase, records: readonly OutcomeRecord[]): Promise<readonly Written[]> {
  const first = new Map<string, OutcomeRecord>()
  for (const record of records) if (!first.has(record.outcomeId)) first.set(record.outcomeId, record)
  const values = parameters([...first.values()])
  const fresh = await client.query<{ outcome_id: string }>({ name: 'append-outcomes', text: APPEND, values })
  const accepted = new Set(fresh.rows.map((row) => row.outcome_id))
  const hashes = await hashesOf(
    client,
    [...first.keys()].filter((id) => !accepted.has(id)),
  )
  return records.map(({ outcomeId, bodyHash }) => {
    if (accepted.delete(outcomeId)) return 'accepted'
    const hash = hashes.get(outcomeId) ?? hexOf(first.get(outcomeId)!.bodyHash)
    return hash === hexOf(bodyHash) ? 'duplicate' : 'conflict'
  })
}

async function hashesOf(client: ClientBase, outcomeIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (outcomeIds.length === 0) return new Map()
  const { rows } = await client.query<{ outcome_id: string; body_hash: string }>({
    name: 'outcome-hashes',
    text: HASHES,
    values: [outcomeIds],
  })
  return new Map(rows.map((row) => [row.outcome_id, row.body_hash]))
}

function parameters(records: readonly OutcomeRecord[]): string[] {
  const column = (of: (record: OutcomeRecord) => string | number | Uint8Array | null) => arrayLiteral(records.map(of))
  return [
    column(({ outcomeId }) => outcomeId),
    column(({ bodyHash }) => bodyHash),
    column(({ receivedAt }) => receivedAt),
    column(({ occurredAt, receivedAt }) => Math.min(occurredAt, receivedAt)),
    column(({ unit }) => unit),
    column(({ decisionId }) => decisionId && hexOf(decisionId)),
    column(({ type }) => type),
    column(({ itemNo }) => itemNo),
    column(({ itemId }) => itemId),
    column(({ valueMinor }) => (valueMinor === null ? null : String(valueMinor))),
    column(({ currency }) => currency),
    column(({ quantity }) => quantity),
    column((record) => arrayLiteral(flagsOf(record))),
  ]
}

function flagsOf({ flags, occurredAt, receivedAt }: OutcomeRecord): readonly string[] {
  return occurredAt < receivedAt - LATE_MS && !flags.includes('late') ? [...flags, 'late'] : flags
}
