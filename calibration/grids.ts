/** Wider worlds than the studies: error rates over grids of base rates, splits, skewness, floors and batches. For reading, not for passing. */
import { alwaysValidContrast, contrastSums, headlineEffect, plannedVariance, scorePeriods } from '../src/stats/adaptive-contrast.ts'
import { rhoFor } from '../src/stats/always-valid-martingale.ts'
import { compareProportions } from '../src/stats/compare-proportions.ts'
import { drawBinomial, drawLognormal } from '../src/stats/draws.ts'
import { isUnknown } from '../src/stats/estimate.ts'
import { type Moments, mergeMoments, momentsOf } from '../src/stats/moments.ts'
import { criticalZ } from '../src/stats/power.ts'
import { type Random, randomOf } from '../src/stats/random.ts'
import { compareMeans } from '../src/stats/welch.ts'
import { tally } from './statement.ts'
import { runThompson } from './thompson.ts'

export interface Grid {
  readonly title: string
  readonly reading: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export interface GridOptions {
  readonly seed: number
  readonly runs: number
}

const level = 0.95
const SHARES = [0.5, 0.2, 0.05]
const percent = (hits: number | undefined, runs: number): string => `${((100 * (hits ?? 0)) / runs).toFixed(1)} %`

/** All grids. */
export function gridsOf(options: GridOptions): readonly Grid[] {
  return [conversionGrid(options), revenueGrid(options), banditGrid(options)]
}

function conversionGrid({ seed, runs }: GridOptions): Grid {
  const random = randomOf(seed)
  const units = 5000
  const rows = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2].map((rate) => [
    `${100 * rate} %`,
    ...SHARES.map((share) => {
      const small = Math.round(units * share)
      const draw = (n: number) => ({ n, events: drawBinomial(random, { trials: n, probability: rate }) })
      const hits = tally(runs, (hit) => {
        const comparison = compareProportions({ control: draw(units - small), treatment: draw(small) }, { level })
        hit('rejects', !isUnknown(comparison) && comparison.difference.significant)
      })
      return percent(hits.get('rejects'), runs)
    }),
  ])
  return {
    title: 'A/A conversion, 5,000 units, by base rate and split: share of false alarms',
    reading: 'Small counts are whole numbers, so a test of 5 % can only come close to it; below ten events an arm the score test is used.',
    columns: ['base rate', '50/50', '80/20', '95/5'],
    rows,
  }
}

function revenueGrid({ seed, runs }: GridOptions): Grid {
  const random = randomOf(seed)
  const few = Math.max(200, Math.round(runs / 4))
  const rows = [0.5, 1, 1.5].map((sigma) => [
    `σ = ${sigma}`,
    ...SHARES.map((share) => {
      const small = Math.round(10_000 * share)
      const hits = tally(few, (hit) => {
        const comparison = compareMeans(
          { control: visitors(random, 10_000 - small, sigma), treatment: visitors(random, small, sigma) },
          { level },
        )
        hit('rejects', !isUnknown(comparison) && comparison.difference.significant)
      })
      return percent(hits.get('rejects'), few)
    }),
  ])
  return {
    title: 'A/A revenue (5 % buy), 10,000 units, by spread of order values and split: share of false alarms',
    reading:
      "This is where Welch's test lies: heavy tails with a small arm. The skew gate asks for more than 10,000 units an arm in every row; the remedies are an even split, a cap, or time.",
    columns: ['order values', '50/50', '80/20', '95/5'],
    rows,
  }
}

function banditGrid({ seed, runs }: GridOptions): Grid {
  const random = randomOf(seed)
  const few = Math.max(200, Math.round(runs / 4))
  const critical = criticalZ({ level })
  const sizes = [100, 500, 2000]
  const rows = [0.02, 0.05, 0.1, 0.2].map((floor) => [
    `floor ${floor}`,
    ...sizes.map((perBatch) => {
      const rho = rhoFor({
        plannedVariance: plannedVariance({ rows: 20 * perBatch, outcomeVariance: 0.0475, propensities: [0.5, 0.5] }),
        level,
      })
      const hits = tally(few, (hit) => {
        const batches = runThompson(random, { batches: 20, perBatch, floor, rates: () => [0.05, 0.05] })
        const scored = scorePeriods(
          batches.map(({ period }) => period),
          { treatment: 1, control: 0 },
        )
        if (isUnknown(scored)) return
        const end = headlineEffect(scored.used)
        hit('end', !isUnknown(end) && Math.abs(end.estimate) > critical * Math.sqrt(end.variance))
        const any = batches.some((batch, look) => {
          if (Math.min(...batch.events) < 20) return false
          const always = alwaysValidContrast(contrastSums(scored.used.slice(0, look + 1)), { level, rho })
          return !isUnknown(always) && always.test.significant
        })
        hit('any', any)
      })
      return `${percent(hits.get('end'), few)} · ${percent(hits.get('any'), few)}`
    }),
  ])
  return {
    title: 'Thompson sampling without an effect, 20 batches, 5 % base rate: false alarms at the end · at any look (always valid)',
    reading:
      'The fixed figure at the end is for one planned look; with hardly any rows on one side it is a little off, the always-valid one is safe everywhere.',
    columns: ['', ...sizes.map((size) => `${size} a batch`)],
    rows,
  }
}

function visitors(random: Random, n: number, sigma: number): Moments {
  const buyers = drawBinomial(random, { trials: n, probability: 0.05 })
  return mergeMoments(
    { n: n - buyers, mean: 0, m2: 0 },
    momentsOf(Array.from({ length: buyers }, () => drawLognormal(random, { mu: 3, sigma }))),
  )
}
