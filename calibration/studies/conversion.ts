/** C1 and C3: conversion rates without an effect, and the coverage of lifts with one. */

import { armMeanOf } from '../../src/stats/arm-estimate.ts'
import { compareProportions } from '../../src/stats/compare-proportions.ts'
import { drawBinomial } from '../../src/stats/draws.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { momentsOfCounts } from '../../src/stats/moments.ts'
import { newcombeInterval, pooledTest } from '../../src/stats/proportion.ts'
import { randomOf } from '../../src/stats/random.ts'
import { deltaLift, logRatioLift } from '../../src/stats/relative-lift-alternates.ts'
import { type Study, tally } from '../statement.ts'

const level = 0.95

export const conversionWithoutEffect: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(10_000 * scale)
  const n = 2000
  const hits = tally(runs, (hit) => {
    const arm = () => ({ n, events: drawBinomial(random, { trials: n, probability: 0.05 }) })
    const arms = { control: arm(), treatment: arm() }
    const comparison = compareProportions(arms, { level })
    const pooled = pooledTest(arms, { level })
    const newcombe = newcombeInterval(arms, { level })
    hit('welch', !isUnknown(comparison) && comparison.difference.significant)
    hit('pooled', !isUnknown(pooled) && pooled.significant)
    hit('newcombe', !isUnknown(newcombe) && (newcombe.low > 0 || newcombe.high < 0))
  })
  const says = (what: string, name: string) => ({ study: 'C1', what, claim: 'equal' as const, rate: 0.05, hits: hits.get(name)!, runs })
  return [
    says('A/A conversion of 5 %, 2,000 an arm: the test of the report rejects', 'welch'),
    says('… the pooled z-test rejects', 'pooled'),
    says("… Newcombe's interval misses 0", 'newcombe'),
  ]
}

export const liftCoverage: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(10_000 * scale)
  const hits = tally(runs, (hit) => {
    const draw = (n: number, probability: number) => ({ n, events: drawBinomial(random, { trials: n, probability }) })
    const arms = { control: draw(2000, 0.05), treatment: draw(2000, 0.06) }
    const comparison = compareProportions(arms, { level })
    const interval = !isUnknown(comparison) && !isUnknown(comparison.lift) ? comparison.lift.interval : null
    hit('below', interval !== null && interval.high < 0.2)
    hit('above', interval !== null && interval.low > 0.2)
    const log = logRatioLift(estimates(arms), { level })
    hit('log', !isUnknown(log) && (log.interval.low > 0.2 || log.interval.high < 0.2))
    const few = estimates({ control: draw(200, 0.05), treatment: draw(200, 0.06) })
    const delta = deltaLift(few, { level })
    hit('delta', !isUnknown(delta) && delta.interval.high < 0.2)
  })
  const says = (what: string, name: string, rate: number) => ({
    study: 'C3',
    what,
    claim: 'equal' as const,
    rate,
    hits: hits.get(name)!,
    runs,
  })
  return [
    says("lift of 20 % at 5 %, 2,000 an arm: Fieller's interval lies below it", 'below', 0.025),
    says('… lies above it', 'above', 0.025),
    says('… the log-ratio interval misses it', 'log', 0.05),
    {
      ...says('… the delta-method interval at 200 an arm lies below it, instead of 2.5 %', 'delta', 0.04),
      claim: 'at-least',
      control: true,
    },
  ]
}

function estimates(arms: Record<'control' | 'treatment', { n: number; events: number }>) {
  const of = (counts: { n: number; events: number }) =>
    armMeanOf(momentsOfCounts(counts)) as Exclude<ReturnType<typeof armMeanOf>, { kind: 'unknown' }>
  return { control: of(arms.control), treatment: of(arms.treatment) }
}
