import { createHash, randomBytes } from 'node:crypto'
import pg from 'pg'
import type { Exposure } from '../../src/decisions/exposure.ts'
import type { OutcomeRecord, RequestKey } from '../../src/log/log.ts'

/** How long a fold waits for what was committed: an open transaction of any test, in any database, holds the cluster's horizon back. */
export const PATIENT = { waitMs: 60_000 } as const

/** A UUID version 7 of that moment. */
export function idAt(ms: number): Uint8Array {
  const id = new Uint8Array(randomBytes(16))
  Buffer.from(id.buffer).writeUIntBE(ms, 0, 6)
  id[6] = 0x70 | (id[6]! & 0x0f)
  id[8] = 0x80 | (id[8]! & 0x3f)
  return id
}

/** 16 bytes for a name, always the same. */
export function bytesFor(name: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(name).digest().subarray(0, 16))
}

const PI = [0.5, 0.5]

export function exposure({ at = Date.now(), ...given }: Partial<Exposure> & { at?: number } = {}): Exposure {
  return {
    decidedAt: at,
    decisionId: idAt(at),
    unit: new Uint8Array(randomBytes(16)),
    surface: 'home',
    epochId: 1,
    armId: 1,
    stratum: 'fixed',
    mhat: null,
    scale: null,
    kind: 'drawn',
    pi: PI,
    x: Int16Array.of(1024, 0, -5),
    policy: 'popularity',
    servedPolicy: 'popularity',
    modelVersion: 'v1',
    snapshotId: 's1',
    items: [3, 1, 2],
    reason: 'fixed',
    rules: null,
    rankPi: null,
    ...given,
  }
}

export function requestKey(name: string, { body = 'body', response = `answer to ${name}` } = {}): RequestKey {
  return { key: bytesFor(name), bodyHash: bytesFor(body), response: Buffer.from(response) }
}

let outcomes = 0

export function outcome({ at = Date.now(), ...given }: Partial<OutcomeRecord> & { at?: number } = {}): OutcomeRecord {
  return {
    outcomeId: `outcome-${process.pid}-${++outcomes}`,
    bodyHash: bytesFor('body'),
    receivedAt: Math.max(at, Date.now()),
    occurredAt: at,
    unit: bytesFor('shopper'),
    decisionId: null,
    type: 'purchase',
    itemNo: 7,
    itemId: 'sku-7',
    valueMinor: 1_000n,
    currency: 'EUR',
    quantity: 1,
    flags: [],
    ...given,
  }
}

const DEADLOCK = '40P01'

/** One question on a connection of its own; asked again where it met a lane of the test before that was still at work. */
export async function ask<Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const first = await askOnce<Row>(url, text, values).catch((error) => {
    if (error.code !== DEADLOCK) throw error
    return null
  })
  return first ?? askOnce<Row>(url, text, values)
}

async function askOnce<Row extends object>(url: string, text: string, values: unknown[]): Promise<Row[]> {
  const client = new pg.Client(url)
  // The query rejects as well when the server is killed meanwhile.
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<Row>(text, values)
    return rows
  } finally {
    await client.end()
  }
}

export async function countOf(url: string, table: string): Promise<number> {
  const [row] = await ask<{ n: string }>(url, `SELECT count(*) AS n FROM ${table}`)
  return Number(row!.n)
}

/** Rows of a table that share their key. */
export async function doublesOf(url: string, table: string, key: string): Promise<number> {
  const [row] = await ask<{ n: string }>(url, `SELECT count(*) - count(DISTINCT ${key}) AS n FROM ${table}`)
  return Number(row!.n)
}

/** What somebody did before, as an import brings it. */
export interface PastEvent {
  readonly unit: Uint8Array
  readonly type: string
  readonly valueMinor: bigint | null
  readonly currency: string | null
  readonly quantity: number
  readonly occurredAt: number
  readonly importedAt: number
}

export const IMPORT = `INSERT INTO interactions (unit, item_no, type, value_minor, currency, quantity, occurred_at, imported_at)
VALUES ($1, 1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), to_timestamp($7 / 1000.0))`

export function importedValues({ unit, type, valueMinor, currency, quantity, occurredAt, importedAt }: PastEvent): unknown[] {
  return [unit, type, valueMinor, currency, quantity, occurredAt, importedAt]
}

/** Slots that look back, behind those of makeEpoch: any and history over two days, value (EUR, capped) and history over one. */
export const PAST_SLOTS = `INSERT INTO epoch_slots (epoch_id, slot, metric, part, aggregate, types, window_span, past_span, currency, cap) VALUES
  ($1, 4, 'conversion', 'value', 'any', '{purchase}', '0', '48 hours', NULL, NULL),
  ($1, 5, 'revenue', 'value', 'value', '{purchase,return}', '0', '24 hours', 'EUR', 5000),
  ($1, 6, NULL, 'history', 'any', '{}', '0', '48 hours', NULL, NULL),
  ($1, 7, NULL, 'history', 'any', '{}', '0', '24 hours', NULL, NULL)`
/** What an epoch of a bandit has in its settings. */
export const BANDIT = { allocation: { kind: 'thompson' } }

/** A running epoch with arms 1 and 2 (ids of the epoch: `epochId`) and the slots any, count, value (EUR, capped), quantity. */
export async function makeEpoch(url: string, settings: object = {}): Promise<number> {
  const key = randomBytes(6).toString('hex')
  const [row] = await ask<{ id: number }>(
    url,
    `WITH experiment AS (INSERT INTO experiments (key, body, status) VALUES ($1, '{}', 'running') RETURNING id)
     INSERT INTO epochs (experiment_id, no, arm_ids, settings, settings_hash, feature_version, started_at)
     SELECT id, 1, '{1,2}', $2, '', 1, now() - interval '60 days' FROM experiment RETURNING id`,
    [key, settings],
  )
  await ask(
    url,
    `INSERT INTO epoch_slots (epoch_id, slot, metric, part, aggregate, types, window_span, currency, cap) VALUES
     ($1, 0, 'conversion', 'value', 'any', '{purchase}', '48 hours', NULL, NULL),
     ($1, 1, 'clicks', 'value', 'count', '{click,view}', '1 hour', NULL, NULL),
     ($1, 2, 'revenue', 'value', 'value', '{purchase,return}', '72 hours', 'EUR', 5000),
     ($1, 3, 'pieces', 'value', 'quantity', '{purchase,return}', '72 hours', NULL, NULL)`,
    [row!.id],
  )
  return row!.id
}
