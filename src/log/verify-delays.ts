/** Verify, delays: the counts of first outcomes equal those of a recount, which verify-decisions makes beside its sums. */
import type { ClientBase } from 'pg'
import { eachRow } from './cursor.ts'
import { statement } from './statement.ts'
import type { Difference } from './verify.ts'

type Stored = readonly [cell: string, slot: number, bin: number, count: string]

const DELAYS = statement('verify-delays')

/** Counts by cell, slot and bin. */
export interface DelayTally {
  add(cell: string, places: readonly number[], bins: readonly number[]): void
  readonly counts: Map<string, bigint>
}

export function openDelayTally(): DelayTally {
  const counts = new Map<string, bigint>()
  return {
    counts,
    add(cell, places, bins) {
      places.forEach((place, i) => {
        const name = nameOf(cell, place, bins[i]!)
        counts.set(name, (counts.get(name) ?? 0n) + 1n)
      })
    },
  }
}

/** Compares what is stored with a tally. Needs verify's transaction. Rejects with PostgreSQL's error. */
export async function verifyDelays(client: ClientBase, { counts }: DelayTally, patienceMs: number): Promise<readonly Difference[]> {
  const left = new Map(counts)
  const differences: Difference[] = []
  await eachRow<Stored>(client, { text: DELAYS, values: [], patienceMs }, ([cell, slot, bin, count]) => {
    const id = nameOf(cell, slot, bin)
    const recounted = left.get(id)
    left.delete(id)
    if (recounted !== BigInt(count)) differences.push({ part: 'delay_cells', id, stored: count, recounted: recounted?.toString() ?? null })
  })
  for (const [id, count] of left) differences.push({ part: 'delay_cells', id, stored: null, recounted: count.toString() })
  return differences
}

function nameOf(cell: string, slot: number, bin: number): string {
  return `${cell} slot ${slot} bin ${bin}`
}
