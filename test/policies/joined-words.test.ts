import { describe, expect, it } from 'vitest'
import { joinedWords } from '../../src/policies/joined-words.ts'
import { cosine, idfOf, vectorsOf } from '../../src/policies/tf-idf.ts'
import { BUCKETS, textOf } from '../../src/policies/words.ts'
import { plantedShop } from './planted-shop.ts'

const texts = plantedShop(3).items.map((item) => textOf(item))
const vectors = vectorsOf(texts, idfOf(texts))
const joined = joinedWords(vectors, BUCKETS)

describe('words that always stand together', () => {
  it('count as one: fewer entries, columns without gaps, ascending within a text', () => {
    expect(joined.vectors.columns.length).toBeLessThan(vectors.columns.length)
    expect(new Set(joined.vectors.columns).size).toBe(joined.columnCount)
    for (let row = 0; row < texts.length; row++) {
      const words = Array.from(joined.vectors.columns.subarray(joined.vectors.starts[row], joined.vectors.starts[row + 1]))
      expect(words).toEqual(words.toSorted((a, b) => a - b))
    }
  })

  it('leave every two texts as alike as they were', () => {
    for (let a = 0; a < texts.length; a += 7) {
      for (let b = 0; b < texts.length; b += 5) expect(cosine(joined.vectors, a, b)).toBeCloseTo(cosine(vectors, a, b), 6)
    }
  })

  it('stay apart where one of them stands alone once, or counts more often in one text than in another', () => {
    const three = ['red shoe', 'red shoe', 'red']
    const twice = ['red shoe', 'red red shoe', 'blue']
    for (const some of [three, twice]) {
      const rows = vectorsOf(some, idfOf(some))
      expect(joinedWords(rows, BUCKETS).vectors.columns.length).toBe(rows.columns.length)
    }
  })
})
