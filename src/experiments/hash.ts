/**
 * A hash of a unit under a salt, as a number in [0, 1): two rounds of MurmurHash3 (x86, 32 bit) over 128-bit inputs, 53 bits kept.
 *
 * Salts are keyed by the installation's secret and units are HMAC pseudonyms, so nobody outside can predict a bucket; what is asked
 * of the hash itself is only that buckets are uniform and that two salts are independent (tested by χ²).
 * @see Appleby, MurmurHash3 (public domain), the 32-bit mixing constants
 */

/** 128 bits as four 32-bit words. */
export type Words = readonly [number, number, number, number]

/** Reads 16 bytes as four little-endian words. */
export function wordsOf(bytes: Uint8Array): Words {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16)
  return [view.getInt32(0, true), view.getInt32(4, true), view.getInt32(8, true), view.getInt32(12, true)]
}

/** Uniform number in [0, 1) with 53 bits, the same for the same unit and salt. */
export function hashUniform(unit: Words, salt: Words): number {
  const high = murmur(unit, salt, 0x9747b28c)
  const low = murmur(unit, salt, 0x3c6ef372)
  return ((high >>> 5) * 67108864 + (low >>> 6)) / 9007199254740992
}

function murmur(unit: Words, salt: Words, seed: number): number {
  let hash = seed
  for (let i = 0; i < 4; i++) hash = round(hash, salt[i]!)
  for (let i = 0; i < 4; i++) hash = round(hash, unit[i]!)
  hash ^= 32
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function round(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  hash ^= Math.imul(k, 0x1b873593)
  hash = (hash << 13) | (hash >>> 19)
  return (Math.imul(hash, 5) + 0xe6546b64) | 0
}
