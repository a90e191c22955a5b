import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { likenessIn } from '../../src/policies/likeness.ts'
import { goods } from './assembled-pool.ts'

const WORDS = ['red', 'blue', 'trail', 'road', 'shoe', 'kid', 'winter', 'gym']
const anyTitle = fc.subarray(WORDS).map((words) => words.join(' '))

describe('likeness', () => {
  it('is the cosine of two sets of words', () => {
    fc.assert(
      fc.property(fc.array(anyTitle, { minLength: 2, maxLength: 12 }), (titles) => {
        const shop = goods(titles.length, (item) => ({ title: titles[item - 1]!, category: null, brand: null }))
        const items = titles.map((_, i) => i + 1)
        const first = new Set(titles[0]!.split(' ').filter(Boolean))
        const nearest = new Float64Array(items.length)
        likenessIn(shop).approach(nearest, items, 1)
        titles.forEach((title, i) => {
          const words = title.split(' ').filter(Boolean)
          const common = words.filter((word) => first.has(word)).length
          expect(nearest[i]).toBeCloseTo(common === 0 ? 0 : common / Math.sqrt(words.length * first.size), 12)
        })
      }),
    )
  })

  it('sees brand and category, however many words a catalogue has, and only ever rises', () => {
    const shop = goods(900, (item) => ({
      title: `w${item}a w${item}b`,
      category: item === 2 ? 'alike' : null,
      brand: item < 3 ? 'Alto' : null,
    }))
    const items = shop.shown
    const nearest = new Float64Array(items.length)
    const likeness = likenessIn(shop)
    for (const item of items) likeness.approach(nearest, [1], item)
    expect(nearest[0]).toBeCloseTo(1, 12)
    const others = new Float64Array(items.length)
    likeness.approach(others, items, 1)
    expect(others[1]).toBeGreaterThan(0.2)
    expect([...others].slice(2).every((like) => like === 0)).toBe(true)
  })
})
