/**
 * Writes items: what is there already is updated first, only new ids are inserted, so that item numbers stay dense.
 *
 * `replace` sets every field that the file has a column for; `fill` sets only what is still empty, for items that come along with a history.
 */
import type pg from 'pg'
import { advancing } from './import-record.ts'
import type { ItemRow } from './row-reader.ts'
import { addUp, type RowWriter, type Written } from './row-writer.ts'
import { inTransaction } from './transaction.ts'

export type Manner = 'replace' | 'fill'

interface Column {
  readonly name: string
  readonly type: string
  readonly of: (row: ItemRow) => unknown
}

const COLUMN_OF: Readonly<Record<Exclude<keyof ItemRow, 'itemId'>, Column>> = {
  title: { name: 'title', type: 'text', of: (row) => row.title },
  category: { name: 'category', type: 'text', of: (row) => row.category },
  brand: { name: 'brand', type: 'text', of: (row) => row.brand },
  seller: { name: 'seller', type: 'text', of: (row) => row.seller },
  priceMinor: { name: 'price_minor', type: 'bigint', of: (row) => row.priceMinor },
  marginMinor: { name: 'margin_minor', type: 'bigint', of: (row) => row.marginMinor },
  currency: { name: 'currency', type: 'text', of: (row) => row.currency },
  stock: { name: 'stock', type: 'integer', of: (row) => row.stock },
  countries: { name: 'countries', type: 'text[]', of: (row) => row.countries },
  discontinued: { name: 'discontinued', type: 'boolean', of: (row) => row.discontinued },
  attributes: { name: 'attributes', type: 'jsonb', of: (row) => row.attributes },
}

/** Opens a writer that replaces. When an id comes twice, the later row wins. */
export function itemWriter(client: pg.Client, importId: number): RowWriter<ItemRow> {
  let rows = new Map<string, ItemRow>()
  const written: Written = { itemsAdded: 0, itemsChanged: 0 }
  return {
    written,
    get waiting() {
      return rows.size
    },
    add: (_line, row) => void rows.set(row.itemId, row),
    take(progress) {
      const full = [...rows.values()]
      rows = new Map()
      return () =>
        inTransaction(client, async () => {
          addUp(written, await putItems(client, full, 'replace'))
          await client.query(advancing(client, importId, progress))
        })
    },
  }
}

/** Puts items with different ids into the catalogue; call it inside a transaction. */
export async function putItems(client: pg.Client, items: readonly ItemRow[], manner: Manner): Promise<Written> {
  if (items.length === 0) return { itemsAdded: 0, itemsChanged: 0 }
  const columns = Object.entries(COLUMN_OF).filter(([field]) => field in items[0]!)
  const statements = statementsFor(
    columns.map(([, column]) => column),
    manner,
  )
  const parameter = JSON.stringify(
    items.map((row) => Object.fromEntries([['item_id', row.itemId], ...columns.map(([, { name, of }]) => [name, of(row)])])),
  )
  await client.query('LOCK TABLE items IN SHARE ROW EXCLUSIVE MODE')
  const changed = statements.update === null ? 0 : ((await client.query(statements.update, [parameter])).rowCount ?? 0)
  const added = (await client.query(statements.insert, [parameter])).rowCount ?? 0
  return { itemsAdded: added, itemsChanged: changed }
}

function statementsFor(columns: readonly Column[], manner: Manner): { readonly update: string | null; readonly insert: string } {
  const names = ['item_id', ...columns.map(({ name }) => name)]
  const types = ['item_id text', ...columns.map(({ name, type }) => `${name} ${type}`)]
  const source = `ROWS FROM (jsonb_to_recordset($1::jsonb) AS (${types.join(', ')})) WITH ORDINALITY AS new (${names.join(', ')}, place)`
  const wanted = ({ name }: Column): string => {
    if (manner === 'replace') return `new.${name}`
    return name === 'title' ? "CASE WHEN items.title = '' THEN new.title ELSE items.title END" : `coalesce(items.${name}, new.${name})`
  }
  const update = `
    UPDATE items SET ${columns.map((column) => `${column.name} = ${wanted(column)}`).join(', ')}, updated_at = now()
    FROM ${source}
    WHERE items.item_id = new.item_id
      AND (${columns.map(({ name }) => `items.${name}`).join(', ')}) IS DISTINCT FROM (${columns.map(wanted).join(', ')})`
  const insert = `
    INSERT INTO items (${names.join(', ')})
    SELECT ${names.map((name) => `new.${name}`).join(', ')}
    FROM ${source}
    WHERE NOT EXISTS (SELECT FROM items WHERE items.item_id = new.item_id)
    ORDER BY new.place`
  return { update: columns.length === 0 ? null : update, insert }
}
