import { describe, expect, it } from 'vitest'
import { armEvidence } from '../../src/bandits/arm-evidence.ts'
import { openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import { FEATURE_NAMES, featuresOf } from '../../src/bandits/features.ts'
import { pricedInPieces, pricedModels } from '../../src/decisions/priced-models.ts'
import { servingAllocationOf } from '../../src/decisions/running.ts'
import { epochSettingsOf, experimentSchema } from '../../src/experiments/experiment.ts'
import { metricSchema } from '../../src/experiments/metric.ts'

const METRICS = [
  metricSchema.parse({ key: 'clicks', kind: 'mean', of: { types: ['click'] } }),
  metricSchema.parse({ key: 'orders', kind: 'mean', of: { types: ['purchase'] } }),
  metricSchema.parse({ key: 'returns', kind: 'mean', of: { types: ['return'] }, direction: 'decrease' }),
]
const X = featuresOf({
  ...{ device: 'mobile', country: 'DE', returning: false, hasHistory: false, hasItem: false, hour: 9, dayOfYear: 100, weekday: 2 },
})
const contexts = Array.from({ length: 100 }, () => X)

/** The second arm is clicked twice as often, sells half, and is sent back three times as often. */
const RATES = [
  [0.1, 0.2, 0.1],
  [0.2, 0.1, 0.3],
]
const evidence = RATES.map((rates) => {
  const sums = openDecisionAccumulator({ features: FEATURE_NAMES.length, outcomes: 3 })
  for (let i = 0; i < 2_000; i++)
    sums.add(
      X,
      rates.map((rate) => (i % 10 < rate * 10 ? 1 : 0)),
    )
  const rule = {
    features: FEATURE_NAMES.length,
    outcomes: 3,
    context: true,
    now: 1,
    memory: Number.POSITIVE_INFINITY,
    window: Number.POSITIVE_INFINITY,
    classes: null,
  }
  return armEvidence([{ day: 1, moments: sums.moments(), arrived: [1] }], rule)
})

function priced(
  objectives: readonly object[],
  { masked = [] as number[], ...given }: { masked?: number[]; uniformShare?: number; floor?: number } = {},
) {
  const experiment = experimentSchema.parse({
    ...{ key: 'careful', surface: 'home', metrics: ['clicks', 'orders', 'returns'] },
    arms: ['control', 'loud'].map((key) => ({ key, policy: key })),
    allocation: { kind: 'thompson', objectives: [{ metric: 'clicks' }, ...objectives], uniformShare: 0, floor: 0.02, ...given },
  })
  const settings = { ...epochSettingsOf(experiment), metricBodies: METRICS }
  const gates = { masked, retired: [], promoted: null }
  const epoch = { epochId: 1, experimentId: 1, key: 'careful', armIds: [1, 2], settings, allocation: experiment.allocation, gates }
  const found = pricedModels(epoch, servingAllocationOf(epoch)!, { evidence, contexts })
  if ('kind' in found) throw new Error(found.because)
  return found
}
const mean = ({ models }: ReturnType<typeof priced>, arm: number) =>
  models.arms[arm]!.coefficients.reduce((sum, line, i) => sum + line * X[i]!, 0)

describe('models with floors', () => {
  it('are the plain ones without a floor, or while no context was seen', () => {
    expect(priced([]).prices).toBeNull()
    expect(mean(priced([]), 1)).toBeGreaterThan(mean(priced([]), 0))
  })

  it('prefer the control where the floor is dear, and the gain where it is cheap', () => {
    const dear = priced([{ metric: 'orders', weight: 0, floor: { margin: 0.05 } }])
    expect(dear.prices).toMatchObject({ kind: 'feasible', contexts: 100, floors: [{ metric: 'orders', margin: 0.05, violation: 0 }] })
    // one click more for one order less: from a price of 1 on the control is as good
    expect(dear.prices!.floors[0]!.multiplier).toBeGreaterThan(0.9)
    expect(mean(dear, 0)).toBeGreaterThan(mean(dear, 1))
    const cheap = priced([{ metric: 'orders', weight: 0, floor: { margin: 0.6 } }])
    expect(cheap.prices!.floors[0]!.multiplier).toBeLessThan(0.01)
    expect(mean(cheap, 1)).toBeGreaterThan(mean(cheap, 0))
  })

  it('are the same, to the last bit, made in pieces', () => {
    const experiment = experimentSchema.parse({
      ...{ key: 'careful', surface: 'home', metrics: ['clicks', 'orders', 'returns'] },
      arms: ['control', 'loud'].map((key) => ({ key, policy: key })),
      allocation: {
        kind: 'thompson',
        objectives: [
          { metric: 'clicks' },
          { metric: 'orders', weight: 0, floor: { margin: 0.05 } },
          { metric: 'returns', weight: 0, floor: { margin: 0.1 } },
        ],
      },
    })
    const settings = { ...epochSettingsOf(experiment), metricBodies: METRICS }
    const gates = { masked: [], retired: [], promoted: null }
    const epoch = { epochId: 1, experimentId: 1, key: 'careful', armIds: [1, 2], settings, allocation: experiment.allocation, gates }
    const allocation = servingAllocationOf(epoch)!
    const work = pricedInPieces(epoch, allocation, { evidence, contexts })
    let pieces = 1
    let step = work.next()
    for (; !step.done; step = work.next()) pieces += 1
    expect(step.value).toEqual(pricedModels(epoch, allocation, { evidence, contexts }))
    expect(pieces).toBeGreaterThan(50)
  })

  it('hold a ceiling where less is better', () => {
    const careful = priced([{ metric: 'returns', weight: 0, floor: { margin: 0.2 } }])
    expect(careful.prices!.floors[0]).toMatchObject({ metric: 'returns', violation: 0 })
    expect(careful.prices!.floors[0]!.multiplier).toBeGreaterThan(0.45)
    expect(mean(careful, 0)).toBeGreaterThan(mean(careful, 1))
  })

  it('hold two floors at once', () => {
    const both = priced(['orders', 'returns'].map((metric) => ({ metric, weight: 0, floor: { margin: 0.1 } })))
    expect(both.prices).toMatchObject({ kind: 'feasible', floors: [{ violation: 0 }, { violation: 0 }] })
    expect(mean(both, 0)).toBeGreaterThan(mean(both, 1))
  })

  it('say when no price buys a floor, and by how much it is missed', () => {
    const { prices } = priced([{ metric: 'orders', weight: 0, floor: { margin: 0.05 } }], { uniformShare: 0.5 })
    expect(prices!.kind).toBe('infeasible')
    // half of the units are drawn evenly: .25 of .1 fewer orders, of which .01 are allowed
    expect(prices!.floors[0]!.violation).toBeGreaterThan(0.01)
    expect(prices!.floors[0]!.violation).toBeLessThan(0.02)
  })

  it('do not look at arms that the gate took out', () => {
    const { prices } = priced([{ metric: 'orders', weight: 0, floor: { margin: 0.05 } }], { masked: [2] })
    expect(prices).toMatchObject({ kind: 'feasible', floors: [{ multiplier: 0 }] })
  })
})
