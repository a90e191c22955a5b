import { describe, expect, it } from 'vitest'
import { betaCdf } from '../../src/stats/beta.ts'
import { drawBeta, drawBinomial, drawExponential, drawGamma, drawLognormal, drawNormal, drawPoisson } from '../../src/stats/draws.ts'
import { gammaCdf } from '../../src/stats/gamma.ts'
import { normalCdf } from '../../src/stats/normal.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'

const DRAWS = 20_000
/** Kolmogorov's √n·D beyond which one in a million samples lies: 2·exp(−2x²) = 1e-6. */
const KOLMOGOROV = Math.sqrt(Math.log(2e6) / 2)

function expectDistribution(draw: (random: Random) => number, cdf: (x: number) => number): void {
  const random = randomOf(3)
  const values = Array.from({ length: DRAWS }, () => draw(random)).sort((a, b) => a - b)
  const distance = values.reduce((worst, x, i) => Math.max(worst, Math.abs(cdf(x) - i / DRAWS), Math.abs(cdf(x) - (i + 1) / DRAWS)), 0)
  expect(distance * Math.sqrt(DRAWS)).toBeLessThan(KOLMOGOROV)
}

/** P(X ≤ k) of a binomial, by the beta. */
const binomialCdf = (k: number, trials: number, p: number) => (k >= trials ? 1 : betaCdf(1 - p, { a: trials - k, b: k + 1 }))

function expectCounts(draw: (random: Random) => number, cdf: (k: number) => number): void {
  const random = randomOf(5)
  const counts = new Map<number, number>()
  for (let i = 0; i < DRAWS; i++) {
    const k = draw(random)
    counts.set(k, (counts.get(k) ?? 0) + 1)
  }
  let below = 0
  let worst = 0
  for (const k of [...counts.keys()].sort((a, b) => a - b)) {
    below += counts.get(k)!
    worst = Math.max(worst, Math.abs(below / DRAWS - cdf(k)))
  }
  expect(worst * Math.sqrt(DRAWS)).toBeLessThan(KOLMOGOROV)
}

describe('draws', () => {
  it('are normal, lognormal and exponential', () => {
    expectDistribution(drawNormal, normalCdf)
    expectDistribution(
      (random) => drawLognormal(random, { mu: 1, sigma: 2 }),
      (x) => normalCdf((Math.log(x) - 1) / 2),
    )
    expectDistribution(drawExponential, (x) => -Math.expm1(-x))
  })

  it.each([0.3, 1, 5, 400])('are gamma with shape %d', (shape) => {
    expectDistribution(
      (random) => drawGamma(random, shape),
      (x) => gammaCdf(x, shape),
    )
  })

  it('are beta, also with tiny shapes', () => {
    expectDistribution(
      (random) => drawBeta(random, { a: 2.5, b: 7 }),
      (x) => betaCdf(x, { a: 2.5, b: 7 }),
    )
    const random = randomOf(1)
    for (let i = 0; i < 100; i++) expect(drawBeta(random, { a: 1e-4, b: 1e-4 })).not.toBeNaN()
  })

  it.each([
    [7, 0.4],
    [1000, 0.002],
    [5000, 0.05],
    [200, 0.93],
  ])('are binomial with %d trials at %d', (trials, probability) => {
    expectCounts(
      (random) => drawBinomial(random, { trials, probability }),
      (k) => binomialCdf(k, trials, probability),
    )
  })

  it.each([0.2, 4, 30, 2500])('are Poisson with mean %d', (mean) => {
    // P(X ≤ k) = Q(k + 1, mean)
    expectCounts(
      (random) => drawPoisson(random, mean),
      (k) => 1 - gammaCdf(mean, k + 1),
    )
  })

  it('know their ends and refuse what is no distribution', () => {
    const random = randomOf(2)
    expect([
      drawBinomial(random, { trials: 9, probability: 1 }),
      drawBinomial(random, { trials: 9, probability: 0 }),
      drawPoisson(random, 0),
    ]).toEqual([9, 0, 0])
    expect(() => drawBinomial(random, { trials: 1.5, probability: 0.5 })).toThrow(/no binomial/)
    expect(() => drawPoisson(random, -1)).toThrow(/finite mean/)
    expect(() => drawGamma(random, 0)).toThrow(/positive shape/)
  })

  it('of two streams do not mix, although the library behind them keeps one generator', () => {
    const alone = Array.from(
      { length: 5 },
      (() => {
        const random = randomOf(8)
        return () => drawGamma(random, 2)
      })(),
    )
    const [left, right] = [randomOf(8), randomOf(9)]
    const together = Array.from({ length: 5 }, () => {
      const value = drawGamma(left, 2)
      drawGamma(right, 2)
      return value
    })
    expect(together).toEqual(alone)
  })
})
