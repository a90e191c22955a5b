/** The catalogue's handlers: single items, and bulk loads that are answered item by item. */
import { decimalOf, minorOf } from '../../experiments/money.ts'
import type { StoredItem } from '../../store/catalogue-store.ts'
import { type Answer, type Bound, bind, json, NO_CONTENT } from '../handler.ts'
import { ITEMS_MAX, type ItemBody, type ItemResult, itemSchema } from '../item-request.ts'
import { readJson } from '../json.ts'
import { type Line, linesOf } from '../ndjson.ts'
import { pageAnswer } from '../paging.ts'
import { Problem, problemType } from '../problems.ts'
import { NDJSON_TYPE } from '../route.ts'
import { discontinueItem, listItems, putItems, readItem } from '../routes/catalogue.ts'
import { validated } from '../validation.ts'
import type { World } from '../world.ts'

type ItemWorld = Pick<World, 'items'>

export function itemHandlers(world: ItemWorld): readonly Bound[] {
  const { items } = world
  return [
    bind(listItems, ({ query }) =>
      pageAnswer({
        path: '/v1/items',
        name: 'items',
        page: query,
        read: (page) => items.list(page),
        keyOf: ({ itemId }) => itemId,
        shown: shownItem,
      }),
    ),
    bind(readItem, async ({ params: { itemId } }) => {
      const item = await items.get(itemId)
      if (!item) throw missing(itemId)
      return json(200, shownItem(item))
    }),
    bind(
      putItems,
      async ({ body }) => {
        const results = await put(
          world,
          body.map((item, i) => readItemOf(`/${i}`, () => item)),
        )
        const accepted = results.filter(({ status }) => status === 'accepted').length
        return json(200, { results, accepted, refused: results.length - accepted })
      },
      ({ request }): Answer => ({ status: 200, type: NDJSON_TYPE, stream: resultLines(world, linesOf(request, ITEMS_MAX)) }),
    ),
    bind(discontinueItem, async ({ params: { itemId } }) => {
      if (!(await items.discontinue(itemId))) throw missing(itemId)
      return NO_CONTENT
    }),
  ]
}

function missing(itemId: string): Problem {
  return new Problem('not-found', { detail: `There is no item "${itemId}".` })
}

async function* resultLines(world: ItemWorld, batches: AsyncIterable<readonly Line[]>): AsyncGenerator<string> {
  for await (const lines of batches) {
    const read = lines.map(({ no, bytes }) => readItemOf(`/${no}`, () => readJson(wholeLine(bytes))))
    const results = await put(world, read)
    yield results.map((result) => `${JSON.stringify(result)}\n`).join('')
  }
}

function wholeLine(bytes: Uint8Array | null): Uint8Array {
  if (!bytes) throw new Problem('too-large', { detail: 'A line may have 64 KiB.' })
  return bytes
}

/** An item, or why it is none. */
type ReadItem = { readonly item: StoredItem } | { readonly refused: ItemResult }

function readItemOf(place: string, read: () => unknown): ReadItem {
  let value: unknown
  try {
    value = read()
    return { item: storedOf(validated(itemSchema, value)) }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { slug, members } = error
    const problem = {
      type: problemType(slug),
      detail: members.errors?.[0]?.detail ?? error.message,
      pointer: `${place}${members.pointer ?? ''}`,
    }
    return { refused: { itemId: idIn(value), status: 'refused', problem } }
  }
}

function idIn(value: unknown): string | null {
  const id = typeof value === 'object' && value !== null ? (value as { itemId?: unknown }).itemId : undefined
  return typeof id === 'string' && id.length <= 256 ? id : null
}

/** Writes what could be read, all at once. Where an item is sent twice, the last one counts. */
async function put({ items }: ItemWorld, read: readonly ReadItem[]): Promise<readonly ItemResult[]> {
  const byId = new Map<string, StoredItem>()
  for (const one of read) if ('item' in one) byId.set(one.item.itemId, one.item)
  if (byId.size > 0) await items.upsert([...byId.values()])
  return read.map((one) => ('item' in one ? { itemId: one.item.itemId, status: 'accepted' } : one.refused))
}

function storedOf({ price, margin, ...item }: ItemBody): StoredItem {
  const minor = (money: string | null) => (money === null ? null : minorOf(money, item.currency!))
  return { ...item, priceMinor: minor(price), marginMinor: minor(margin) }
}

function shownItem({ priceMinor, marginMinor, ...item }: StoredItem): ItemBody {
  const decimal = (minor: bigint | null) => (minor === null || item.currency === null ? null : decimalOf(minor, item.currency))
  const { itemId, title, category, brand, currency, stock, discontinued, seller, returnRate, countries, attributes } = item
  return {
    itemId,
    title,
    category,
    brand,
    price: decimal(priceMinor),
    margin: decimal(marginMinor),
    currency,
    stock,
    discontinued,
    seller,
    returnRate,
    countries: countries === null ? null : [...countries],
    attributes: attributes as ItemBody['attributes'],
  }
}
