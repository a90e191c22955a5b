import { createHmac } from 'node:crypto'
import pg from 'pg'
import { type ImportReport, type ImportRequest, importFile, type Watch } from '../../src/importing/import-file.ts'

/** What the tests of imports share: a request with defaults and a world with a fixed pseudonym key. */

export const SILENT: Watch = { phase() {}, at() {} }

export function pseudonym(unit: string): Uint8Array {
  return createHmac('sha256', 'test').update(unit).digest().subarray(0, 16)
}

export function requestOf(path: string, wishes: Partial<ImportRequest> = {}): ImportRequest {
  return {
    kind: 'interactions',
    path,
    preset: null,
    asked: new Map(),
    format: 'auto',
    delimiter: 'auto',
    encoding: 'utf-8',
    decimal: 'point',
    currency: 'EUR',
    refusedPath: `${path}.refused.ndjson`,
    again: false,
    ...wishes,
  }
}

export function importInto(url: string | null, path: string, wishes: Partial<ImportRequest> = {}): Promise<ImportReport> {
  return importFile(requestOf(path, wishes), url === null ? null : { url, pseudonym }, SILENT)
}

export async function rowsOf(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** All interactions as one fingerprint that does not depend on numbers given by the database. */
export async function fingerprintOf(url: string): Promise<unknown> {
  const [row] = await rowsOf(
    url,
    `SELECT count(*)::integer AS rows, count(DISTINCT line)::integer AS lines, md5(string_agg(md5(concat_ws('|', line, encode(unit, 'hex'), item_id, type, quantity,
       value_minor, interactions.currency, basket, extract(epoch FROM occurred_at))), '' ORDER BY line)) AS hash
     FROM interactions JOIN items USING (item_no)`,
  )
  return row
}
