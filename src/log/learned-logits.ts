/**
 * The cells of a logistic bandit's epoch, and of those it goes on from, as its posterior wants them: the latest two days by hours, days before added up, because then all decisions
 * of a day are counted alike. In flat arrays, for there are tens of thousands.
 */
import type { ClientBase } from 'pg'
import type { HourCells } from '../bandits/epoch-logits.ts'
import type { Sources } from './learned-epochs.ts'
import { statement } from './statement.ts'

export interface LearnedLogits {
  readonly armId: number
  /** Days and hours since 1970; null for the whole day. */
  readonly day: number
  readonly hour: number | null
  readonly cells: HourCells
}

export interface LogitsQuestion {
  readonly sources: Sources
  readonly features: number
  readonly days: readonly number[]
  /** From this day on hours are kept apart. */
  readonly hoursFrom: number
}

interface Row {
  readonly arm_id: number
  readonly hour: number
  readonly x: string
  readonly n: string
  readonly hits: string
}

const CELLS = statement('learned-logits')

/** By day, hour and arm. Rejects with PostgreSQL's error. */
export async function readLogits(
  client: ClientBase,
  { sources, features, days, hoursFrom }: LogitsQuestion,
): Promise<readonly LearnedLogits[]> {
  const { rows } = await client.query<Row>(CELLS, [sources.epochIds, features, days, sources.arms])
  const whole = new Map<string, LearnedLogits[]>()
  const found: LearnedLogits[] = []
  for (const { arm_id, hour, x, n, hits } of rows) {
    const day = Math.floor(hour / 24)
    const cells = { features, x: Int8Array.from(numbersOf(x)), n: Uint32Array.from(numbersOf(n)), hits: Uint32Array.from(numbersOf(hits)) }
    const own = { armId: arm_id, day, hour, cells }
    if (day >= hoursFrom) found.push(own)
    else whole.set(`${day} ${arm_id}`, [...(whole.get(`${day} ${arm_id}`) ?? []), own])
  }
  const added = [...whole.values()].map((hours) => ({ ...hours[0]!, hour: null, cells: addedUp(hours.map(({ cells }) => cells)) }))
  const place = ({ day, hour, armId }: LearnedLogits) => [day, hour ?? -1, armId] as const
  return [...added, ...found].sort((one, other) => {
    const [a, b] = [place(one), place(other)]
    return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
  })
}

/** The same vectors once, in the order of their bytes. */
function addedUp(hours: readonly HourCells[]): HourCells {
  const { features } = hours[0]!
  const slots = hours[0]!.hits.length / hours[0]!.n.length
  const sums = new Map<string, { n: number; readonly hits: number[] }>()
  for (const { x, n, hits } of hours)
    for (let cell = 0; cell < n.length; cell++) {
      const key = Buffer.from(x.buffer, x.byteOffset + cell * features, features).toString('latin1')
      const sum = sums.get(key) ?? { n: 0, hits: new Array<number>(slots).fill(0) }
      sums.set(key, sum)
      sum.n += n[cell]!
      for (let slot = 0; slot < slots; slot++) sum.hits[slot]! += hits[cell * slots + slot]!
    }
  const keys = [...sums.keys()].sort()
  return {
    features,
    x: new Int8Array(Buffer.from(keys.join(''), 'latin1')),
    n: Uint32Array.from(keys, (key) => sums.get(key)!.n),
    hits: Uint32Array.from(keys.flatMap((key) => sums.get(key)!.hits)),
  }
}

function numbersOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(',').map(Number)
}

/** Whether two readings have the same cells; those of days that were kept are the very same. */
export function areSameLogits(one: readonly LearnedLogits[] | undefined, other: readonly LearnedLogits[] | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  const same = (a: Int8Array | Uint32Array, b: Int8Array | Uint32Array) => a.length === b.length && a.every((value, i) => value === b[i])
  return (
    one.length === other.length &&
    one.every((own, i) => {
      const { armId, day, hour, cells } = other[i]!
      if (own.armId !== armId || own.day !== day || own.hour !== hour) return false
      return own.cells === cells || (same(own.cells.x, cells.x) && same(own.cells.n, cells.n) && same(own.cells.hits, cells.hits))
    })
  )
}
