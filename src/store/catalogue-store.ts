/**
 * The catalogue in the database. Items are referred to by item_no, which stays dense: models are arrays indexed by it.
 *
 * INSERT … ON CONFLICT takes a number for every row, also for those that exist; so what exists is updated first and only the rest inserted.
 */
import type { CatalogueItem } from '../policies/catalogue.ts'
import type { Database } from './database.ts'
import type { PageOf } from './noun.ts'
import { transact } from './transact.ts'

/** An item in minor units of its currency. */
export interface StoredItem {
  readonly itemId: string
  readonly title: string
  readonly category: string | null
  readonly brand: string | null
  readonly priceMinor: bigint | null
  readonly marginMinor: bigint | null
  readonly currency: string | null
  /** Null where stock is not kept. */
  readonly stock: number | null
  readonly discontinued: boolean
  readonly seller: string | null
  /** From 0 to 1; null where nobody knows. */
  readonly returnRate: number | null
  /** ISO 3166-1 alpha-2 codes; null: everywhere. */
  readonly countries: readonly string[] | null
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface Upserted {
  readonly inserted: number
  readonly updated: number
}

export interface CatalogueStore {
  /** Every item, by number; money as numbers, exact below 2⁵³. */
  load(): Promise<readonly CatalogueItem[]>
  list(page: PageOf): Promise<readonly StoredItem[]>
  get(itemId: string): Promise<StoredItem | null>
  /** All or none; item ids have to differ. Rows that say what is known already count as neither. At most some 10,000 at a time. */
  upsert(items: readonly StoredItem[]): Promise<Upserted>
  /** False when there is no such item. */
  discontinue(itemId: string): Promise<boolean>
}

const COLUMNS = `
  i.item_id AS "itemId", i.title, i.category, i.brand, i.price_minor AS "priceMinor", i.margin_minor AS "marginMinor", i.currency, i.stock,
  i.discontinued, i.seller, i.return_rate AS "returnRate", i.countries, i.attributes`

const LOAD = `
SELECT
  i.item_no AS "itemNo", i.item_id AS "itemId", i.title, i.category, i.brand, i.price_minor::float8 AS "priceMinor",
  i.margin_minor::float8 AS "marginMinor", i.stock, i.discontinued, i.seller, i.return_rate AS "returnRate",
  i.countries, extract(epoch FROM i.created_at)::float8 AS "addedSeconds"
FROM items i
ORDER BY i.item_no`

const SENT = `
FROM jsonb_to_recordset(?::jsonb) AS sent (
  item_id text, title text, category text, brand text, price_minor bigint, margin_minor bigint, currency text, stock integer,
  discontinued boolean, seller text, return_rate float8, countries text[], attributes jsonb
)`

const UPDATE = `
UPDATE items i
SET
  title = sent.title, category = sent.category, brand = sent.brand, price_minor = sent.price_minor, margin_minor = sent.margin_minor,
  currency = sent.currency, stock = sent.stock, discontinued = sent.discontinued, seller = sent.seller,
  return_rate = sent.return_rate, countries = sent.countries, attributes = sent.attributes, updated_at = now()
${SENT}
WHERE i.item_id = sent.item_id
  AND (i.title, i.category, i.brand, i.price_minor, i.margin_minor, i.currency, i.stock, i.discontinued, i.seller, i.return_rate, i.countries, i.attributes)
    IS DISTINCT FROM
    (sent.title, sent.category, sent.brand, sent.price_minor, sent.margin_minor, sent.currency, sent.stock, sent.discontinued, sent.seller,
      sent.return_rate, sent.countries, sent.attributes)`

const INSERT = `
INSERT INTO items (item_id, title, category, brand, price_minor, margin_minor, currency, stock, discontinued, seller, return_rate, countries, attributes)
SELECT
  sent.item_id, sent.title, sent.category, sent.brand, sent.price_minor, sent.margin_minor, sent.currency, sent.stock, sent.discontinued,
  sent.seller, sent.return_rate, sent.countries, sent.attributes
${SENT}
WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.item_id = sent.item_id)`

const ITEMS = { topic: 'items', changed: ({ inserted, updated }: Upserted) => inserted + updated > 0 } as const

export function catalogueStore(database: Database): CatalogueStore {
  return {
    async load() {
      return (await database.learner.query<CatalogueItem>(LOAD)).rows
    },
    async list({ after = '', limit }) {
      const sql = `SELECT ${COLUMNS} FROM items i WHERE i.item_id > $1 ORDER BY i.item_id LIMIT $2`
      return (await database.admin.query<StoredItem>(sql, [after, limit])).rows
    },
    async get(itemId) {
      return (await database.admin.query<StoredItem>(`SELECT ${COLUMNS} FROM items i WHERE i.item_id = $1`, [itemId])).rows[0] ?? null
    },
    upsert: (items) =>
      transact(database, ITEMS, async (transaction) => {
        const sent = JSON.stringify(items.map(sentOf))
        const { rowCount: updated } = await transaction.raw(UPDATE, [sent])
        const { rowCount: inserted } = await transaction.raw(INSERT, [sent])
        return { inserted, updated }
      }),
    discontinue: (itemId) =>
      transact(database, { topic: 'items', changed: (found) => found }, async (transaction) => {
        const touched = await transaction('items')
          .where({ item_id: itemId })
          .update({ discontinued: true, updated_at: transaction.fn.now() })
        return touched > 0
      }),
  }
}

/** Names as in the table; whole numbers of any size as text. */
function sentOf({ itemId, priceMinor, marginMinor, returnRate, ...item }: StoredItem): object {
  const money = { price_minor: priceMinor?.toString() ?? null, margin_minor: marginMinor?.toString() ?? null }
  return { ...item, ...money, item_id: itemId, return_rate: returnRate }
}
