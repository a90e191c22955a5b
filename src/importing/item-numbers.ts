/**
 * From item ids to item numbers. Unknown items are made, once, in the transaction of the chunk that names them first.
 *
 * Numbers stay dense: an INSERT … ON CONFLICT would burn a number for every item that is there already, so new ids are found first, under
 * a lock that keeps other writers (not readers) away until the chunk commits.
 */
import type pg from 'pg'
import type { OpenItem } from './interaction-chunk.ts'
import { memoryOf } from './memory.ts'

const REMEMBERED = 200_000

export interface ItemNumbers {
  known(itemId: string): number | undefined
  /** Finds or makes all these items. Returns how many were made. Call it inside a transaction. */
  settle(open: ReadonlyMap<string, OpenItem>, give: (item: OpenItem, itemNo: number) => void): Promise<number>
}

/** Numbers of one database; remembers those of the last 200,000 items. */
export function itemNumbers(client: pg.Client): ItemNumbers {
  const memory = memoryOf<number>(REMEMBERED)

  async function find(ids: readonly string[]): Promise<void> {
    const { rows } = await client.query<Row>('SELECT items.item_id, items.item_no FROM items WHERE items.item_id = ANY ($1)', [ids])
    for (const row of rows) memory.set(row.item_id, row.item_no)
  }

  async function make(ids: readonly string[], open: ReadonlyMap<string, OpenItem>): Promise<number> {
    await client.query('LOCK TABLE items IN SHARE ROW EXCLUSIVE MODE')
    const { rows } = await client.query<Row>(INSERT_NEW, [ids, ids.map((id) => open.get(id)!.title)])
    for (const row of rows) memory.set(row.item_id, row.item_no)
    // Somebody else made some of them before we had the lock.
    if (rows.length < ids.length) await find(ids)
    return rows.length
  }

  return {
    known: (itemId) => memory.get(itemId),
    async settle(open, give) {
      const unknown = () => [...open.keys()].filter((id) => memory.get(id) === undefined)
      if (unknown().length > 0) await find(unknown())
      const made = unknown().length > 0 ? await make(unknown(), open) : 0
      for (const [id, item] of open) give(item, memory.get(id)!)
      return made
    },
  }
}

interface Row {
  readonly item_id: string
  readonly item_no: number
}

const INSERT_NEW = `
  INSERT INTO items (item_id, title)
  SELECT new.item_id, new.title
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS new (item_id, title, place)
  WHERE NOT EXISTS (SELECT FROM items WHERE items.item_id = new.item_id)
  ORDER BY new.place
  RETURNING items.item_id, items.item_no`
