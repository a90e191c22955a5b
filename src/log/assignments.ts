/**
 * Assignments: which arm a unit of a sticky bandit has, kept for ever from its first draw on.
 *
 *     known in memory ─▶ at once             else  draw ─▶ group commit ─▶ INSERT … ON CONFLICT DO NOTHING ─▶ the draw that counts
 *
 * The answer waits until the draw is durable, or until the one that was there before is known: of two nodes that draw for a unit at the
 * same moment, one wins and both serve its arm. A unit that was seen before costs one indexed read, and none while memory remembers it:
 * an assignment never changes. With the database away or too slow nobody knows the arm of a unit that is not in memory.
 */
import type pg from 'pg'
import { uuidBytes } from '../decisions/decision-id.ts'
import type { Stay } from '../decisions/stay.ts'
import { type GroupCommit, openGroupCommit, type Waiting } from './group-commit.ts'
import { hexOf } from './keyed-rows.ts'
import { type Lane, openLane } from './lane.ts'
import { statement } from './statement.ts'

/** A first draw, as far as this node knows. */
export interface Draw {
  readonly epochId: number
  /** Pseudonym, 16 bytes. */
  readonly unit: Uint8Array
  readonly stay: Stay
  /** Milliseconds since 1970. */
  readonly decidedAt: number
}

export interface Assignments {
  /** The arm of a unit, as far as memory knows it. */
  find(epochId: number, unit: Uint8Array): Stay | undefined
  /** The draw that counts, this one or an earlier one; null when nobody can say. Never rejects. */
  claim(draw: Draw): Promise<Stay | null>
  readonly counters: { readonly claimed: number; readonly known: number; readonly unknown: number; readonly remembered: number }
  close(): Promise<void>
}

export interface AssignmentOptions {
  readonly url: string
  /** How long a slate waits for PostgreSQL before it is served outside the experiment. */
  readonly patienceMs?: number
  /** Units remembered; the one that was asked for longest ago is forgotten first. */
  readonly unitsMax?: number
}

type Pending = Waiting<Draw, Stay | null>

interface Row {
  readonly epoch_id: number
  readonly unit: Buffer
  readonly arm_id: number
  readonly stratum: Stay['stratum']
  readonly pi: readonly number[]
  readonly mhat: readonly number[] | null
  readonly scale: readonly number[] | null
  readonly first_decision: string
}

/** As long as for an exposure. */
const PATIENCE_MS = 60
const ROWS_MAX = 512
const QUEUE_MAX = 8_192
/** About 500 bytes a unit with four arms: 50 MB. */
const UNITS_MAX = 100_000
const SQL = { assign: statement('assign'), assigned: statement('assigned') }

/** Resolves when the first attempt to connect is over. */
export async function openAssignments({ url, patienceMs = PATIENCE_MS, unitsMax = UNITS_MAX }: AssignmentOptions): Promise<Assignments> {
  const memory = new Map<string, Stay>()
  const counters = { claimed: 0, known: 0, unknown: 0 }
  let commit: GroupCommit<Draw, Stay | null> | undefined
  const lane: Lane = await openLane({ url, name: 'croupier assignments', onReady: () => commit?.pump() })
  const unknown = (batch: readonly Pending[]) => {
    counters.unknown += batch.length
    for (const { resolve } of batch) resolve(null)
  }
  const remember = (name: string, stay: Stay) => {
    memory.delete(name)
    memory.set(name, stay)
    if (memory.size > unitsMax) memory.delete(memory.keys().next().value!)
  }
  const flush = async (batch: readonly Pending[]) => {
    const draws = batch.map(({ row }) => row)
    const found = await lane.run((client) => kept(client, draws), patienceMs).catch(() => new Map<string, Stay>())
    for (const pending of batch) {
      const { epochId, unit, stay } = pending.row
      const name = nameOf(epochId, unit)
      const one = found.get(name)
      if (!one) {
        unknown([pending])
        continue
      }
      remember(name, one)
      counters[hexOf(one.firstDecision) === hexOf(stay.firstDecision) ? 'claimed' : 'known'] += 1
      pending.resolve(one)
    }
  }
  const claims = openGroupCommit<Draw, Stay | null>({
    lanes: [{ ready: () => lane.ready(), flush }],
    overflow: unknown,
    rowsMax: ROWS_MAX,
    queueMax: QUEUE_MAX,
  })
  commit = claims
  return {
    find(epochId, unit) {
      const name = nameOf(epochId, unit)
      const stay = memory.get(name)
      if (stay) remember(name, stay)
      return stay
    },
    claim: claims.append,
    get counters() {
      return { ...counters, remembered: memory.size }
    },
    close: async () => {
      await claims.idle()
      await lane.close()
    },
  }
}

/** The draws that count, by name. Whoever was in somebody's way is asked for once more. */
async function kept(client: pg.Client, draws: readonly Draw[]): Promise<ReadonlyMap<string, Stay>> {
  const column = <Value>(of: (draw: Draw) => Value) => draws.map(of)
  const array = (of: (stay: Stay) => readonly number[] | null) => column(({ stay }) => textOf(of(stay)))
  const values = [
    column(({ epochId }) => epochId),
    column(({ unit }) => Buffer.from(unit)),
    column(({ stay }) => stay.armId),
    column(({ stay }) => stay.stratum),
    ...[array(({ pi }) => pi), array(({ mhat }) => mhat), array(({ scale }) => scale)],
    column(({ stay }) => hexOf(stay.firstDecision)),
    column(({ decidedAt }) => decidedAt),
  ]
  const { rows } = await client.query<Row>({ name: 'assign', text: SQL.assign, values })
  const found = new Map(rows.map((row) => [nameOf(row.epoch_id, row.unit), stayOf(row)]))
  const missing = draws.filter(({ epochId, unit }) => !found.has(nameOf(epochId, unit)))
  if (missing.length === 0) return found
  const again = [missing.map(({ epochId }) => epochId), missing.map(({ unit }) => Buffer.from(unit))]
  const second = await client.query<Row>({ name: 'assigned', text: SQL.assigned, values: again })
  for (const row of second.rows) found.set(nameOf(row.epoch_id, row.unit), stayOf(row))
  return found
}

function nameOf(epochId: number, unit: Uint8Array): string {
  return `${epochId} ${hexOf(unit)}`
}

function textOf(values: readonly number[] | null): string | null {
  return values && `{${values.join()}}`
}

function stayOf({ arm_id, stratum, pi, mhat, scale, first_decision }: Row): Stay {
  const singles = (values: readonly number[] | null) => values?.map(Math.fround) ?? null
  return { armId: arm_id, stratum, pi, mhat: singles(mhat), scale: singles(scale), firstDecision: uuidBytes(first_decision)! }
}
