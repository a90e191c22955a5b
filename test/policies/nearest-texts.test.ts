import { describe, expect, it } from 'vitest'
import { nearestTexts, type Wanted } from '../../src/policies/nearest-texts.ts'
import { cosine, idfOf, vectorsOf } from '../../src/policies/tf-idf.ts'

const texts = ['', 'red trail shoe', 'blue trail shoe', 'red thing', 'unheard words', 'trail']
const all: Wanted = { most: 10, above: 0, isWanted: () => true }

describe('nearest texts', () => {
  const nearest = nearestTexts(texts)
  const of = (item: number, wanted: Wanted = all) => {
    const best = nearest(item, wanted)
    return Array.from(best.items.subarray(0, best.count), (other, k) => [other, best.scores[k]!] as const)
  }

  it('are those that share words, by their cosine, never the item itself', () => {
    const vectors = vectorsOf(texts, idfOf(texts))
    for (const [other, score] of of(1)) expect(score).toBeCloseTo(cosine(vectors, 1, other), 12)
    expect(of(1).map(([other]) => other)).toEqual([2, 3, 5].toSorted((a, b) => cosine(vectors, 1, b) - cosine(vectors, 1, a)))
    expect(of(4)).toEqual([])
    expect(of(0)).toEqual([])
  })

  it('are as many, as near and of those that are wanted', () => {
    const [first] = of(1)
    expect(of(1, { ...all, most: 1 })).toEqual([first])
    expect(of(1, { ...all, above: first![1] })).toEqual([])
    expect(of(1, { ...all, isWanted: (item: number) => item === 5 }).map(([other]) => other)).toEqual([5])
  })
})
