/** Requests that were answered while the database was away: their keys wait in the spool, so a repetition is recognised here. */
import { hexOf } from './keyed-rows.ts'
import type { RequestKey } from './log.ts'
import type { Kept } from './spool.ts'

export interface SpooledRequest {
  readonly bodyHash: string
  readonly response: Uint8Array
  readonly kept: Promise<Kept>
}

export interface SpooledKeys {
  find(hex: string): SpooledRequest | undefined
  remember(key: RequestKey, kept: Promise<Kept>): void
  forget(hex: string): void
}

/** With a response of 1 kB each about 60 MB. Beyond it the oldest are forgotten: repeated in the same outage, they get another slate. */
const REQUESTS_MAX = 50_000

export function openSpooledKeys(): SpooledKeys {
  const requests = new Map<string, SpooledRequest>()
  return {
    find: (hex) => (requests.size === 0 ? undefined : requests.get(hex)),
    remember({ key, bodyHash, response }, kept) {
      const hex = hexOf(key)
      requests.set(hex, { bodyHash: hexOf(bodyHash), response, kept })
      void kept.then(({ kind }) => kind === 'lost' && requests.delete(hex))
      if (requests.size > REQUESTS_MAX) requests.delete(requests.keys().next().value!)
    },
    forget: (hex) => void requests.delete(hex),
  }
}
