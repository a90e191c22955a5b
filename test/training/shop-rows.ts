/** Writes a shop's items, history and outcomes into a database, as the import and the log would. */
import pg from 'pg'
import { itemOf, plantedShop } from '../policies/planted-shop.ts'

/** The pseudonym of a numbered shopper. */
export function unitKey(unit: number): Buffer {
  const key = Buffer.alloc(16, 1)
  key.writeUInt32BE(Math.imul(unit + 1, 0x9e3779b1) >>> 0)
  return key
}

export interface HistoryRow {
  readonly unit: Buffer | null
  readonly item: number
  readonly type: string
  readonly seconds: number
}

export async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Items 1 … count; their item_no are the same numbers in a fresh database. */
export async function writeItems(client: pg.Client, count: number): Promise<void> {
  const items = Array.from({ length: count }, (_, i) => itemOf(i + 1))
  await client.query(
    `INSERT INTO items (item_id, title, category, brand, discontinued)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[])`,
    [
      items.map(({ itemId }) => itemId),
      items.map(({ title }) => title),
      items.map(({ category }) => category),
      items.map(({ brand }) => brand),
      items.map(({ discontinued }) => discontinued),
    ],
  )
}

export async function writeInteractions(client: pg.Client, rows: readonly HistoryRow[]): Promise<void> {
  await client.query(
    `INSERT INTO interactions (unit, item_no, type, quantity, occurred_at)
     SELECT r.unit, r.item, r.type, 1, to_timestamp(r.seconds)
     FROM unnest($1::bytea[], $2::integer[], $3::text[], $4::float8[]) WITH ORDINALITY AS r (unit, item, type, seconds, line) ORDER BY r.line`,
    columnsOf(rows),
  )
}

export async function writeOutcomes(client: pg.Client, rows: readonly HistoryRow[]): Promise<void> {
  await client.query(
    `INSERT INTO outcomes (received_at, outcome_id, unit, item_no, type, quantity, occurred_at)
     SELECT to_timestamp(r.seconds), 'o-' || r.line, r.unit, r.item, r.type, 1, to_timestamp(r.seconds)
     FROM unnest($1::bytea[], $2::integer[], $3::text[], $4::float8[]) WITH ORDINALITY AS r (unit, item, type, seconds, line)`,
    columnsOf(rows),
  )
}

function columnsOf(rows: readonly HistoryRow[]): unknown[] {
  return [rows.map(({ unit }) => unit), rows.map(({ item }) => item), rows.map(({ type }) => type), rows.map(({ seconds }) => seconds)]
}

/** The planted shop as rows of history. */
export function plantedRows(seed: number): { readonly items: number; readonly rows: readonly HistoryRow[] } {
  const { data, items } = plantedShop(seed)
  const rows = Array.from(data.items, (item, i) => ({ unit: unitKey(data.units[i]!), item, type: 'purchase', seconds: data.seconds[i]! }))
  return { items: items.length, rows }
}
