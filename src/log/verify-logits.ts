/** Verify, logistic cells: counts by hour, arm and coarse x equal those of a recount, which verify-decisions makes beside its sums. */
import type { ClientBase } from 'pg'
import { coarseOf } from '../bandits/coarse-features.ts'
import { eachRow } from './cursor.ts'
import { statement } from './statement.ts'
import type { Difference } from './verify.ts'

type Stored = readonly [cell: string, x: string, n: string, hits: string]

interface Counted {
  n: bigint
  readonly hits: bigint[]
}

export interface LogitTally {
  /** A decision of the bandit stratum that brought y; `cell` names its bucket. Epochs of other models are passed over. */
  add(decision: { readonly epochId: number; readonly stratum: string; readonly cell: string }, x: Int16Array, y: readonly bigint[]): void
  readonly cells: Map<string, Counted>
}

const SQL = { epochs: statement('logit-epochs'), cells: statement('verify-logits') }

/** Rejects with PostgreSQL's error. */
export async function openLogitTally(client: ClientBase): Promise<LogitTally> {
  const { rows } = await client.query<{ epoch_id: number }>(SQL.epochs)
  const epochs = new Set(rows.map(({ epoch_id }) => epoch_id))
  const cells = new Map<string, Counted>()
  return {
    cells,
    add({ epochId, stratum, cell }, x, y) {
      if (stratum !== 'bandit' || !epochs.has(epochId)) return
      const name = `${cell} {${coarseOf(x).join()}}`
      const counted = cells.get(name) ?? { n: 0n, hits: y.map(() => 0n) }
      cells.set(name, counted)
      counted.n += 1n
      y.forEach((value, slot) => {
        if (value > 0n) counted.hits[slot]! += 1n
      })
    },
  }
}

/** Compares what is stored with a tally. Needs verify's transaction. Rejects with PostgreSQL's error. */
export async function verifyLogits(client: ClientBase, { cells }: LogitTally, patienceMs: number): Promise<readonly Difference[]> {
  const left = new Map(cells)
  const differences: Difference[] = []
  await eachRow<Stored>(client, { text: SQL.cells, values: [], patienceMs }, ([cell, x, n, hits]) => {
    const id = `${cell} ${x}`
    const recounted = wordsOf(left.get(id))
    left.delete(id)
    const stored = `${n} ${hits}`
    if (stored !== recounted) differences.push({ part: 'logit_cells', id, stored, recounted })
  })
  for (const [id, counted] of left) differences.push({ part: 'logit_cells', id, stored: null, recounted: wordsOf(counted) })
  return differences
}

function wordsOf(counted: Counted | undefined): string | null {
  return counted ? `${counted.n} {${counted.hits.join()}}` : null
}
