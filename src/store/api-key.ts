/**
 * The text of an API key, and how it is checked without being known.
 *
 *     cr_<environment>_<selector>_<secret>
 *
 * The selector finds the row; of the secret only the SHA-256 is kept. A secret of 256 random bits needs no slow hash: there is nothing to
 * guess. A key in another form (CROUPIER_BOOTSTRAP_KEY may be any text) is its own secret, and its selector is made of its hash.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

export interface Credentials {
  readonly selector: string
  readonly secret: string
}

const FORM = /^cr_[a-z0-9]{1,16}_([a-z0-9]{4,32})_([A-Za-z0-9]{16,128})$/
export const KEY_LENGTH_LEAST = 16
const KEY_LENGTH_MOST = 256
const SELECTOR_LENGTH = 12
const SECRET_LENGTH = 43

/** A new key. `environment`: lower-case letters and digits. */
export function makeKey(environment = 'live'): Credentials & { readonly key: string } {
  const selector = letters(SELECTOR_LENGTH).toLowerCase()
  const secret = letters(SECRET_LENGTH)
  return { key: `cr_${environment}_${selector}_${secret}`, selector, secret }
}

/** Takes a presented key apart; null when it cannot be one. */
export function credentialsOf(presented: string): Credentials | null {
  const match = FORM.exec(presented)
  if (match) return { selector: match[1]!, secret: match[2]! }
  if (presented.startsWith('cr_') || presented.length < KEY_LENGTH_LEAST || presented.length > KEY_LENGTH_MOST) return null
  return { selector: `x${hash('sha256', presented, 'hex').slice(0, SELECTOR_LENGTH - 1)}`, secret: presented }
}

/** What is kept of a secret; 32 bytes. */
export function verifierOf(secret: string): Buffer {
  return Buffer.from(hash('sha256', secret, 'hex'), 'hex')
}

/** Takes as long for a wrong secret as for the right one. */
export function isSecretOf(secret: string, verifier: Uint8Array): boolean {
  return timingSafeEqual(verifierOf(secret), verifier)
}

/** Letters and digits with nearly six random bits each; base64 without the two characters that break words. */
function letters(length: number): string {
  let text = ''
  while (text.length < length) text += randomBytes(length).toString('base64url').replace(/[-_]/g, '')
  return text.slice(0, length)
}
