/**
 * Words of an item's texts, hashed into a fixed number of buckets, so that a model needs no dictionary.
 *
 * Category, brand and attributes count twice: as plain words, and whole, as "category=trail-running", so that a shared brand is more than
 * a shared word. Two words in one bucket are rare (2 % of 5,000 words in 2¹⁸ buckets) and cost little.
 * @see Weinberger et al. (2009), Feature hashing for large scale multitask learning, doi:10.1145/1553374.1553516
 */

export const BUCKETS = 2 ** 18

export interface ItemWords {
  readonly title: string
  readonly category: string | null
  readonly brand: string | null
  /** Further attributes by name; values that are not text or numbers are passed over. */
  readonly attributes?: Readonly<Record<string, unknown>>
}

const WORD = /[\p{L}\p{N}]+(?:=[\p{L}\p{N}-]+)?/gu
const NOT_WORD = /[^\p{L}\p{N}]+/gu

/** Everything that describes an item, as one text for `bucketsOf`. */
export function textOf({ title, category, brand, attributes = {} }: ItemWords): string {
  const fields = Object.entries({ category, brand, ...attributes }).filter(
    ([, value]) => typeof value === 'string' || typeof value === 'number',
  )
  return [title, ...fields.flatMap(([name, value]) => [String(value), `${joined(name)}=${joined(String(value))}`])].join(' ')
}

/** The bucket of each word, in the order of the text, repetitions kept. */
export function bucketsOf(text: string): number[] {
  const words = text.normalize('NFKC').toLowerCase().match(WORD) ?? []
  return words.map((word) => bucketOf(singular(word)))
}

function joined(text: string): string {
  return text.replace(NOT_WORD, '-').replace(/^-|-$/g, '')
}

/** Drops the plural's s, the one ending that catalogues disagree about most. */
function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}

/** FNV-1a over UTF-16 code units, folded to 18 bits. */
function bucketOf(word: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
  return ((hash >>> 18) ^ hash) & (BUCKETS - 1)
}
