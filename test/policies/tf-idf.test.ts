import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cosine, idfOf, vectorsOf } from '../../src/policies/tf-idf.ts'
import { bucketsOf } from '../../src/policies/words.ts'

const word = fc.constantFrom('red', 'blue', 'shoe', 'sock', 'trail', 'road', 'kid')
const texts = fc.array(
  fc.array(word, { maxLength: 8 }).map((words) => words.join(' ')),
  { minLength: 2, maxLength: 12 },
)

describe('TF-IDF', () => {
  it('gives every text with words a vector of length one', () => {
    fc.assert(
      fc.property(texts, (given) => {
        const vectors = vectorsOf(given, idfOf(given))
        for (const [row, text] of given.entries()) expect(cosine(vectors, row, row)).toBeCloseTo(text === '' ? 0 : 1, 5)
      }),
    )
  })

  it('has cosines between 0 and 1, the same both ways, 0 without a common word', () => {
    fc.assert(
      fc.property(texts, (given) => {
        const vectors = vectorsOf(given, idfOf(given))
        const shared = given[0]!.split(' ').filter((each) => each !== '' && given[1]!.split(' ').includes(each))
        const similarity = cosine(vectors, 0, 1)
        expect(similarity).toBeLessThanOrEqual(1 + 1e-6)
        expect(similarity).toBe(cosine(vectors, 1, 0))
        expect(similarity > 0).toBe(shared.length > 0)
      }),
    )
  })

  it('weighs a rare word more than a common one, and never below nothing', () => {
    const idf = idfOf(['red shoe', 'red sock', 'red hat', 'blue shoe'])
    const of = (text: string) => idf[bucketsOf(text)[0]!]!
    expect(of('sock')).toBeGreaterThan(of('shoe'))
    expect(of('shoe')).toBeGreaterThan(of('red'))
    expect(of('red')).toBeGreaterThan(0)
    expect(of('unknown')).toBe(0)
  })
})
