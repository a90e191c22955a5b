import { describe, expect, it } from 'vitest'
import { isUnknown } from '../../src/stats/estimate.ts'
import { randomOf } from '../../src/stats/random.ts'
import { type Reliability, reliabilityOf } from '../../src/stats/reliability.ts'

function known(chances: readonly number[], happened: readonly number[], bins = 10): Reliability {
  const found = reliabilityOf(chances, happened, { bins })
  if (isUnknown(found)) throw new Error(found.because)
  return found
}

describe('reliability', () => {
  it('is what the formulas say, by hand', () => {
    const { brier, brierSkill, logLoss, ece, bins, observed } = known([0.1, 0.9, 0.2, 0.8], [0, 1, 1, 1], 2)
    expect(brier).toBeCloseTo((0.01 + 0.01 + 0.64 + 0.04) / 4, 12)
    expect(observed).toBe(0.75)
    expect(brierSkill).toBeCloseTo(1 - 0.175 / 0.1875, 12)
    expect(logLoss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.9) + Math.log(0.2) + Math.log(0.8)) / 4, 12)
    // The lower half: 0.15 said, half of it happened. The upper half: 0.85 said, all of it happened.
    expect(bins.map(({ n, events }) => [n, events])).toEqual([
      [2, 1],
      [2, 2],
    ])
    expect(ece).toBeCloseTo(0.5 * 0.35 + 0.5 * 0.15, 12)
  })

  it('finds chances that mean what they say near 0, and those that are double at half of themselves', () => {
    const random = randomOf(4)
    const chances = Array.from({ length: 40_000 }, () => 0.2 * random.uniform())
    const happened = chances.map((p) => (random.uniform() < p ? 1 : 0))
    expect(known(chances, happened).ece).toBeLessThan(0.01)
    const { ece, predicted, observed } = known(
      chances.map((p) => 2 * p),
      happened,
    )
    expect(ece).toBeCloseTo(predicted - observed, 6)
    expect(ece).toBeGreaterThan(0.09)
  })

  it('has intervals that hold what was said, where it is true', () => {
    const random = randomOf(8)
    const chances = Array.from({ length: 5_000 }, () => random.uniform() ** 3)
    const { bins } = known(
      chances,
      chances.map((p) => (random.uniform() < p ? 1 : 0)),
    )
    expect(bins.filter(({ predicted, interval }) => predicted < interval.low || predicted > interval.high).length).toBeLessThanOrEqual(2)
  })

  it('does not know what skill is when nothing happened, and nothing of nothing', () => {
    expect(known([0.1, 0.2], [0, 0]).brierSkill).toMatchObject({ because: 'no-events' })
    expect(reliabilityOf([], [])).toMatchObject({ because: 'too-few-units' })
  })

  it('costs a chance of 0 that came true something finite', () => expect(known([0], [1]).logLoss).toBeCloseTo(-Math.log(1e-6), 9))
})
