import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exposureFairness } from '../../src/evaluation/exposure-fairness.ts'
import { itemFactsOf } from '../../src/evaluation/item-facts.ts'
import { effectiveCountOf, giniOf, type Shown, slateMetrics } from '../../src/evaluation/slate-metrics.ts'
import { splitOf } from '../../src/evaluation/split.ts'
import { catalogueFor, DAY, logOf } from './small-log.ts'

/** Items 1 … 4 may be sold; 1 is old and has four buyers of four, 4 came a day before the split and has one. */
const data = logOf(
  [...[0, 1, 2, 3].map((shopper) => [shopper, 1, 1] as const), [0, 2, 2], [1, 2, 2], [2, 3, 3], [3, 4, 99], [0, 3, 101]],
  5,
)
const catalogue = catalogueFor(data)
const split = splitOf(data, catalogue, { at: 100 * DAY, until: 130 * DAY, leastShoppers: 1 })
const facts = itemFactsOf(split, catalogue)
const shownOf = (slate: readonly number[], bought: readonly number[], baseline: readonly number[] = []): Shown => ({
  slate,
  bought: new Set(bought),
  baseline,
})

describe('what slates do to the catalogue', () => {
  const shown = [shownOf([1, 2], [2], [1, 2]), shownOf([1, 4], [4, 1], [1, 2])]
  const metrics = slateMetrics(shown, facts, 2)

  it('is counted as by hand', () => {
    expect(metrics.coverage).toBe(3 / 4)
    // Exposures 0, 1, 1, 2: (−3·0 − 1·1 + 1·1 + 3·2)/(4·4).
    expect(metrics.gini).toBeCloseTo(6 / 16, 12)
    // Shares ½, ¼, ¼: entropy 1.5 bits.
    expect(metrics.effectiveCatalogue).toBeCloseTo(2 ** 1.5, 12)
    // −log₂ of shares 1, ½, 1, ¼ of four shoppers.
    expect(metrics.novelty).toBeCloseTo((0 + 1 + 0 + 2) / 4, 12)
    // Of three hits only 4 was not in the baseline's slate; two slates of two places.
    expect(metrics.serendipity).toBe(1 / 4)
    expect(metrics.freshness).toBe(1 / 4)
    expect(metrics.revenue).toBe((200 + 400 + 100) / 2)
  })

  it('is unknown, not 0, where nothing is known', () => {
    expect(metrics.diversity).toEqual({ kind: 'unknown', because: 'no-information' })
    const nothing = slateMetrics([shownOf([], [1])], facts, 2)
    expect(nothing).toMatchObject({ coverage: 0, gini: { kind: 'unknown' }, novelty: { kind: 'unknown' }, freshness: { kind: 'unknown' } })
  })

  it('has a diversity of 1 for texts without a common word and 0 for the same text', () => {
    const texts = ['', 'red trail', 'red trail', 'blue road', '']
    const worded = itemFactsOf({ ...split, training: { ...split.training, texts } }, catalogue)
    expect(slateMetrics([shownOf([1, 2], [1])], worded, 2).diversity).toBeCloseTo(0, 6)
    expect(slateMetrics([shownOf([1, 3], [1])], worded, 2).diversity).toBeCloseTo(1, 6)
  })
})

describe('Gini and the effective number', () => {
  const exposures = fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 30 }).filter((values) => values.some((value) => value > 0))

  it('are 0 and n when all are alike, (n − 1)/n and 1 when one has all', () => {
    expect(giniOf(Float64Array.of(3, 3, 3, 3))).toBeCloseTo(0, 12)
    expect(giniOf(Float64Array.of(0, 0, 0, 8))).toBeCloseTo(3 / 4, 12)
    expect(effectiveCountOf(Float64Array.of(3, 3, 3, 3))).toBeCloseTo(4, 12)
    expect(effectiveCountOf(Float64Array.of(0, 0, 0, 8))).toBeCloseTo(1, 12)
  })

  it('do not depend on the unit, and Gini agrees with the mean difference of all pairs', () => {
    fc.assert(
      fc.property(exposures, (values) => {
        const ascending = Float64Array.from(values).sort()
        const n = values.length
        const mean = values.reduce((sum, value) => sum + value, 0) / n
        const differences = values.flatMap((a) => values.map((b) => Math.abs(a - b))).reduce((sum, value) => sum + value, 0)
        expect(giniOf(ascending)).toBeCloseTo(differences / (2 * n * n * mean), 10)
        expect(giniOf(ascending.map((value) => 7 * value))).toBeCloseTo(giniOf(ascending), 10)
        expect(effectiveCountOf(ascending)).toBeLessThanOrEqual(n + 1e-9)
      }),
    )
  })
})

describe('exposure fairness', () => {
  it('weighs places as NDCG does and is 0 when groups are shown as they are wanted', () => {
    const groups = { by: 'category', names: ['a', 'b'], of: Int32Array.of(-1, 0, 0, 1, 1) } as const
    const fair = exposureFairness([shownOf([1, 3], [1, 3]), shownOf([3, 1], [2, 4])], groups)
    expect(fair).toMatchObject({ gap: 0 })
    const skewed = exposureFairness([shownOf([1, 3], [3])], groups)
    const first = 1 / (1 + 1 / Math.log2(3))
    expect(skewed).toMatchObject({ gap: expect.closeTo(first, 12), groups: [{ group: 'a', items: 0.5, demand: 0 }, { group: 'b' }] })
    expect(exposureFairness([], groups)).toMatchObject({ kind: 'unknown' })
  })
})
