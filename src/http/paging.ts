/** Pages of a list: one object more than asked for is read, so that we know whether there is a next page. */

import type { PageOf } from '../store/noun.ts'
import type { Answer } from './handler.ts'
import { json } from './handler.ts'

export interface Listing<T> {
  readonly path: string
  readonly name: string
  readonly page: PageOf
  read(page: PageOf): Promise<readonly T[]>
  keyOf(row: T): string
  shown(row: T): unknown
}

/** A page as JSON, with the address of the next one in the header Link (RFC 8288). */
export async function pageAnswer<T>({ path, name, page, read, keyOf, shown }: Listing<T>): Promise<Answer> {
  const rows = await read({ ...page, limit: page.limit + 1 })
  const kept = rows.slice(0, page.limit)
  const last = kept.at(-1)
  const headers: Record<string, string> = {}
  if (rows.length > page.limit && last !== undefined)
    headers.Link = `<${path}?limit=${page.limit}&after=${encodeURIComponent(keyOf(last))}>; rel="next"`
  return json(200, { [name]: kept.map(shown) }, headers)
}
