/**
 * TF-IDF: a text as a vector of unit length over hashed words.
 *
 *     v_w ∝ (1 + ln tf_w)·idf_w      idf_w = ln(1 + (N − n_w + ½)/(n_w + ½))      |v| = 1
 *
 * tf how often word w stands in the text, n_w in how many of N texts. The product of two vectors is their cosine.
 * @see Robertson & Zaragoza (2009), The probabilistic relevance framework, doi:10.1561/1500000019, for this idf
 */
import type { Rows } from './sparse.ts'
import { BUCKETS, bucketsOf } from './words.ts'

/** How much each word tells, by bucket; words never seen tell nothing. */
export function idfOf(texts: readonly string[]): Float32Array {
  const counts = new Int32Array(BUCKETS)
  let documents = 0
  for (const text of texts) {
    const buckets = new Set(bucketsOf(text))
    if (buckets.size > 0) documents++
    for (const bucket of buckets) counts[bucket]!++
  }
  const idf = new Float32Array(BUCKETS)
  counts.forEach((n, bucket) => {
    if (n > 0) idf[bucket] = Math.log(1 + (documents - n + 0.5) / (n + 0.5))
  })
  return idf
}

/** One row a text: its vector, buckets ascending; empty where no word is known. */
export function vectorsOf(texts: readonly string[], idf: Float32Array): Rows {
  const starts = new Int32Array(texts.length + 1)
  const columns: number[] = []
  const values: number[] = []
  texts.forEach((text, row) => {
    const counts = new Map<number, number>()
    for (const bucket of bucketsOf(text)) if (idf[bucket]! > 0) counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
    const words = [...counts].sort(([a], [b]) => a - b).map(([bucket, n]) => [bucket, (1 + Math.log(n)) * idf[bucket]!] as const)
    const norm = Math.sqrt(words.reduce((sum, [, weight]) => sum + weight * weight, 0))
    for (const [bucket, weight] of words) {
      columns.push(bucket)
      values.push(weight / norm)
    }
    starts[row + 1] = columns.length
  })
  return { starts, columns: Int32Array.from(columns), values: Float32Array.from(values) }
}

/** The product of two rows of a matrix whose columns ascend: the cosine, if rows have unit length. */
export function cosine({ starts, columns, values }: Rows, a: number, b: number): number {
  let sum = 0
  let j = starts[b]!
  const end = starts[b + 1]!
  for (let i = starts[a]!; i < starts[a + 1]!; i++) {
    while (j < end && columns[j]! < columns[i]!) j++
    if (j < end && columns[j] === columns[i]) sum += values[i]! * values[j]!
  }
  return sum
}
