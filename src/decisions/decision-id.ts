/** A decision id: a UUID of version 7 (RFC 9562), whose first 48 bits are the moment of the decision; as bytes and as text. */

/** Milliseconds since 1970 of an id. */
export function decidedAtOf(id: Uint8Array): number {
  const high = id[0]! * 0x1000000 + ((id[1]! << 16) | (id[2]! << 8) | id[3]!)
  return high * 0x10000 + ((id[4]! << 8) | id[5]!)
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The usual text, 36 characters. */
export function uuidText(id: Uint8Array): string {
  let text = ''
  for (let i = 0; i < 16; i++) text += i === 4 || i === 6 || i === 8 || i === 10 ? `-${HEX[id[i]!]}` : HEX[id[i]!]
  return text
}

/** 16 bytes of a UUID's text, or null when it is none. */
export function uuidBytes(text: string): Uint8Array | null {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)) return null
  const digits = text.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}
