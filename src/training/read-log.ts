/**
 * Reads the log for training: the catalogue, then everything that shoppers did, oldest first, through a cursor into typed arrays.
 *
 * One read-only transaction on one snapshot, so that the count made first holds. Memory: 24 bytes a row plus one batch and 30 bytes a
 * shopper; of a longer log the latest `rowsMax` rows are read. Rows of equal time keep one order, so that the same log gives the same model.
 */
import pg from 'pg'
import { type Catalogue, type CatalogueItem, catalogueOf } from '../policies/catalogue.ts'
import { INTERACTION_WEIGHTS } from '../policies/interaction-weight.ts'
import type { TrainingData } from '../policies/policy.ts'
import { textOf } from '../policies/words.ts'
import { type LiveModel, readLiveModels } from './live-models.ts'
import { readShown, type Shown, WINDOW_SECONDS } from './read-shown.ts'
import { newUnitTable } from './unit-table.ts'

export interface LogReading {
  readonly data: TrainingData
  /** Pseudonyms by the numbers used in `data.units`, 16 bytes each. */
  readonly unitKeys: Uint8Array
  readonly catalogue: Catalogue
  /** Slates of the newest week; absent where the log has none, as a file. */
  readonly shown?: Shown
}

/** Where in the log a reading stood, and what served then. */
export interface ReadAt {
  /** Transactions below it are in the reading. */
  readonly watermark: string
  /** Largest number of an interaction that was seen. */
  readonly interactionsTo: string
  /** By the database's clock, seconds since 1970. */
  readonly seconds: number
}

export interface WholeReading extends LogReading {
  readonly at: ReadAt
  readonly live: ReadonlyMap<string, LiveModel>
}

export interface LogSource {
  readonly databaseUrl: string
  readonly rowsMax: number
  /** Policies whose live models are read, too; none when it is left out. */
  readonly policies?: readonly string[]
  /** How far back slates are read, in seconds before the newest row; a week when it is left out. */
  readonly shownSeconds?: number
  /** Seconds since 1970. */
  readonly now: number
  /** Told between 0 and 1. */
  readonly onProgress: (done: number) => void
}

const BATCH_ROWS = 20_000
const CONNECT_MS = 5_000
const STATEMENT_MS = 10 * 60_000

const PLACE = `
SELECT
  pg_snapshot_xmin(pg_current_snapshot())::text AS watermark,
  coalesce((SELECT max(h.interaction_id) FROM interactions h), 0)::text AS "interactionsTo",
  extract(epoch FROM now())::float8 AS seconds`

const ITEMS = `
SELECT
  i.item_no AS "itemNo", i.item_id AS "itemId", i.title, i.category, i.brand, i.price_minor::float8 AS "priceMinor",
  i.margin_minor::float8 AS "marginMinor", i.stock, i.discontinued, i.attributes
FROM items i
ORDER BY i.item_no`

/** Types and what they weigh, as rows of SQL; both are constants of the code. */
function weightRows(weights: Readonly<Record<string, number>>): string {
  return `(VALUES ${Object.entries(weights)
    .map(([type, weight]) => `('${type}', ${weight})`)
    .join(', ')}) AS w (type, weight)`
}

/** Baskets are named by 31 bits of a hash: two of a million fall together some two hundred times, which teaches nothing wrong. */
const BASKET_BITS = 2 ** 31 - 1
const EVENTS = `
SELECT
  h.unit, h.item_no, w.weight, h.occurred_at, 0 AS source, h.interaction_id AS number, '' AS name,
  coalesce(hashtext(h.basket) & ${BASKET_BITS}, -1) AS basket
FROM interactions h
JOIN ${weightRows(INTERACTION_WEIGHTS)} ON w.type = h.type
UNION ALL
SELECT o.unit, o.item_no, w.weight, o.occurred_at, 1, 0, o.outcome_id, -1
FROM outcomes o
JOIN ${weightRows(INTERACTION_WEIGHTS)} ON w.type = o.type
WHERE o.item_no IS NOT NULL AND (o.type <> 'view' OR o.decision_id IS NULL)`

const ORDER = ['occurred_at', 'source', 'number', 'name'].map((column) => `e.${column}`)
const latest = (rows: number) =>
  `SELECT e.* FROM (${EVENTS}) e ORDER BY ${ORDER.map((column) => `${column} DESC`).join(', ')} LIMIT ${rows}`
const opening = (events: string) => `
DECLARE events NO SCROLL CURSOR FOR
SELECT e.unit, e.item_no, e.weight, extract(epoch FROM e.occurred_at)::float8, e.basket
FROM (${events}) e
ORDER BY ${ORDER.join(', ')}`

/** Values stay text: this file reads them itself, which is quicker than building Buffers and Dates. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

type Row = [unit: string | null, item: string, weight: string, seconds: string, basket: string]

/** Reads everything that training needs. Rejects when the database cannot be reached or read. */
export async function readLog(source: LogSource): Promise<WholeReading> {
  const client = new pg.Client({
    connectionString: source.databaseUrl,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    application_name: 'croupier training',
  })
  client.on('error', () => undefined) // Every query rejects as well; unheard, the event would end the process.
  await client.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const { rows: places } = await client.query<ReadAt>(PLACE)
    const { rows: items } = await client.query<StoredItem>(ITEMS)
    const live = await readLiveModels(client, source.policies ?? [])
    const reading = await readEvents(client, source, items)
    await client.query('COMMIT')
    return { ...reading, at: places[0]!, live }
  } finally {
    await client.end()
  }
}

interface StoredItem extends CatalogueItem {
  readonly attributes: Readonly<Record<string, unknown>>
}

async function readEvents(
  client: pg.Client,
  { rowsMax, now, shownSeconds = WINDOW_SECONDS, onProgress }: LogSource,
  items: readonly StoredItem[],
): Promise<LogReading> {
  const catalogue = catalogueOf(items)
  const counted = await client.query<{ rows: string }>(`SELECT count(*)::text AS rows FROM (${EVENTS}) e`)
  const logged = Number(counted.rows[0]!.rows)
  const rows = Math.min(rowsMax, logged)
  const units = new Int32Array(rows)
  const itemNos = new Int32Array(rows)
  const weights = new Float32Array(rows)
  const seconds = new Float64Array(rows)
  const baskets = new Int32Array(rows)
  const table = newUnitTable()
  let at = 0
  let itemMax = catalogue.size - 1
  await client.query(opening(rows < logged ? latest(rows) : EVENTS))
  for (;;) {
    const batch = await client.query<Row>({ text: `FETCH ${BATCH_ROWS} FROM events`, rowMode: 'array', types: AS_TEXT })
    for (const [unit, item, weight, second, basket] of batch.rows) {
      units[at] = unit === null ? -1 : table.numberOf(unit, HEX_START)
      itemNos[at] = Number(item)
      weights[at] = Number(weight)
      seconds[at] = Number(second)
      baskets[at] = Number(basket)
      itemMax = Math.max(itemMax, itemNos[at]!)
      at++
    }
    onProgress(rows > 0 ? at / rows : 1)
    if (batch.rows.length < BATCH_ROWS) break
  }
  const itemCount = itemMax + 1
  const columns = { units, items: itemNos, weights, seconds, baskets }
  const data = { ...columns, unitCount: table.count, itemCount, now, ...describe(items, itemCount) }
  const newest = Math.min(now, at > 0 ? seconds[at - 1]! : 0)
  const shown = await readShown(client, { after: newest - shownSeconds, until: newest }, (hex) => table.find(hex, 0))
  return { data, unitKeys: table.keys(), catalogue, ...(shown.units.length > 0 && { shown }) }
}

/** bytea as text begins with \x. */
const HEX_START = 2

function describe(items: readonly StoredItem[], itemCount: number): Pick<TrainingData, 'texts' | 'categories'> {
  const texts = new Array<string>(itemCount).fill('')
  const categories = new Array<string | null>(itemCount).fill(null)
  for (const item of items) {
    texts[item.itemNo] = textOf(item)
    categories[item.itemNo] = item.category
  }
  return { texts, categories }
}
