/** Readings with and without kept rows, and what is written in between. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { readLog, type WholeReading } from '../../src/training/read-log.ts'
import { unitKey } from './shop-rows.ts'

export interface Told {
  readonly notes: string[]
  readonly doing: Set<string>
}

export const newTold = (): Told => ({ notes: [], doing: new Set() })

export function read(
  url: string,
  { path, rowsMax = 1_000, told }: { path?: string; rowsMax?: number; told?: Told } = {},
): Promise<WholeReading> {
  return readLog({
    ...{ databaseUrl: url, rowsMax, now: 3_000_000 },
    onProgress: (_, doing) => told?.doing.add(doing),
    ...(path !== undefined && { known: { path, onNote: (note: string) => told?.notes.push(note) } }),
  })
}

/** Everything that models learn from. */
export const learned = ({ data, unitKeys, shown, catalogue }: WholeReading) => ({ data, unitKeys, shown, items: catalogue.shown })

export interface Row {
  readonly unit: number | null
  readonly item: number
  readonly type: string
  readonly seconds: number
  readonly basket: string | null
}

export async function write(client: pg.Client, source: string, rows: readonly Row[]): Promise<void> {
  for (const { unit, item, type, seconds, basket } of rows) {
    const values = [unit === null ? null : unitKey(unit), item, type, seconds]
    if (source === 'interactions') {
      await client.query(
        `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at, basket) VALUES ($1, $2, $3, 1, to_timestamp($4), $5)`,
        [...values, basket],
      )
    } else {
      await client.query(
        `INSERT INTO outcomes (received_at, outcome_id, unit, item_no, type, quantity, occurred_at)
         VALUES (now(), gen_random_uuid()::text, $1, $2, $3, 1, to_timestamp($4))`,
        values,
      )
    }
  }
}

/** Reads until so many rows are kept: another test's transaction may hold the horizon back for a moment. */
export async function settled(again: () => Promise<unknown>, path: string, rows: number): Promise<void> {
  for (;;) {
    await again()
    if (headerOf(path).rows === rows) return
    await sleep(20)
  }
}

export const HEADER_AT = 16

export function headerOf(path: string): { rows: number } {
  const bytes = readFileSync(path)
  return JSON.parse(bytes.toString('utf8', HEADER_AT, HEADER_AT + bytes.readUInt32LE(8)))
}
