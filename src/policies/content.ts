/**
 * content: what resembles the history by title, category, brand and attributes.
 *
 *     sᵢ = Σⱼ xⱼ·cos(vⱼ, vᵢ) / Σⱼ xⱼ      over the seeds j: the page's item, the cart, the latest of the history; v by TF-IDF
 *
 * Needs no shopper to have touched an item: whatever came into the catalogue after training is read when the model is opened. Scores come
 * through an inverted index: only items that share a word with a seed are looked at; the rarest words first, until so many entries were
 * looked at that the rest, in catalogues of many thousands, could not tell much.
 */
import { z } from 'zod'
import { openArrays, packArrays } from './arrays.ts'
import type { Catalogue } from './catalogue.ts'
import { joinedWords } from './joined-words.ts'
import type { PolicyKind, Progress, Scorer, TrainingData, Why } from './policy.ts'
import { scoredRanker } from './scored-ranker.ts'
import { addRow, clear, newScratch, type Scratch } from './scratch.ts'
import { gatherSeeds, newSeeds } from './seeds.ts'
import { type Rows, transposed } from './sparse.ts'
import { cosine, idfOf, vectorsOf } from './tf-idf.ts'
import { BUCKETS, textOf } from './words.ts'

const KIND = 'content'

const parameters = z.strictObject({
  seeds: z.number().int().min(1).max(50).default(20).meta({ description: 'How many of the latest items of the history count.' }),
  repeat: z.boolean().default(false).meta({ description: 'Whether items of the shopper’s history may be recommended again.' }),
})
type Parameters = z.output<typeof parameters>

export const content: PolicyKind<Parameters> = {
  kind: KIND,
  title: 'Content',
  description: 'What resembles the history by words and attributes; works for items that nobody has touched yet.',
  parameters,
  train,
  open: (key, body, { seeds, repeat }, { catalogue }) => {
    if (body === null) throw new Error('content needs a trained model.')
    const vectors = withColdItems(body.bytes, catalogue)
    const itemCount = vectors.starts.length - 1
    return scoredRanker(scorerOf(vectors, seeds), { key, kind: KIND, modelVersion: body.version, itemCount, repeat })
  },
}

function train({ texts }: TrainingData, _parameters: Parameters, progress: Progress): Uint8Array {
  progress(0, 'weighing words')
  const idf = idfOf(texts)
  progress(0.5, 'reading texts')
  const { starts, columns, values } = vectorsOf(texts, idf)
  return packArrays(KIND, { idf, starts, buckets: columns, weights: values })
}

/** The trained vectors, and those of items that the catalogue holds and training did not see. */
function withColdItems(bytes: Uint8Array, { size, ids, titles, categories, brands }: Catalogue): Rows {
  const arrays = openArrays(bytes, KIND)
  const trained = { starts: arrays.int32('starts'), columns: arrays.int32('buckets'), values: arrays.float32('weights') }
  const known = trained.starts.length - 1
  if (size <= known) return trained
  const textAt = (item: number) =>
    ids[item] === '' ? '' : textOf({ title: titles[item]!, category: categories[item]!, brand: brands[item]! })
  const cold = vectorsOf(
    Array.from({ length: size - known }, (_, i) => textAt(known + i)),
    arrays.float32('idf'),
  )
  return stacked(trained, cold)
}

/** One matrix above the other. */
function stacked(above: Rows, below: Rows): Rows {
  const entries = above.columns.length
  const starts = new Int32Array(above.starts.length + below.starts.length - 1)
  starts.set(above.starts)
  for (let row = 1; row < below.starts.length; row++) starts[above.starts.length - 1 + row] = entries + below.starts[row]!
  const columns = new Int32Array(entries + below.columns.length)
  columns.set(above.columns)
  columns.set(below.columns, entries)
  const values = new Float32Array(columns.length)
  values.set(above.values)
  values.set(below.values, entries)
  return { starts, columns, values }
}

/** Entries of the index that a request may look at: .3 ms. A catalogue of some thousand items never comes near. */
const ENTRIES_MAX = 60_000

/** Adds up what the texts share with the profile; when there is too much to look at, only its rarest words. */
function addTexts(scratch: Scratch, { items, count, scores }: Scratch, index: Rows): void {
  const { starts } = index
  const textsWith = (word: number): number => starts[word + 1]! - starts[word]!
  const words = items.subarray(0, count)
  let entries = 0
  for (let k = 0; k < count; k++) entries += textsWith(words[k]!)
  let looked = count
  if (entries > ENTRIES_MAX) {
    words.sort((a, b) => textsWith(a) - textsWith(b) || a - b)
    for (looked = 1, entries = textsWith(words[0]!); looked < count && entries + textsWith(words[looked]!) <= ENTRIES_MAX; looked++)
      entries += textsWith(words[looked]!)
  }
  clear(scratch, entries)
  for (let k = 0; k < looked; k++) addRow(scratch, index, words[k]!, scores[words[k]!]!)
}

function scorerOf(texts: Rows, historyMax: number): Scorer {
  const { vectors, columnCount } = joinedWords(texts, BUCKETS)
  const itemCount = vectors.starts.length - 1
  const index = transposed(vectors, columnCount)
  const scratch = newScratch(itemCount)
  const profile = newScratch(columnCount)
  const seeds = newSeeds(historyMax, itemCount)
  return {
    score: (request) => {
      clear(profile)
      gatherSeeds(seeds, request, { itemCount, historyMax })
      let total = 0
      for (let k = 0; k < seeds.count; k++) total += seeds.weights[k]!
      for (let k = 0; k < seeds.count; k++) addRow(profile, vectors, seeds.items[k]!, seeds.weights[k]! / total)
      addTexts(scratch, profile, index)
      return scratch
    },
    explain: (item): Why => {
      let largest = 0
      let like = -1
      let sum = 0
      for (let k = 0; k < seeds.count; k++) {
        const part = seeds.weights[k]! * cosine(vectors, seeds.items[k]!, item)
        sum += part
        if (part > largest) {
          largest = part
          like = seeds.items[k]!
        }
      }
      return { kind: 'similar', item: like, share: largest / sum }
    },
  }
}
