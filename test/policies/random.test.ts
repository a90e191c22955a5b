import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { keyOf } from '../../src/policies/random.ts'
import { chiSquareSurvival } from '../../src/stats/chi-square.ts'
import { randomOf } from '../../src/stats/random.ts'
import { keepsTheContract } from './contract.ts'
import { openOne, requestFor } from './opened.ts'
import { dataOf, itemOf, plantedShop } from './planted-shop.ts'

const shop = plantedShop(7)
const ranker = openOne({ key: 'random', kind: 'random', parameters: {} }, { ...shop, rankers: new Map() })

keepsTheContract('random', 'random')

describe('random', () => {
  it('shows every candidate at every place equally often, and says with which probability', () => {
    const candidates = Array.from({ length: 20 }, (_, i) => 10 * i + 1).filter((item) => shop.catalogue.allowed[item] === 1)
    const counts = candidates.map(() => new Float64Array(candidates.length))
    const draws = 20_000
    const stream = randomOf(4)
    for (let draw = 0; draw < draws; draw++) {
      const seed = Math.floor(stream.uniform() * 2 ** 53)
      const { items, propensities } = ranker.rank(requestFor(shop.catalogue, { candidates, seed, size: candidates.length }))
      expect(propensities).toEqual(candidates.map(() => 1 / candidates.length))
      items.forEach((item, place) => {
        counts[place]![candidates.indexOf(item)]!++
      })
    }
    // One place in a thousand million would look worse than this by chance.
    const expected = draws / candidates.length
    for (const row of counts) {
      const statistic = row.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
      expect(chiSquareSurvival(statistic, candidates.length - 1)).toBeGreaterThan(1e-9)
    }
  })

  it('follows from its seed alone, also when seeds are neighbours', () => {
    const slate = (seed: number) => ranker.rank(requestFor(shop.catalogue, { seed })).items
    expect(slate(77)).toEqual(slate(77))
    expect(new Set(Array.from({ length: 100 }, (_, seed) => slate(seed).join())).size).toBe(100)
    expect(slate(5)).not.toEqual(slate(5 + 2 ** 32))
  })

  it('is what putting all keys in order gives, whatever filters leave', () => {
    const many = catalogueOf(Array.from({ length: 3000 }, (_, i) => itemOf(i + 1)))
    const ranker = openOne({ key: 'r', kind: 'random', parameters: {} }, { data: dataOf([], [], 0), catalogue: many, rankers: new Map() })
    for (const [seed, every] of [
      [7, 1],
      [2 ** 40 + 3, 2],
      [11, 400],
    ] as const) {
      const allowed = many.allowed.map((may, item) => (item % every === 0 ? may : 0))
      const wanted = Array.from(allowed.keys())
        .filter((item) => allowed[item] === 1)
        .sort((a, b) => keyOf(seed, b) - keyOf(seed, a))
        .slice(0, 10)
      expect(ranker.rank(requestFor(many, { allowed, seed })).items).toEqual(wanted)
    }
  })

  it('draws keys that are not correlated from item to item or from seed to seed', () => {
    const pairs = Array.from({ length: 50_000 }, (_, i) => [keyOf(i, 3) - 0.5, keyOf(i + 1, 3) - 0.5, keyOf(i, 4) - 0.5] as const)
    const mean = (of: (pair: (typeof pairs)[number]) => number) => pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length
    // Standard error of a product of uniforms 1/12/√n = 3.7e-4; six of them.
    expect(Math.abs(mean(([a]) => a))).toBeLessThan(6 * 0.0013)
    expect(Math.abs(mean(([a, b]) => a * b))).toBeLessThan(6 * 3.8e-4)
    expect(Math.abs(mean(([a, , c]) => a * c))).toBeLessThan(6 * 3.8e-4)
  })
})
