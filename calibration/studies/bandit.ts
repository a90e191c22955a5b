/** C9, C10 and C11: inference after Thompson sampling, in a steady and in a drifting world, at the end and at every look. */

import { batchedOls } from '../../src/stats/adaptive-batched-ols.ts'
import {
  alwaysValidContrast,
  contrastSums,
  headlineEffect,
  overlapWeight,
  plannedVariance,
  scorePeriods,
} from '../../src/stats/adaptive-contrast.ts'
import type { AdaptivePeriod, ScorePeriod } from '../../src/stats/adaptive-period.ts'
import { rhoFor } from '../../src/stats/always-valid-martingale.ts'
import { type Effect, isUnknown, type Unknown } from '../../src/stats/estimate.ts'
import { hajekMean, mergeWeighted, NO_WEIGHT } from '../../src/stats/importance.ts'
import { mergeMoments, NO_MOMENTS } from '../../src/stats/moments.ts'
import { criticalZ } from '../../src/stats/power.ts'
import { randomOf } from '../../src/stats/random.ts'
import { differenceOfMeans } from '../../src/stats/welch.ts'
import { type Finding, type Study, tally } from '../statement.ts'
import { type Batch, runThompson, type World } from '../thompson.ts'

const level = 0.95
const critical = criticalZ({ level })
const contrast = { treatment: 1, control: 0 }
/** 3 % in the first batch, 10.6 % in the last. */
const drifting = (batches: number) => (batch: number) => {
  const rate = 0.03 + (0.076 * batch) / (batches - 1)
  return [rate, rate] as const
}
const steady = () => [0.05, 0.05] as const

export const banditAtTheEnd: Study = ({ seed, scale }) => {
  const runs = Math.round(4000 * scale)
  const worlds: readonly [string, string, World][] = [
    ['C9', 'steady 5 %, 20 batches of 500, floor .05', { batches: 20, perBatch: 500, floor: 0.05, rates: steady }],
    [
      'C10',
      'base rate drifting from 3 to 10.6 %, 20 batches of 2,000, floor .05',
      { batches: 20, perBatch: 2000, floor: 0.05, rates: drifting(20) },
    ],
  ]
  return worlds.flatMap(([study, what, world], w): Finding[] => {
    const random = randomOf(seed + w)
    const hits = tally(runs, (hit) => {
      const batches = runThompson(random, world)
      const periods = batches.map(({ period }) => period)
      hit('aipw', rejects(headlineOf(periods)))
      hit('ipw', rejects(headlineOf(periods.map(withoutPredictions))))
      hit('hajek', rejects(hajekContrast(periods)))
      const ols = batchedOls(batches.map(({ outcomes }) => ({ control: outcomes[0], treatment: outcomes[1] })))
      hit('ols', !isUnknown(ols) && Math.abs(ols.z) > critical)
      hit('naive', rejects(pooled(batches)))
    })
    const says = (name: string, words: string): Finding => ({
      study,
      what: words,
      claim: 'at-most',
      rate: 0.07,
      hits: hits.get(name)!,
      runs,
    })
    return [
      says('aipw', `Thompson without an effect, ${what}: augmented inverse propensities reject (claimed: at most 7 %)`),
      says('ipw', '… plain inverse propensities'),
      says('hajek', '… Hájek means'),
      says('ols', '… batched least squares'),
      {
        study,
        what: '… the pooled comparison',
        claim: 'at-least',
        rate: study === 'C9' ? 0.07 : 0.9,
        hits: hits.get('naive')!,
        runs,
        control: true,
      },
    ]
  })
}

export const banditAtEveryLook: Study = ({ seed, scale }) => {
  const runs = Math.round(1000 * scale)
  const worlds: readonly [string, World][] = [
    ['20 batches of 500, floor .05', { batches: 20, perBatch: 500, floor: 0.05, rates: steady }],
    ['100 batches of 100, floor .01', { batches: 100, perBatch: 100, floor: 0.01, rates: steady }],
    ['drifting, 50 batches of 400, floor .1', { batches: 50, perBatch: 400, floor: 0.1, rates: drifting(50) }],
    ['1 % base rate, 50 batches of 1,000, floor .05', { batches: 50, perBatch: 1000, floor: 0.05, rates: () => [0.01, 0.01] }],
  ]
  return worlds.flatMap(([what, world], w): Finding[] => {
    const random = randomOf(seed + w)
    const rows = world.batches * world.perBatch
    const planned = { rows, outcomeVariance: 0.05, propensities: [0.5, 0.5] as const }
    const rho = {
      one: rhoFor({ plannedVariance: plannedVariance(planned), level }),
      overlap: rhoFor({ plannedVariance: plannedVariance({ ...planned, weight: 0.25 }), level }),
    }
    const hits = tally(runs, (hit) => {
      const batches = runThompson(random, world)
      const scored = scorePeriods(
        batches.map(({ period }) => period),
        contrast,
      )
      if (isUnknown(scored)) return
      const seen = { max: false, empirical: false, overlap: false }
      for (let look = 1; look <= batches.length; look++) {
        const used = scored.used.slice(0, look)
        const sums = contrastSums(used)
        seen.empirical ||= significant({ ...sums, pooledVariance: 0 }, rho.one)
        if (Math.min(...batches[look - 1]!.events) < 20) continue
        seen.max ||= significant(sums, rho.one)
        seen.overlap ||= significant(overlapSums(used, batches), rho.overlap)
      }
      hit('max', seen.max)
      hit('overlap', seen.overlap)
      hit('empirical', seen.empirical)
    })
    const says = (name: string, words: string): Finding => ({
      study: 'C11',
      what: words,
      claim: 'at-most',
      rate: 0.05,
      hits: hits.get(name)!,
      runs,
    })
    const findings = [
      says('max', `Thompson without an effect, a look after each batch, ${what}: always-valid rejects at any of them`),
      says('overlap', '… with overlap weights'),
    ]
    if (w !== 1) return findings
    return [
      ...findings,
      {
        study: 'C11',
        what: '… with the empirical variance alone, from the first batch on',
        claim: 'at-least',
        rate: 0.06,
        hits: hits.get('empirical')!,
        runs,
        control: true,
      },
    ]
  })
}

function headlineOf(periods: readonly AdaptivePeriod[]): Effect | Unknown {
  const scored = scorePeriods(periods, contrast)
  return isUnknown(scored) ? scored : headlineEffect(scored.used)
}

function overlapSums(used: readonly ScorePeriod[], batches: readonly Batch[]) {
  return contrastSums(used, { weights: used.map((_, t) => overlapWeight(batches[t]!.propensities)) })
}

function significant(sums: ReturnType<typeof contrastSums>, rho: number): boolean {
  const always = alwaysValidContrast(sums, { level, rho })
  return !isUnknown(always) && always.test.significant
}

function withoutPredictions(period: AdaptivePeriod): AdaptivePeriod {
  return { ...period, arms: period.arms.map((arm) => ({ ...arm, prediction: 0 })) }
}

function hajekContrast(periods: readonly AdaptivePeriod[]): Effect | Unknown {
  const [control, treatment] = [0, 1].map((arm) =>
    hajekMean(periods.map(({ arms }) => arms[arm]!.weighted).reduce(mergeWeighted, NO_WEIGHT)),
  )
  if (isUnknown(control!)) return control
  if (isUnknown(treatment!)) return treatment
  return { ...treatment!, estimate: treatment!.estimate - control!.estimate, variance: treatment!.variance + control!.variance }
}

function pooled(batches: readonly Batch[]): Effect | Unknown {
  const of = (arm: 0 | 1) => batches.map(({ outcomes }) => outcomes[arm]).reduce(mergeMoments, NO_MOMENTS)
  return differenceOfMeans({ control: of(0), treatment: of(1) })
}

function rejects(effect: Effect | Unknown): boolean {
  return !isUnknown(effect) && Math.abs(effect.estimate) > critical * Math.sqrt(effect.variance)
}
