import { describe, expect, it } from 'vitest'
import { type DecisionAccumulator, openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import { FEATURE_NAMES, featuresOf } from '../../src/bandits/features.ts'
import type { FloorPrices } from '../../src/decisions/floor-prices.ts'
import { servingAllocationOf } from '../../src/decisions/running.ts'
import { epochSettingsOf, experimentSchema } from '../../src/experiments/experiment.ts'
import { metricSchema } from '../../src/experiments/metric.ts'
import { beliefOf } from '../../src/jobs/beliefs.ts'
import { randomOf } from '../../src/stats/random.ts'

/**
 * A shop that wants clicks and has to keep its revenue. The loud arm is clicked most everywhere; on phones it costs next to nothing, at desks
 * half of the revenue. The control earns 1 a decision.
 */
const ARMS = ['control', 'loud', 'middle'] as const
const DEVICES = ['mobile', 'desktop'] as const
const CLICKS = { control: [0.1, 0.1], loud: [0.3, 0.3], middle: [0.15, 0.15] } as const
const REVENUE = { control: [1, 1], loud: [0.98, 0.5], middle: [0.9, 0.9] } as const
const METRICS = [
  metricSchema.parse({ key: 'clicks', kind: 'mean', of: { types: ['click'] } }),
  metricSchema.parse({ key: 'revenue', kind: 'mean', of: { types: ['purchase'], aggregate: 'value' }, currency: 'EUR' }),
]
const BATCH = 500
const BATCHES = 80

interface Earned {
  readonly clicks: number
  readonly revenue: number
  readonly prices: FloorPrices | undefined
}

/** Expected clicks and revenue of the bandit stratum over the second half, per decision, and the last prices. */
function run(margin: number | null, seed: number): Earned {
  const experiment = experimentSchema.parse({
    ...{ key: 'careful', surface: 'home', metrics: ['clicks', 'revenue'] },
    arms: ARMS.map((key) => ({ key, policy: key })),
    allocation: {
      kind: 'thompson',
      objectives: [{ metric: 'clicks' }, { metric: 'revenue', weight: 0, ...(margin === null ? {} : { floor: { margin } }) }],
      uniformShare: 0,
    },
  })
  const settings = { ...epochSettingsOf(experiment), metricBodies: METRICS }
  const epoch = { epochId: 1, experimentId: 1, key: 'careful', armIds: [1, 2, 3], settings, allocation: experiment.allocation }
  const allocation = servingAllocationOf(epoch)!
  const generator = randomOf(seed)
  const random = () => generator.uniform()
  const sums = ARMS.map((): DecisionAccumulator => openDecisionAccumulator({ features: FEATURE_NAMES.length, outcomes: 2 }))
  const contexts: Int16Array[] = []
  let [clicks, revenue, counted] = [0, 0, 0]
  let prices: FloorPrices | undefined
  for (let batch = 0; batch < BATCHES; batch++) {
    const days = batch === 0 ? [] : sums.map((one, arm) => ({ armId: arm + 1, day: 20_000, moments: one.moments() }))
    const belief = beliefOf(epoch, allocation, { watermark: '1', days, contexts: contexts.slice(-2_000) })
    prices = belief.body.kind === 'models' ? belief.body.prices : undefined
    for (let i = 0; i < BATCH; i++) {
      const device = random() < 0.5 ? 0 : 1
      const x = featuresOf({
        ...{ device: DEVICES[device], country: 'DE', returning: random() < 0.5, hasHistory: false, hasItem: false },
        ...{ hour: 24 * random(), dayOfYear: 100, weekday: 2 },
      })
      const arm = belief.decider ? belief.decider.decide(x, Uint8Array.of(1, 1, 1), random()) : Math.floor(3 * random())
      const name = ARMS[arm]!
      const buys = random() < REVENUE[name][device]! / 2
      sums[arm]!.add(x, [random() < CLICKS[name][device]! ? 1 : 0, buys ? 200 : 0])
      contexts.push(x)
      if (batch < BATCHES / 2) continue
      clicks += CLICKS[name][device]!
      revenue += REVENUE[name][device]!
      counted += 1
    }
  }
  return { clicks: clicks / counted, revenue: revenue / counted, prices }
}

const FLOOR = 0.9
/** Of all policies that keep the floor: loud on every phone and on .36 of the desks. */
const MOST_CLICKS = 0.236

describe('an objective with a floor', () => {
  it('keeps its level while the other is maximised', () => {
    const runs = [1, 2, 3].map((seed) => run(1 - FLOOR, seed))
    const mean = (of: (earned: Earned) => number) => runs.reduce((sum, earned) => sum + of(earned), 0) / runs.length
    // what is known of the arms is off by one or two percent, and so is what is kept
    for (const { revenue, prices } of runs) {
      expect(revenue).toBeGreaterThan(FLOOR - 0.03)
      expect(prices).toMatchObject({ kind: 'feasible', contexts: 2_000 })
      expect(prices!.floors[0]!.multiplier).toBeGreaterThan(0)
    }
    expect(mean(({ revenue }) => revenue)).toBeGreaterThan(FLOOR)
    expect(mean(({ clicks }) => clicks)).toBeGreaterThan(0.95 * MOST_CLICKS)
    expect(run(null, 1).revenue).toBeLessThan(0.8)
  })
})
