import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RANKING_METRICS, type RankingMetric, rankingMetrics } from '../../src/evaluation/ranking-metrics.ts'

function metricsOf(slate: readonly number[], bought: readonly number[]): Record<RankingMetric, number> {
  const values = rankingMetrics(slate, new Set(bought))
  return Object.fromEntries(RANKING_METRICS.map((metric, i) => [metric, values[i]])) as Record<RankingMetric, number>
}

const slates = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 20 })
const boughts = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 })

describe('the ranking metrics', () => {
  it('are what comes out by hand', () => {
    // Hits at ranks 2 and 6 of three bought: DCG@10 = 1/log₂3 + 1/log₂7 = .630930 + .356207, ideal 1 + .630930 + .5 = 2.130930.
    const metrics = metricsOf([9, 1, 8, 7, 6, 2, 5], [1, 2, 3])
    expect(metrics['ndcg@10']).toBeCloseTo(0.987137 / 2.13093, 6)
    expect(metrics['ndcg@5']).toBeCloseTo(0.63093 / 2.13093, 6)
    expect(metrics['recall@10']).toBeCloseTo(2 / 3, 12)
    expect(metrics['recall@5']).toBeCloseTo(1 / 3, 12)
    expect([metrics['hr@5'], metrics['hr@10']]).toEqual([1, 1])
  })

  it('take the best possible slate as 1, also when more was bought than a slate holds', () => {
    const many = Array.from({ length: 30 }, (_, i) => i + 1)
    expect(metricsOf(many.slice(0, 20), many)['ndcg@10']).toBeCloseTo(1, 12)
    expect(metricsOf(many.slice(0, 20), many)['recall@10']).toBeCloseTo(1 / 3, 12)
  })

  it('lie between 0 and 1, and recall and HR never fall with a longer slate', () => {
    fc.assert(
      fc.property(slates, boughts, (slate, bought) => {
        const metrics = metricsOf(slate, bought)
        for (const value of Object.values(metrics)) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1 + 1e-12)
        }
        expect(metrics['recall@20']).toBeGreaterThanOrEqual(metrics['recall@10'])
        expect(metrics['recall@10']).toBeGreaterThanOrEqual(metrics['recall@5'])
        expect(metrics['hr@10']).toBe(metrics['recall@10'] > 0 ? 1 : 0)
      }),
    )
  })

  it('never fall when a hit moves up', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 20 }), fc.nat(), (slate, place) => {
        const at = 1 + (place % (slate.length - 1))
        const up = slate.slice()
        ;[up[at - 1], up[at]] = [slate[at]!, slate[at - 1]!]
        expect(metricsOf(up, [slate[at]!])['ndcg@20']).toBeGreaterThan(metricsOf(slate, [slate[at]!])['ndcg@20'])
      }),
    )
  })
})
