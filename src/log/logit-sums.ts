/**
 * What a step of the fold adds to the cells of logistic bandits: the bandit stratum's decisions by hour, arm and coarse x.
 *
 *     a decision     n += 1              its outcomes     hits[slot] += (y′ > 0) − (y > 0)          from y, as it was counted before, to y′
 *
 * Exact counts, so the same in any order of folding. Epochs of other models keep no cells, and cost nothing.
 */
import type { ClientBase } from 'pg'
import { coarseOf } from '../bandits/coarse-features.ts'
import type { CellKey } from './bucket-sums.ts'
import { statement } from './statement.ts'

export interface LogitSums {
  decided(key: CellKey, x: Int16Array): void
  /** y before and now, one number a slot. */
  changed(key: CellKey, x: Int16Array, y: { readonly before: readonly number[]; readonly now: readonly number[] }): void
  /** Writes everything down, in the order of the key. Needs the fold's transaction; rejects with PostgreSQL's error. */
  store(client: ClientBase): Promise<void>
}

interface LogitCell extends CellKey {
  readonly x: string
  n: number
  readonly hits: number[]
}

const STRATUM = 'bandit'
const UPSERT_CELLS = 5_000
const SQL = { epochs: statement('logit-epochs'), add: statement('logit-cells-add') }

/** `slotsOf` an epoch: how many. Rejects with PostgreSQL's error. */
export async function openLogitSums(client: ClientBase, slotsOf: (epochId: number) => number): Promise<LogitSums> {
  const { rows } = await client.query<{ epoch_id: number }>(SQL.epochs)
  const epochs = new Set(rows.map(({ epoch_id }) => epoch_id))
  const cells = new Map<string, LogitCell>()

  function cellOf(key: CellKey, x: Int16Array): LogitCell | null {
    if (key.stratum !== STRATUM || !epochs.has(key.epochId)) return null
    const coarse = coarseOf(x).join()
    const name = `${key.epochId} ${key.hour} ${key.armId} ${coarse}`
    const known = cells.get(name)
    if (known) return known
    const cell = { ...key, x: `{${coarse}}`, n: 0, hits: new Array<number>(slotsOf(key.epochId)).fill(0) }
    cells.set(name, cell)
    return cell
  }

  return {
    decided(key, x) {
      const cell = cellOf(key, x)
      if (cell) cell.n += 1
    },
    changed(key, x, { before, now }) {
      const moved = now.map((y, slot) => Number(y > 0) - Number(before[slot]! > 0))
      if (moved.every((by) => by === 0)) return
      const cell = cellOf(key, x)
      if (cell) for (const [slot, by] of moved.entries()) cell.hits[slot]! += by
    },
    async store(client) {
      const all = [...cells.values()]
      for (let from = 0; from < all.length; from += UPSERT_CELLS) await add(client, all.slice(from, from + UPSERT_CELLS))
    },
  }
}

function add(client: ClientBase, cells: readonly LogitCell[]): Promise<unknown> {
  const column = (of: (cell: LogitCell) => string | number) => cells.map(of)
  return client.query(SQL.add, [
    column(({ epochId }) => epochId),
    column(({ hour }) => hour),
    column(({ armId }) => armId),
    column(({ x }) => x),
    column(({ n }) => n),
    column(({ hits }) => `{${hits.join()}}`),
  ])
}
