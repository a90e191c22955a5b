/**
 * Requests that this process answered lately, so that a repetition is recognised also while the database is away or too slow to say so.
 * What is not here any more, or was answered by another node, is known to the table.
 */
import { hexOf } from './keyed-rows.ts'
import type { RequestKey } from './log.ts'
import type { Kept } from './spool.ts'

export interface RecentRequest {
  readonly bodyHash: string
  readonly response: Uint8Array
  readonly kept: Promise<Kept>
}

export interface RecentKeys {
  find(hex: string): RecentRequest | undefined
  remember(key: RequestKey, kept: Promise<Kept>): void
}

/** With a response of 1 kB each about 60 MB. Beyond it the oldest are forgotten: repeated in an outage, they get another slate. */
const REQUESTS_MAX = 50_000

export function openRecentKeys(): RecentKeys {
  const requests = new Map<string, RecentRequest>()
  return {
    find: (hex) => (requests.size === 0 ? undefined : requests.get(hex)),
    remember({ key, bodyHash, response }, kept) {
      const hex = hexOf(key)
      requests.set(hex, { bodyHash: hexOf(bodyHash), response, kept })
      void kept.then(({ kind }) => kind === 'lost' && requests.delete(hex))
      if (requests.size > REQUESTS_MAX) requests.delete(requests.keys().next().value!)
    },
  }
}
