/**
 * What a step of the fold adds to the delays of bandits' buckets: of every touched decision and slot, the bin of the first outcome that
 * counts, as it was and as it is.
 *
 *     count[bucket, slot, bin now] += 1      count[bucket, slot, bin before] −= 1
 *
 * Exact counts, so the same in any order of folding. Returns take nothing back in time and never count.
 */
import type { ClientBase } from 'pg'
import { delayBinOf } from '../bandits/delay-bins.ts'
import type { CellKey } from './bucket-sums.ts'
import { counts, type Hit, type Objective } from './objectives.ts'
import { statement } from './statement.ts'

/** Where delays are counted: a bucket, and the length of x. */
export interface DelayKey extends CellKey {
  readonly features: number
}

interface DelayCell extends DelayKey {
  readonly slot: number
  readonly bin: number
  count: number
}

export interface DelayCounts {
  /** Bins before and now, one a slot; null without an outcome. */
  moved(key: DelayKey, bins: { readonly before: Bins; readonly now: Bins }): void
  cells(): readonly DelayCell[]
}

export type Bins = readonly (number | null)[]

/** The type of outcomes that take something back. */
const RETURN = 'return'
const UPSERT = statement('decision-delays')

export function openDelayCounts(): DelayCounts {
  const cells = new Map<string, DelayCell>()

  function add(key: DelayKey, place: { readonly slot: number; readonly bin: number }, by: 1 | -1): void {
    const name = `${key.epochId} ${key.armId} ${key.hour} ${key.features} ${place.slot} ${place.bin} ${key.stratum}`
    const known = cells.get(name)
    if (known) known.count += by
    else cells.set(name, { ...key, ...place, count: by })
  }

  return {
    moved(key, { before, now }) {
      now.forEach((bin, slot) => {
        const was = before[slot]!
        if (bin === was) return
        if (was !== null) add(key, { slot, bin: was }, -1)
        if (bin !== null) add(key, { slot, bin }, 1)
      })
    },
    cells: () => [...cells.values()].filter(({ count }) => count !== 0),
  }
}

/** By slot, the bin of the first of these outcomes that counts for it; they are a decision's, in any order. */
export function firstBins(objectives: readonly Objective[], hits: readonly Hit[]): Bins {
  return objectives.map((objective) => {
    let first = Number.POSITIVE_INFINITY
    for (const hit of hits) if (hit.type !== RETURN && hit.ageMicros < first && counts(objective, hit)) first = hit.ageMicros
    return first === Number.POSITIVE_INFINITY ? null : delayBinOf(first / 1000)
  })
}

/** One statement, in the order of the key. Needs the fold's transaction; rejects with PostgreSQL's error. */
export async function storeDelays(client: ClientBase, cells: readonly DelayCell[]): Promise<void> {
  if (cells.length === 0) return
  const column = (of: (cell: DelayCell) => string | number) => cells.map(of)
  await client.query(UPSERT, [
    column(({ epochId }) => epochId),
    column(({ armId }) => armId),
    column(({ stratum }) => stratum),
    column(({ hour }) => hour),
    column(({ features }) => features),
    column(({ slot }) => slot),
    column(({ bin }) => bin),
    column(({ count }) => count),
  ])
}
