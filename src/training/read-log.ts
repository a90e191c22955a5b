/**
 * Reads the log for training: the catalogue, everything that shoppers did, oldest first (read-rows.ts), and what they were shown.
 *
 * One read-only transaction on one snapshot, so that the count made first holds. Memory: 33 bytes a row plus one batch and 30 bytes a
 * shopper; of a longer log the latest `rowsMax` rows are read. Rows of equal time keep one order, so that the same log gives the same model,
 * whether it was read at once or bit by bit.
 */
import pg from 'pg'
import { type Catalogue, type CatalogueItem, catalogueOf } from '../policies/catalogue.ts'
import type { TrainingData } from '../policies/policy.ts'
import { textOf } from '../policies/words.ts'
import { type LiveModel, readLiveModels } from './live-models.ts'
import { readRows } from './read-rows.ts'
import { readShown, type Shown, WINDOW_SECONDS } from './read-shown.ts'

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

/** The same, and which server and database it is. */
export interface Place extends ReadAt {
  readonly origin: string
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
  /** Told between 0 and 1, and what is done. */
  readonly onProgress: (done: number, doing: string) => void
  /** Where rows are kept between readings; everything is read, and nothing kept, when it is left out. */
  readonly known?: KnownRows
}

/** Where rows lie that were read before, and whom to tell when they are of no use. */
export interface KnownRows {
  readonly path: string
  readonly onNote: (note: string) => void
}

const CONNECT_MS = 5_000
const STATEMENT_MS = 10 * 60_000

const PLACE = `
SELECT
  pg_snapshot_xmin(pg_current_snapshot())::text AS watermark,
  coalesce((SELECT max(h.interaction_id) FROM interactions h), 0)::text AS "interactionsTo",
  extract(epoch FROM now())::float8 AS seconds,
  concat_ws(' ', c.system_identifier, d.oid, current_setting('server_version_num')) AS origin
FROM pg_control_system() AS c
JOIN pg_database d ON d.datname = current_database()`

const ITEMS = `
SELECT
  i.item_no AS "itemNo", i.item_id AS "itemId", i.title, i.category, i.brand, i.price_minor::float8 AS "priceMinor",
  i.margin_minor::float8 AS "marginMinor", i.stock, i.discontinued, i.attributes
FROM items i
ORDER BY i.item_no`

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
    const { rows: places } = await client.query<Place>(PLACE)
    const { rows: items } = await client.query<StoredItem>(ITEMS)
    const live = await readLiveModels(client, source.policies ?? [])
    const { keep, ...reading } = await readEvents(client, source, { place: places[0]!, items })
    await client.query('COMMIT')
    keep()
    const { watermark, interactionsTo, seconds } = places[0]!
    return { ...reading, at: { watermark, interactionsTo, seconds }, live }
  } finally {
    await client.end()
  }
}

interface StoredItem extends CatalogueItem {
  readonly attributes: Readonly<Record<string, unknown>>
}

interface Ground {
  readonly place: Place
  readonly items: readonly StoredItem[]
}

async function readEvents(
  client: pg.Client,
  source: LogSource,
  { place, items }: Ground,
): Promise<LogReading & { readonly keep: () => void }> {
  const { now, shownSeconds = WINDOW_SECONDS } = source
  const { rows, shoppers, keep } = await readRows(client, source, place)
  const catalogue = catalogueOf(items)
  const itemCount = 1 + rows.items.reduce((most, item) => Math.max(most, item), catalogue.size - 1)
  const columns = { units: rows.units, items: rows.items, weights: rows.weights, seconds: rows.seconds, baskets: rows.baskets }
  const data = { ...columns, unitCount: shoppers.count, itemCount, now, ...describe(items, itemCount) }
  const newest = Math.min(now, data.seconds.at(-1) ?? 0)
  const shown = await readShown(client, { after: newest - shownSeconds, until: newest }, shoppers.find)
  return { data, unitKeys: shoppers.keys, catalogue, ...(shown.units.length > 0 && { shown }), keep }
}

function describe(items: readonly StoredItem[], itemCount: number): Pick<TrainingData, 'texts' | 'categories'> {
  const texts = new Array<string>(itemCount).fill('')
  const categories = new Array<string | null>(itemCount).fill(null)
  for (const item of items) {
    texts[item.itemNo] = textOf(item)
    categories[item.itemNo] = item.category
  }
  return { texts, categories }
}
