/** C12, C13 and C14: do draws follow the propensities, and do the sample ratio tests keep their level? */
import { probabilitiesOfBest } from '../../src/stats/bayesian-best.ts'
import { betaVariable } from '../../src/stats/bayesian-variable.ts'
import { chiSquareSurvival } from '../../src/stats/chi-square.ts'
import { drawBeta, drawBinomial } from '../../src/stats/draws.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { randomOf } from '../../src/stats/random.ts'
import { sampleRatio } from '../../src/stats/sample-ratio.ts'
import { adaptiveSampleRatio, allocationOfBatches } from '../../src/stats/sample-ratio-adaptive.ts'
import { type SequentialSampleRatio, sequentialSampleRatio } from '../../src/stats/sample-ratio-sequential.ts'
import { type Study, tally } from '../statement.ts'
import { runThompson } from '../thompson.ts'

/** Draws of Thompson sampling itself against the probabilities by quadrature. */
export const thompsonPropensities: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const draws = Math.round(200_000 * scale)
  const posteriors = [
    { a: 31, b: 971 },
    { a: 41, b: 961 },
    { a: 36, b: 966 },
    { a: 45, b: 957 },
  ]
  const chances = probabilitiesOfBest(posteriors.map(betaVariable))
  const counts = posteriors.map(() => 0)
  for (let i = 0; i < draws; i++) {
    const values = posteriors.map((shapes) => drawBeta(random, shapes))
    counts[values.indexOf(Math.max(...values))]!++
  }
  const statistic = counts.reduce((sum, count, a) => sum + (count - draws * chances[a]!) ** 2 / (draws * chances[a]!), 0)
  return [
    {
      study: 'C12',
      what: `${draws.toLocaleString('en')} Thompson draws of four arms against their propensities by quadrature: p of χ²`,
      low: 1e-6,
      high: 1,
      value: chiSquareSurvival(statistic, 3),
    },
    {
      study: 'C12',
      what: '… what the propensities miss of 1',
      low: 0,
      high: 1e-12,
      value: Math.abs(chances.reduce((sum, p) => sum + p, 0) - 1),
    },
  ]
}

export const sampleRatios: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const fixedRuns = Math.round(40_000 * scale)
  const fixed = tally(fixedRuns, (hit) => {
    const treatment = drawBinomial(random, { trials: 10_000, probability: 0.5 })
    const test = sampleRatio({ counts: [10_000 - treatment, treatment], weights: [1, 1] })
    hit('alarm', !isUnknown(test) && test.mismatch)
  })
  const banditRuns = Math.round(5000 * scale)
  const bandit = tally(banditRuns, (hit) => {
    const batches = runThompson(random, { batches: 20, perBatch: 500, floor: 0.05, rates: () => [0.05, 0.06] })
    const counts = [0, 1].map((arm) => batches.reduce((sum, { outcomes }) => sum + outcomes[arm]!.n, 0))
    const test = adaptiveSampleRatio(
      allocationOfBatches(
        batches.map(({ propensities }) => ({ draws: 500, propensities })),
        counts,
      ),
    )
    hit('adaptive', !isUnknown(test) && test.pValue < 0.05)
    const naive = sampleRatio({ counts, weights: [1, 1] })
    hit('naive', !isUnknown(naive) && naive.pValue < 0.05)
  })
  const brokenRuns = Math.round(2000 * scale)
  const broken = tally(brokenRuns, (hit) => {
    const treatment = drawBinomial(random, { trials: 200_000, probability: 0.51 })
    const test = sampleRatio({ counts: [200_000 - treatment, treatment], weights: [1, 1] })
    hit('alarm', !isUnknown(test) && test.mismatch)
  })
  const study = 'C13'
  return [
    {
      study,
      what: 'healthy split of 10,000 units: the sample ratio test alarms',
      claim: 'at-most',
      rate: 0.001,
      hits: fixed.get('alarm')!,
      runs: fixedRuns,
    },
    {
      study,
      what: 'Thompson allocation: the bandit sample ratio test has p < 5 %',
      claim: 'equal',
      rate: 0.05,
      hits: bandit.get('adaptive')!,
      runs: banditRuns,
    },
    {
      study,
      what: '… the plain one against an even split',
      claim: 'at-least',
      rate: 0.9,
      hits: bandit.get('naive')!,
      runs: banditRuns,
      control: true,
    },
    { study, what: '51 to 49 at 200,000 units is found', claim: 'at-least', rate: 0.99, hits: broken.get('alarm')!, runs: brokenRuns },
  ]
}

export const sequentialSampleRatios: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(4000 * scale)
  const hits = tally(runs, (hit) => {
    const counts = [0, 0]
    let before: SequentialSampleRatio | undefined
    let naive = false
    for (let look = 0; look < 50; look++) {
      const treatment = drawBinomial(random, { trials: 400, probability: 0.5 })
      counts[0]! += 400 - treatment
      counts[1]! += treatment
      const now = sequentialSampleRatio(counts, { weights: [1, 1] }, before)
      if (!isUnknown(now)) before = now
      const plain = sampleRatio({ counts, weights: [1, 1] })
      naive ||= !isUnknown(plain) && plain.pValue < 0.01
    }
    hit('sequential', before !== undefined && before.pValue < 0.01)
    hit('naive', naive)
  })
  return [
    {
      study: 'C14',
      what: 'healthy split, 50 looks: the sequential sample ratio test has p < 1 % at any of them',
      claim: 'at-most',
      rate: 0.01,
      hits: hits.get('sequential')!,
      runs,
    },
    { study: 'C14', what: '… the plain one', claim: 'at-least', rate: 0.05, hits: hits.get('naive')!, runs, control: true },
  ]
}
