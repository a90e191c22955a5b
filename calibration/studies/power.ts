/** C20: the power that the calculators promise, against experiments of the planned size. */
import { armMeanOf } from '../../src/stats/arm-estimate.ts'
import { compareWithCovariates } from '../../src/stats/cuped.ts'
import { drawBinomial, drawNormal } from '../../src/stats/draws.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { spendingBounds } from '../../src/stats/group-sequential-bounds.ts'
import { momentsOf } from '../../src/stats/moments.ts'
import { testNonInferiority } from '../../src/stats/non-inferiority.ts'
import { jointMomentsOf } from '../../src/stats/pair-moments.ts'
import { criticalZ, unitsForVariance, varianceForPower } from '../../src/stats/power.ts'
import { unitsForNonInferiority } from '../../src/stats/power-non-inferiority.ts'
import { unitsForRates } from '../../src/stats/power-proportion.ts'
import { sequentialSize } from '../../src/stats/power-sequential.ts'
import { studentUnits } from '../../src/stats/power-t.ts'
import { covariateFactor, ratioVariance } from '../../src/stats/power-variance.ts'
import { pooledTest } from '../../src/stats/proportion.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { compareRatios } from '../../src/stats/ratio.ts'
import { compareMeans } from '../../src/stats/welch.ts'
import { type Study, tally } from '../statement.ts'

const level = 0.95
const power = 0.8
const critical = criticalZ({ level })
const unit = { control: 1, treatment: 1 }
type Shown = { readonly kind: 'unknown' } | { readonly difference: { readonly significant: boolean; readonly estimate: number } }
const up = (comparison: Shown): boolean =>
  'difference' in comparison && comparison.difference.significant && comparison.difference.estimate > 0

export const plannedPower: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(1500 * scale)
  const trials: Record<string, () => boolean> = {
    'mean (t-test, d = 0.5)': smallMean(random),
    'rate (10 % against 14 %)': rates(random),
    'ratio (clicks by view)': clicks(random),
    'mean with a covariate of ρ = 0.6': withCovariate(random),
    "mean with five O'Brien–Fleming looks": withLooks(random),
    'non-inferiority at a margin of 10 %': guardrail(random),
  }
  return Object.entries(trials).map(([what, trial]) => {
    const hits = tally(runs, (hit) => hit('shown', trial()))
    return { study: 'C20', what: `planned for 80 %: ${what} is shown`, claim: 'equal', rate: power, hits: hits.get('shown')!, runs }
  })
}

const normals = (random: Random, n: number, mean: number): number[] => Array.from({ length: n }, () => mean + drawNormal(random))

function smallMean(random: Random): () => boolean {
  const n = Math.ceil(studentUnits({ effect: 0.5, unit, ratio: 1, power }, { level }))
  return () => up(compareMeans({ control: momentsOf(normals(random, n, 0)), treatment: momentsOf(normals(random, n, 0.5)) }, { level }))
}

function rates(random: Random): () => boolean {
  const plan = { control: 0.1, treatment: 0.14 }
  const n = Math.ceil(unitsForRates(plan, { power, critical, ratio: 1 }))
  const counts = (probability: number) => ({ n, events: drawBinomial(random, { trials: n, probability }) })
  return () => {
    const test = pooledTest({ control: counts(plan.control), treatment: counts(plan.treatment) }, { level })
    return !isUnknown(test) && test.significant && test.estimate > 0
  }
}

function clicks(random: Random): () => boolean {
  const shopper = (rate: number): readonly number[] => {
    const views = 1 + drawBinomial(random, { trials: 8, probability: 0.5 })
    return [drawBinomial(random, { trials: views, probability: rate }), views]
  }
  const sample = (n: number, rate: number) => jointMomentsOf(Array.from({ length: n }, () => shopper(rate)))
  const [control, treatment] = [0.2, 0.23].map((rate) => ratioVariance(sample(100_000, rate)) as number)
  const variance = varianceForPower({ effect: 0.03, power, critical })
  const n = Math.ceil(unitsForVariance({ control: control!, treatment: treatment! }, { variance, ratio: 1 }))
  return () => up(compareRatios({ control: sample(n, 0.2), treatment: sample(n, 0.23) }, { level }))
}

function withCovariate(random: Random): () => boolean {
  const correlation = 0.6
  const n = Math.ceil(
    unitsForVariance(unit, { variance: varianceForPower({ effect: 0.25, power, critical }), ratio: 1 }) * covariateFactor(correlation),
  )
  const arm = (effect: number) =>
    jointMomentsOf(
      Array.from({ length: n }, () => {
        const before = drawNormal(random)
        return [effect + correlation * before + Math.sqrt(1 - correlation ** 2) * drawNormal(random), before]
      }),
    )
  return () => up(compareWithCovariates({ control: arm(0), treatment: arm(0.25) }, { level }))
}

/** The path of the statistic itself: what is planned is its drift. */
function withLooks(random: Random): () => boolean {
  const looks = [0.2, 0.4, 0.6, 0.8, 1]
  const spending = { kind: 'obrien-fleming' } as const
  const bounds = spendingBounds(looks, { spending, level })
  const { drift } = sequentialSize({ kind: 'group-sequential', spending, level, looks: looks.length }, { power })
  return () => {
    let path = 0
    for (const { fraction, upper, lower } of bounds) {
      path += drift / looks.length + drawNormal(random) / Math.sqrt(looks.length)
      const z = path / Math.sqrt(fraction)
      if (z >= upper) return true
      if (z <= lower) return false
    }
    return false
  }
}

function guardrail(random: Random): () => boolean {
  const margin = { kind: 'relative', size: 0.1 } as const
  const plan = { margin, baseline: 5, unit, critical: criticalZ({ level, sides: 'greater' }) }
  const n = Math.ceil(unitsForNonInferiority(plan, { power, ratio: 1 }))
  const arm = () => {
    const estimate = armMeanOf(momentsOf(normals(random, n, plan.baseline)))
    if (isUnknown(estimate)) throw new Error('a planned arm has units')
    return estimate
  }
  return () => {
    const test = testNonInferiority({ control: arm(), treatment: arm() }, { margin, level })
    return !isUnknown(test) && test.nonInferior
  }
}
