/**
 * Reads what shoppers did: only what came since the last reading where its rows are kept and still fit, else everything. Both give the same.
 *
 *     kept rows, xid < position ──┐
 *                                 ├─▶ merge ─▶ the latest rowsMax ─▶ number the shoppers ─▶ keep what is settled, xid < horizon
 *     new rows, xid ≥ position ───┘
 *
 * The census is taken anew each time: kept rows are used only while the log's own rows below the position are still those that were read.
 */
import type pg from 'pg'
import { openFitting } from './fitting.ts'
import { type KnownFile, writeKnownFile } from './known-file.ts'
import { CENSUS, type Census, EVENTS_HASH, type EventRow, openEvents } from './log-events.ts'
import { earlierThan, type LogRows, mergeInto, newLogRows, numberByFirstSight, partOf, type Shoppers } from './log-rows.ts'
import { newRowsWithin } from './memory-bound.ts'
import type { LogSource, Place } from './read-log.ts'
import { newUnitTable, type UnitTable } from './unit-table.ts'

export interface ReadRows {
  readonly rows: LogRows
  readonly shoppers: Shoppers
  /** Leaves the settled rows for the next reading; to be called after the transaction. Does not throw. */
  keep(): void
}

const BATCH_ROWS = 20_000
/** bytea as text begins with \x. */
const HEX_START = 2
/** Values stay text: this file reads them itself, which is quicker than building Buffers and Dates. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

/** Reads within the client's transaction. */
export async function readRows(client: pg.Client, source: LogSource, place: Place): Promise<ReadRows> {
  const file = source.known ? openFitting(source.known, place) : null
  try {
    const counted = await client.query<Census>(CENSUS, [file?.header.position ?? '0', place.watermark])
    const census = counted.rows[0]!
    const known = file && usable(file, census, source)
    const world = { client, source, place, census, table: newUnitTable() }
    const rows = (known && (await readNew(world, known))) ?? (await readAll(world))
    const shoppers = numberByFirstSight(rows, world.table)
    return { rows, shoppers, keep: () => keep(world, rows, shoppers) }
  } finally {
    file?.close()
  }
}

interface Reading {
  readonly client: pg.Client
  readonly source: LogSource
  readonly place: Place
  readonly census: Census
  readonly table: UnitTable
}

/** The file, unless the log was changed below its position, or has become too much longer; then null. */
function usable(file: KnownFile, { rows, known, knownMix }: Census, { rowsMax, known: place }: LogSource): KnownFile | null {
  const { settled, settledMix } = file.header
  if (known !== settled || knownMix !== settledMix) {
    place!.onNote(
      `Everything is read: rows of the log were removed, rewritten or put back since the last training (${inWords(settled)} rows then, ${inWords(known)} of these now).`,
    )
    return null
  }
  if (!file.header.isWhole && file.header.rows + rows - known < rowsMax) {
    place!.onNote('Everything is read: fewer rows were kept than there is memory for now.')
    return null
  }
  return rows - known > newRowsWithin(rowsMax) ? null : file
}

/** Kept rows and new ones as one; null when the file turns out to be damaged, or rows that were left out of it are wanted again. */
async function readNew(reading: Reading, file: KnownFile): Promise<LogRows | null> {
  const { source, place, census, table } = reading
  const { header } = file
  const fresh = newLogRows(census.rows - census.known)
  const rows = newLogRows(header.rows + fresh.units.length)
  try {
    table.take(file.read(rows))
  } catch (error) {
    source.known!.onNote(`Everything is read: ${source.known!.path} is damaged (${(error as Error).message}).`)
    return null
  }
  const doing = `reading ${inWords(fresh.units.length)} new rows, ${inWords(header.rows)} known`
  await fill(reading, fresh, { sql: openEvents({ from: header.position, horizon: place.watermark }), doing })
  const leftOut = Math.max(0, rows.units.length - source.rowsMax)
  // Before the oldest kept row there may be others in the log: rows that were not settled may have been removed since, and make room for them.
  if (!header.isWhole && leftOut < earlierThan(rows, fresh)) return null
  mergeInto(rows, header.rows, fresh)
  return partOf(rows, leftOut, rows.units.length)
}

async function readAll(reading: Reading): Promise<LogRows> {
  const { source, place, census } = reading
  const rows = newLogRows(Math.min(source.rowsMax, census.rows))
  const latest = rows.units.length < census.rows && { latest: rows.units.length }
  const doing = `reading ${inWords(rows.units.length)} rows`
  await fill(reading, rows, { sql: openEvents({ from: '0', horizon: place.watermark, ...latest }), doing })
  return rows
}

/** Reads the cursor's rows into the columns, which are exactly as long. */
async function fill(
  { client, source, table }: Reading,
  into: LogRows,
  { sql, doing }: { readonly sql: string; readonly doing: string },
): Promise<void> {
  const length = into.units.length
  let at = 0
  await client.query(sql)
  for (;;) {
    const batch = await client.query<EventRow>({ text: `FETCH ${BATCH_ROWS} FROM events`, rowMode: 'array', types: AS_TEXT })
    for (const [unit, item, weight, second, basket, number, isSettled] of batch.rows) {
      into.units[at] = unit === null ? -1 : table.numberOf(unit, HEX_START)
      into.items[at] = Number(item)
      into.weights[at] = Number(weight)
      into.seconds[at] = Number(second)
      into.baskets[at] = Number(basket)
      into.numbers[at] = Number(number)
      into.settled[at] = isSettled === 't' ? 1 : 0
      at++
    }
    source.onProgress(length > 0 ? at / length : 1, doing)
    if (batch.rows.length < BATCH_ROWS) break
  }
  await client.query('CLOSE events')
}

function keep({ source: { known }, place, census }: Reading, rows: LogRows, { keys }: Shoppers): void {
  if (!known) return
  const { settled, settledMix } = census
  const isWhole = rows.units.length === census.rows
  const facts = { events: EVENTS_HASH, origin: place.origin, position: place.watermark, settled, settledMix, isWhole }
  try {
    writeKnownFile(known.path, facts, rows, keys)
  } catch (error) {
    known.onNote(`What was read could not be kept, so that the next training reads everything: ${(error as Error).message}`)
  }
}

function inWords(count: number): string {
  return count.toLocaleString('en-US')
}
