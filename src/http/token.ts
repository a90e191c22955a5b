/**
 * Decision tokens: a signed ticket that ties an outcome to its exposure without a look-up, and that nobody can make up.
 *
 *     v1.<base64url( key id · decision id (16) · unit (16) · first 16 bytes of HMAC-SHA256 over what stands before )>
 *
 * The key is a KeyObject because making one of raw bytes costs four times the HMAC itself.
 */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'

const KEY_ID = 1
const SIGNED_BYTES = 33
const MAC_BYTES = 16
const PREFIX = 'v1.'

export interface Ticket {
  readonly decisionId: Uint8Array
  readonly unit: Uint8Array
}

/** The token of a decision. */
export function tokenOf(key: KeyObject, ticket: Ticket): string {
  const bytes = Buffer.allocUnsafe(SIGNED_BYTES + MAC_BYTES)
  bytes[0] = KEY_ID
  bytes.set(ticket.decisionId, 1)
  bytes.set(ticket.unit, 17)
  createHmac('sha256', key).update(bytes.subarray(0, SIGNED_BYTES)).digest().copy(bytes, SIGNED_BYTES, 0, MAC_BYTES)
  return PREFIX + bytes.toString('base64url')
}

/** What a token says, or null when it was not made with this key. */
export function readToken(key: KeyObject, token: string): Ticket | null {
  if (!token.startsWith(PREFIX)) return null
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url')
  if (bytes.length !== SIGNED_BYTES + MAC_BYTES || bytes[0] !== KEY_ID) return null
  const mac = createHmac('sha256', key).update(bytes.subarray(0, SIGNED_BYTES)).digest().subarray(0, MAC_BYTES)
  if (!timingSafeEqual(mac, bytes.subarray(SIGNED_BYTES))) return null
  return { decisionId: new Uint8Array(bytes.subarray(1, 17)), unit: new Uint8Array(bytes.subarray(17, SIGNED_BYTES)) }
}
