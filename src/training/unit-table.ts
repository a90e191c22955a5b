/**
 * Dense numbers for pseudonyms: an open-addressing table of 16-byte keys, some 30 bytes a shopper, where a Map of texts would take 200.
 *
 * Pseudonyms are keyed hashes: their first word is as good a hash as any.
 */

const WORDS = 4
const FIRST_SLOTS = 1024
/** Slots are kept at most so full. */
const FULL_PART = 0.5

export interface UnitTable {
  readonly count: number
  /** The number of a pseudonym given as 32 hexadecimal digits that start at `at`; numbers are given in order of first sight. */
  numberOf(hex: string, at: number): number
  /** The same, but −1 for one that has no number. */
  find(hex: string, at: number): number
  /** Numbers pseudonyms of 16 bytes each, in their order. */
  take(keys: Uint8Array): void
  /** All pseudonyms, 16 bytes each, by number. */
  keys(): Uint8Array
}

export function newUnitTable(): UnitTable {
  let slots = new Int32Array(FIRST_SLOTS).fill(-1)
  let words = new Uint32Array(FIRST_SLOTS * FULL_PART * WORDS)
  let count = 0
  const key = new Uint32Array(WORDS)

  const parse = (hex: string, at: number): void => {
    for (let word = 0; word < WORDS; word++) key[word] = Number.parseInt(hex.slice(at + 8 * word, at + 8 * word + 8), 16)
  }

  const grow = (): void => {
    const larger = new Uint32Array(words.length * 2)
    larger.set(words)
    words = larger
    slots = new Int32Array(slots.length * 2).fill(-1)
    for (let number = 0; number < count; number++) slots[slotOf(words, number * WORDS)] = number
  }

  /** The slot that holds the key, or the free one where it belongs. */
  const slotOf = (source: Uint32Array, at: number): number => {
    const mask = slots.length - 1
    let slot = source[at]! & mask
    for (let held = slots[slot]!; held >= 0; held = slots[slot]!) {
      const base = held * WORDS
      if (
        words[base] === source[at] &&
        words[base + 1] === source[at + 1] &&
        words[base + 2] === source[at + 2] &&
        words[base + 3] === source[at + 3]
      )
        break
      slot = (slot + 1) & mask
    }
    return slot
  }

  const numberOfKey = (): number => {
    const slot = slotOf(key, 0)
    if (slots[slot]! >= 0) return slots[slot]!
    words.set(key, count * WORDS)
    slots[slot] = count
    if (++count >= slots.length * FULL_PART) grow()
    return count - 1
  }

  return {
    get count() {
      return count
    },
    find: (hex, at) => {
      parse(hex, at)
      return slots[slotOf(key, 0)]!
    },
    numberOf: (hex, at) => {
      parse(hex, at)
      return numberOfKey()
    },
    take: (keys) => {
      const view = new DataView(keys.buffer, keys.byteOffset, keys.byteLength)
      for (let at = 0; at < keys.length; at += WORDS * 4) {
        for (let word = 0; word < WORDS; word++) key[word] = view.getUint32(at + word * 4)
        numberOfKey()
      }
    },
    keys: () => {
      const bytes = new Uint8Array(count * WORDS * 4)
      const view = new DataView(bytes.buffer)
      for (let i = 0; i < count * WORDS; i++) view.setUint32(i * 4, words[i]!)
      return bytes
    },
  }
}
