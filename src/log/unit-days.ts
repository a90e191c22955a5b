/**
 * Unit-days as they are stored: read some thousands as they stand, write them as they are then.
 *
 *     read i+1 ──▶ server        the server reads the next ones, and writes the last ones, while these are worked on
 *     work on i                  one connection answers in order, so nothing is read before what was written earlier
 *     write i  ──▶ server
 *
 * Only whoever holds the fold's lock writes here, so nobody changes a row between the two.
 */
import type { ClientBase } from 'pg'
import type { CellPlace } from '../bandits/score-cell.ts'
import { arrayLiteral } from './keyed-rows.ts'
import { statement } from './statement.ts'
import { type Wholes, wholesOf } from './wholes.ts'

/** A unit's day in one stratum. */
export interface UnitDay {
  readonly cell: CellPlace
  /** As PostgreSQL writes a bytea: \x and hexadecimal digits. */
  readonly unit: string
}

const SQL = { read: statement('unit-periods'), write: statement('unit-periods-write') }
const CHUNK = 2_000

/**
 * Replaces the scores of each of them by what `renewed` makes of the stored ones (null when there are none). No two are the same row. Needs
 * the fold's transaction; rejects with PostgreSQL's error.
 */
export async function renewUnitDays<Day extends UnitDay>(
  client: ClientBase,
  days: readonly Day[],
  renewed: (day: Day, stored: Wholes | null) => Wholes,
): Promise<void> {
  const chunks: (readonly Day[])[] = []
  for (let from = 0; from < days.length; from += CHUNK) chunks.push(days.slice(from, from + CHUNK))
  const read = (i: number) => {
    const places = placesOf(chunks[i] ?? [])
    return { places, answer: awaitedLater(client.query<[number, string]>({ text: SQL.read, values: [...places], rowMode: 'array' })) }
  }
  let written: Promise<unknown> = Promise.resolve()
  let next = chunks.length > 0 ? read(0) : null
  for (let i = 0; next; i++) {
    const { places, answer } = next
    const { rows } = await answer
    await written
    next = i + 1 < chunks.length ? read(i + 1) : null
    const stored = new Map(rows)
    const texts = chunks[i]!.map((day, at) => {
      const known = stored.get(at + 1)
      return `{${renewed(day, known === undefined ? null : wholesOf(known)).join()}}`
    })
    written = awaitedLater(client.query(SQL.write, [...places, arrayLiteral(texts)]))
  }
  await written
}

/** A promise that somebody will wait for, perhaps after it has failed. */
function awaitedLater<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {})
  return promise
}

/** The key's columns as arrays in PostgreSQL's text: the client's own way to write them takes ten times as long. */
function placesOf(days: readonly UnitDay[]): readonly string[] {
  const column = (of: (day: UnitDay) => string | number) => arrayLiteral(days.map(of))
  return [
    column(({ cell }) => cell.epochId),
    column(({ unit }) => unit.slice(2)),
    column(({ cell }) => cell.day),
    column(({ cell }) => cell.stratum),
    column(({ cell }) => cell.eligible),
  ]
}
