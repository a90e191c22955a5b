/**
 * The sieve: which items may stand in this slate. Business rules, the request's candidates, what the shopper has in hand or has had.
 *
 * Marks carry the number of the request, so that nothing needs clearing between requests.
 */
import type { RankRequest } from './policy.ts'

export interface Sieve {
  readonly barred: Int32Array
  readonly wanted: Int32Array
  /** Room for the items that are to be sieved. */
  readonly found: Int32Array
  allowed: Uint8Array
  anyItem: boolean
  round: number
}

const ROUNDS_MAX = 2 ** 31 - 1

/** A sieve for item numbers below `size`. */
export function newSieve(size: number): Sieve {
  const marks = () => new Int32Array(size)
  return { barred: marks(), wanted: marks(), found: marks(), allowed: new Uint8Array(0), anyItem: true, round: 0 }
}

/** Prepares for a request. The page's item and the cart are barred; the history too unless `repeat`. */
export function prepare(sieve: Sieve, request: RankRequest, repeat: boolean): void {
  const { barred, wanted } = sieve
  if (sieve.round === ROUNDS_MAX) {
    barred.fill(0)
    wanted.fill(0)
    sieve.round = 0
  }
  const round = ++sieve.round
  sieve.allowed = request.allowed
  sieve.anyItem = request.candidates === null
  if (request.candidates !== null) for (const item of request.candidates) if (item < wanted.length) wanted[item] = round
  if (request.item !== null && request.item < barred.length) barred[request.item] = round
  for (const item of request.cart) if (item < barred.length) barred[item] = round
  if (!repeat) for (const item of request.history) if (item < barred.length) barred[item] = round
}

export function passes({ allowed, barred, wanted, anyItem, round }: Sieve, item: number): boolean {
  return allowed[item] === 1 && barred[item] !== round && (anyItem || wanted[item] === round)
}
