import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criticalZ } from '../../src/stats/power.ts'
import { bestRatio, criticalZOfArms } from '../../src/stats/power-arms.ts'

describe('critical values for several treatments', () => {
  it("are Dunnett's published ones at equal sizes", () => {
    const critical = [1, 2, 3, 5].map((treatments) => criticalZOfArms({ level: 0.95, treatments, ratio: 1, correction: 'dunnett' }))
    expect(critical.map((c) => c.toFixed(3))).toEqual(['1.960', '2.212', '2.349', '2.511'])
  })

  it('are never above Bonferroni’s, and equal it with one treatment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.double({ min: 0.1, max: 5, noNaN: true }), (treatments, ratio) => {
        const dunnett = criticalZOfArms({ level: 0.95, treatments, ratio, correction: 'dunnett' })
        const bonferroni = criticalZOfArms({ level: 0.95, treatments, ratio, correction: 'bonferroni' })
        expect(dunnett).toBeLessThanOrEqual(bonferroni + 1e-9)
        expect(dunnett).toBeGreaterThanOrEqual(criticalZ({ level: 0.95 }) - 1e-9)
        if (treatments === 1) expect(dunnett).toBeCloseTo(bonferroni, 9)
      }),
      { numRuns: 20 },
    )
  })

  it('go with a control √K times as large', () => {
    expect(bestRatio(4)).toBe(0.5)
    // 1/n_c + 1/n_t for a total of 1, at the best ratio and beside it
    const variance = (ratio: number, treatments: number) => (1 + treatments * ratio) * (1 + 1 / ratio)
    for (const nearby of [0.45, 0.55]) expect(variance(nearby, 4)).toBeGreaterThan(variance(bestRatio(4), 4))
  })
})
