import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ArmEvidence, armEvidence } from '../../src/bandits/arm-evidence.ts'
import { rateMarginal, ratePosteriors } from '../../src/bandits/beta-bernoulli.ts'
import { openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import { rateDeciderOf } from '../../src/bandits/rate-decider.ts'
import { ratesOf } from '../../src/bandits/rate-models.ts'
import { ratePropensities } from '../../src/bandits/rate-propensity.ts'
import { probabilitiesOfBest } from '../../src/stats/bayesian-best.ts'
import { betaVariable } from '../../src/stats/bayesian-variable.ts'
import type { BetaShapes } from '../../src/stats/beta.ts'

const shape = (least: number, most: number) => fc.double({ min: Math.log(least), max: Math.log(most), noNaN: true }).map(Math.exp)
const shapes = (least: number) => fc.record({ a: shape(least, 1e4), b: shape(least, 1e5) })
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

describe('the propensity of rates', () => {
  it('is what an integral for each arm on its own gives, to 1e-9', () => {
    fc.assert(
      fc.property(fc.array(shapes(0.3), { minLength: 2, maxLength: 5 }), (rates) => {
        const found = ratePropensities(rates)
        const exact = probabilitiesOfBest(rates.map(betaVariable))
        found.forEach((p, arm) => {
          expect(Math.abs(p - exact[arm]!)).toBeLessThan(1e-9)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('adds up to 1 for many arms and for posteriors of next to nothing, and leans to nobody among equals', () => {
    fc.assert(
      fc.property(fc.array(shapes(0.05), { minLength: 1, maxLength: 12 }), (rates) => {
        expect(total(ratePropensities(rates))).toBeCloseTo(1, 12)
      }),
      { numRuns: 200 },
    )
    for (const p of ratePropensities(new Array<BetaShapes>(64).fill({ a: 7, b: 900 }))) expect(p).toBeCloseTo(1 / 64, 9)
  })
})

describe('the posterior of rates', () => {
  it('begins with the rate of all arms, worth five events', () => {
    const found = ratePosteriors([
      { trials: 100_000, successes: 100 },
      { trials: 100_000, successes: 300 },
      { trials: 0, successes: 0 },
    ]) as readonly BetaShapes[]
    // 400 of 200,000: five events are 2,500 rows.
    expect(found[2]!.a).toBeCloseTo(5, 9)
    expect(found[2]!.b).toBeCloseTo(2495, 9)
    expect(found[1]!.a).toBeCloseTo(305, 9)
    expect(found[1]!.b).toBeCloseTo(99_700 + 2495, 9)
  })

  it('is worth one event at the least, whichever is the rarer, so that a first success excludes nobody', () => {
    const [lucky, other] = ratePosteriors(
      Array.from({ length: 64 }, (_, arm) => ({ trials: 50, successes: arm === 0 ? 1 : 0 })),
    ) as BetaShapes[]
    expect(lucky!.a).toBeCloseTo(2, 9)
    expect(other!.a).toBeCloseTo(1, 9)
    const [missed] = ratePosteriors([
      { trials: 500, successes: 499 },
      { trials: 500, successes: 500 },
    ]) as BetaShapes[]
    expect(missed!.b).toBeCloseTo(2, 9)
  })

  it('is unknown until something turned out both ways', () => {
    expect(ratePosteriors([{ trials: 0, successes: 0 }])).toMatchObject({ because: 'too-few-units' })
    expect(ratePosteriors([{ trials: 9, successes: 0 }])).toMatchObject({ because: 'no-variance' })
    expect(ratePosteriors([{ trials: 9, successes: 9 }])).toMatchObject({ because: 'no-variance' })
  })

  const moments = (n: number, successes: number, others: number) => {
    const sums = openDecisionAccumulator({ features: 3, outcomes: 2 })
    for (let i = 0; i < n; i++) sums.add([1024, i % 7, 1024 * (i % 2)], [i < successes ? 1 : 0, i < others ? 1 : 0])
    return sums.moments()
  }
  const rule = { features: 3, outcomes: 2, context: false, now: 5, memory: Number.POSITIVE_INFINITY, window: Number.POSITIVE_INFINITY }
  const evidence = (arrived: number, memory = rule.memory): ArmEvidence[] =>
    [20, 40].map((successes) =>
      armEvidence(
        [
          { day: 4, moments: moments(200, successes, 50), arrived: [1] },
          { day: 5, moments: moments(100, 5, 1), arrived: [arrived] },
        ],
        { ...rule, memory, classes: [[0, 1]] },
      ),
    )
  const seen = (of: readonly ArmEvidence[], weights: readonly number[]) => ratesOf(of, weights) as readonly BetaShapes[]

  it('counts what can have come, and forgets, as the linear model does', () => {
    const half = seen(evidence(0.5), [2, 0])
    // 250 of 300 decisions count, with 25 and 45 successes: 70 of 500, and five events are 5/70 of that.
    const rows = 500 / 14
    expect(half[0]!.a).toBeCloseTo(25 + rows * 0.14, 9)
    expect(half[0]!.b).toBeCloseTo(225 + rows * 0.86, 9)
    const fading = seen(evidence(1, 2), [1, 0])
    expect(fading[0]!.a + fading[0]!.b - (fading[1]!.a + fading[1]!.b)).toBeCloseTo(0, 9)
    expect(fading[0]!.a - fading[1]!.a).toBeCloseTo(-10, 9)
  })

  it('looks at one outcome, from the side of what is wanted', () => {
    const [more, less] = [seen(evidence(1), [0, 1]), seen(evidence(1), [0, -3])]
    expect(less).toEqual(more.map(({ a, b }) => ({ a: b, b: a })))
    expect(more[0]!.a).toBeGreaterThan(51)
    expect(() => ratesOf(evidence(1), [1, 1])).toThrow()
  })

  it('takes outcomes as they came where next to nothing can have come', () => {
    const tiny = [0, 1].map(() => armEvidence([{ day: 5, moments: moments(10, 3, 1), arrived: [1e-9] }], { ...rule, classes: [[0, 1]] }))
    expect(seen(tiny, [1, 0])[0]!.a).toBeGreaterThan(3)
  })
})

describe('the decider of rates', () => {
  const rates = [
    { a: 20, b: 980 },
    { a: 30, b: 970 },
    { a: 5, b: 100 },
  ]
  const all = Uint8Array.of(1, 1, 1)
  const open = (thompsonScale: number, leaderShare = 1) => rateDeciderOf({ rates, thompsonScale, floor: 0.1, leaderShare })

  it('draws from the posterior itself at a scale of 1, with the floor on top, whatever the request', () => {
    const decider = open(1)
    const p = ratePropensities(rates)
    const arm = decider.decide([], all, 0.999999)
    expect(arm).toBe(2)
    decider.probabilities.forEach((probability, i) => {
      expect(probability).toBeCloseTo(0.1 / 3 + 0.9 * p[i]!, 14)
    })
    expect(decider.means[0]).toBeCloseTo(0.02, 14)
  })

  it('masks, is even in the uniform stratum, and gives the same vector again', () => {
    const decider = open(1)
    decider.decide([], Uint8Array.of(1, 0, 1), 0.5)
    const masked = Array.from(decider.probabilities)
    expect(masked[1]).toBe(0)
    expect(total(masked)).toBeCloseTo(1, 14)
    decider.decide([], all, 0.5, 'uniform')
    expect(Array.from(decider.probabilities)).toEqual([1 / 3, 1 / 3, 1 / 3])
    decider.decide([], Uint8Array.of(1, 0, 1), 0.5)
    expect(Array.from(decider.probabilities)).toEqual(masked)
  })

  it('widens with the scale, keeping the mean, and spreads its bets in learning mode', () => {
    const [narrow, wide] = [open(0.5), open(2)]
    expect(narrow.means).toEqual(wide.means)
    rates.forEach((rate, arm) => {
      expect(narrow.scales[arm]! / rateMarginal(rate).deviation).toBeCloseTo(0.5, 2)
      expect(wide.scales[arm]! / rateMarginal(rate).deviation).toBeCloseTo(2, 0)
    })
    const best = (decider: ReturnType<typeof open>) => {
      decider.decide([], all, 0)
      return Math.max(...decider.probabilities)
    }
    expect(best(narrow)).toBeGreaterThan(best(wide))
    expect(best(open(0.5, 0.5))).toBeLessThan(best(narrow))
  })
})
