/** C4 and C17: several events a shopper. Clicks by view, and a 90 % quantile; by shopper, and as if events were independent. */
import { drawBinomial, drawNormal } from '../../src/stats/draws.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { type JointMoments, jointMomentsOf } from '../../src/stats/pair-moments.ts'
import { pooledTest } from '../../src/stats/proportion.ts'
import { armQuantileOf, clusteredArmQuantileOf, compareQuantiles, quantileSourceOf } from '../../src/stats/quantile.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { compareRatios } from '../../src/stats/ratio.ts'
import { logBeta } from '../../src/stats/special.ts'
import { type Study, tally } from '../statement.ts'

const level = 0.95
const VIEWS = 5
/** Shoppers differ: the click rate is Beta(0.4, 3.6), 10 % on average. */
const [A, B] = [0.4, 3.6]

export const clicksByView: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(2000 * scale)
  const shoppers = 500
  const hits = tally(runs, (hit) => {
    const arms = { control: clicks(random, shoppers), treatment: clicks(random, shoppers) }
    const byShopper = compareRatios({ control: joint(arms.control), treatment: joint(arms.treatment) }, { level })
    const counts = (by: readonly number[]) => ({ n: shoppers * VIEWS, events: by.reduce((sum, many, k) => sum + many * k, 0) })
    const byView = pooledTest({ control: counts(arms.control), treatment: counts(arms.treatment) }, { level })
    hit('shopper', !isUnknown(byShopper) && byShopper.difference.significant)
    hit('view', !isUnknown(byView) && byView.significant)
  })
  const what = 'A/A click rate, 5 views a shopper, 500 shoppers an arm:'
  return [
    { study: 'C4', what: `${what} the delta method by shopper rejects`, claim: 'equal', rate: 0.05, hits: hits.get('shopper')!, runs },
    { study: 'C4', what: '… views as if independent', claim: 'at-least', rate: 0.1, hits: hits.get('view')!, runs, control: true },
  ]
}

export const clusteredQuantile: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(400 * scale)
  const hits = tally(runs, (hit) => {
    const arms = { control: waits(random, 500), treatment: waits(random, 500) }
    for (const by of ['shopper', 'event'] as const) {
      const control = quantileOf(arms.control, by)
      const treatment = quantileOf(arms.treatment, by)
      if (isUnknown(control) || isUnknown(treatment)) continue
      const comparison = compareQuantiles({ control, treatment }, { level })
      hit(by, !isUnknown(comparison) && comparison.difference.significant)
    }
  })
  const what = 'A/A 90 % quantile, 4 events a shopper, 500 shoppers an arm:'
  return [
    {
      study: 'C17',
      what: `${what} clustered by shopper rejects (claimed: at most 7 %)`,
      claim: 'at-most',
      rate: 0.07,
      hits: hits.get('shopper')!,
      runs,
    },
    { study: 'C17', what: '… events as if independent', claim: 'at-least', rate: 0.12, hits: hits.get('event')!, runs, control: true },
  ]
}

/** How many of the shoppers clicked 0, 1, … 5 times: beta-binomial counts, dealt out one after the other. */
function clicks(random: Random, shoppers: number): readonly number[] {
  let left = shoppers
  let rest = 1
  return Array.from({ length: VIEWS + 1 }, (_, k) => {
    const chance = Math.exp(logBeta(A + k, B + VIEWS - k) - logBeta(A, B) - logBeta(1 + k, 1 + VIEWS - k)) / (VIEWS + 1)
    const many = k === VIEWS ? left : drawBinomial(random, { trials: left, probability: Math.min(1, chance / rest) })
    left -= many
    rest -= chance
    return many
  })
}

function joint(by: readonly number[]): JointMoments {
  return jointMomentsOf(by.flatMap((many, k) => Array.from({ length: many }, () => [k, VIEWS])))
}

/** Waiting times, lognormal, with a shopper's own pace in them. */
function waits(random: Random, shoppers: number): readonly (readonly number[])[] {
  return Array.from({ length: shoppers }, () => {
    const pace = 0.8 * drawNormal(random)
    return Array.from({ length: 4 }, () => Math.exp(pace + 0.6 * drawNormal(random)))
  })
}

function quantileOf(shoppers: readonly (readonly number[])[], by: 'shopper' | 'event') {
  const source = quantileSourceOf(shoppers.flat().sort((a, b) => a - b))
  const options = { share: 0.9, level }
  if (by === 'event') return armQuantileOf(source, options)
  const cut = source.at(options.share)
  const below = jointMomentsOf(shoppers.map((events) => [events.filter((value) => value <= cut).length, events.length]))
  return clusteredArmQuantileOf(source, { ...options, below })
}
