import { describe, expect, it } from 'vitest'
import { openAll, requestFor } from './opened.ts'
import { plantedShop } from './planted-shop.ts'

const CUT = 10
/** Everything follows from these; measured: popularity .05, content .08, collaborative .12, hybrid .15. */
const SEEDS = [1, 2, 3]

/** NDCG@10 of each policy over the shoppers who bought something new after the split, everything they had left out. */
function qualityOf(seed: number): Map<string, number> {
  const { data, catalogue, shoppers } = plantedShop(seed)
  const asked = shoppers.filter(({ history, bought }) => history.length > 0 && bought.length > 0)
  return new Map(
    [...openAll(data, catalogue)].map(([key, ranker]) => {
      const gains = asked.map(({ history, bought }) => {
        const allowed = catalogue.allowed.slice()
        for (const item of history) allowed[item] = 0
        return ndcg(ranker.rank(requestFor(catalogue, { history, allowed })).items, bought)
      })
      return [key, gains.reduce((sum, gain) => sum + gain, 0) / gains.length]
    }),
  )
}

/** Gain 1/log₂(rank + 1) of each item bought, over the largest sum possible. */
function ndcg(slate: readonly number[], bought: readonly number[]): number {
  const discount = (rank: number) => 1 / Math.log2(rank + 2)
  const gain = slate.reduce((sum, item, rank) => sum + (bought.includes(item) ? discount(rank) : 0), 0)
  const ideal = bought.slice(0, CUT).reduce((sum, _, rank) => sum + discount(rank), 0)
  return gain / ideal
}

describe.each(SEEDS)('on a shop with planted tastes and trends (seed %i)', (seed) => {
  const quality = qualityOf(seed)
  const of = (key: string) => quality.get(key)!

  it('collaborative beats popularity by far', () => {
    expect(of('collaborative')).toBeGreaterThan(1.8 * of('popularity'))
  })

  it('hybrid beats popularity by far, and collaborative clearly', () => {
    expect(of('hybrid')).toBeGreaterThan(2.5 * of('popularity'))
    expect(of('hybrid')).toBeGreaterThan(1.1 * of('collaborative'))
  })

  it('content finds the tastes that the titles tell', () => {
    expect(of('content')).toBeGreaterThan(1.3 * of('popularity'))
  })
})
