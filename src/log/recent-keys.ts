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

/**
 * At least so many are known, at most twice as many: with a response of 1 kB each about 60 MB. What is older is forgotten a generation at a
 * time: repeated in an outage, it gets another slate. (To take the oldest out of a Map one by one costs up to 200 µs each: its iterator
 * passes over all that was deleted before.)
 */
export const GENERATION = 25_000

export function openRecentKeys(): RecentKeys {
  let young = new Map<string, RecentRequest>()
  let old = new Map<string, RecentRequest>()
  return {
    find: (hex) => (young.size + old.size === 0 ? undefined : (young.get(hex) ?? old.get(hex))),
    remember({ key, bodyHash, response }, kept) {
      const hex = hexOf(key)
      const generation = young
      generation.set(hex, { bodyHash: hexOf(bodyHash), response, kept })
      void kept.then(({ kind }) => kind === 'lost' && generation.delete(hex))
      if (young.size < GENERATION) return
      old = young
      young = new Map()
    },
  }
}
