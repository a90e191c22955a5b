/**
 * Nearest texts: of an item, those that read most like it, by the cosine of their TF-IDF vectors.
 *
 * Words that stand in very many texts tell little and are passed over, so that a large catalogue costs items times a bound, not items squared.
 */
import { addRow, clear, newScratch } from './scratch.ts'
import { transposed } from './sparse.ts'
import { idfOf, vectorsOf } from './tf-idf.ts'
import { newTopK, offer, reset, sort, type TopK } from './top-k.ts'
import { BUCKETS } from './words.ts'

export interface Wanted {
  readonly most: number
  /** Only cosines above this count; 0 takes all that share a word. */
  readonly above: number
  /** Which other items may be named. */
  isWanted(item: number): boolean
}

/** Words in more texts than this are passed over. */
const TEXTS_MAX = 2_000

/** Reads the texts once; the answer about an item (best first, scores are cosines) is lent until the next question. */
export function nearestTexts(texts: readonly string[]): (item: number, wanted: Wanted) => TopK {
  const vectors = vectorsOf(texts, idfOf(texts))
  const index = transposed(vectors, BUCKETS)
  const alike = newScratch(texts.length)
  const best = newTopK()
  return (item, { most, above, isWanted }) => {
    clear(alike)
    for (let k = vectors.starts[item]!; k < vectors.starts[item + 1]!; k++) {
      const bucket = vectors.columns[k]!
      if (index.starts[bucket + 1]! - index.starts[bucket]! <= TEXTS_MAX) addRow(alike, index, bucket, vectors.values[k]!)
    }
    reset(best, most)
    for (let k = 0; k < alike.count; k++) {
      const other = alike.items[k]!
      if (other !== item && alike.scores[other]! > above && isWanted(other)) offer(best, other, alike.scores[other]!)
    }
    sort(best)
    return best
  }
}
