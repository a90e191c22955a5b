import { describe, expect, it } from 'vitest'
import { CENTRED_UNKNOWNS_MAX } from '../../src/bandits/baseline-centring.ts'
import { FEATURE_NAMES } from '../../src/bandits/features.ts'
import { CENTRED_ARMS_MAX, modelFaults, ratioFaults, slotWeightsOf, tuningOf } from '../../src/experiments/allocation.ts'
import { epochSettingsOf, experimentSchema } from '../../src/experiments/experiment.ts'
import { metricSchema, seededMetrics } from '../../src/experiments/metric.ts'

const thompson = (allocation: object = {}, body: object = {}) => ({
  key: 'test',
  surface: 'home',
  arms: [
    { key: 'one', policy: 'popularity' },
    { key: 'other', policy: 'hybrid' },
  ],
  metrics: ['conversion', 'net-revenue'],
  allocation: { kind: 'thompson', objectives: [{ metric: 'conversion' }], ...allocation },
  ...body,
})
const faultsOf = (body: unknown) => {
  const { success, error } = experimentSchema.safeParse(body)
  return success ? [] : error.issues.map(({ path }) => path.join('/'))
}

describe('thompson allocation', () => {
  it('centres as many arms as can be solved for together', () => {
    expect(CENTRED_ARMS_MAX * FEATURE_NAMES.length).toBe(CENTRED_UNKNOWNS_MAX)
  })

  it('says what may stand where a word or a number may', () => {
    const told = (allocation: object) => experimentSchema.safeParse(thompson(allocation)).error!.issues.map(({ message }) => message)
    expect(told({ scale: 'big' })).toEqual(['is "auto" or a number above 0, at most 10'])
    expect(told({ discountDays: 'long' })).toEqual(['is "auto", null or a number of days from 1 to 365'])
  })

  it('fills in what is left out', () => {
    expect(experimentSchema.parse(thompson()).allocation).toEqual({
      kind: 'thompson',
      objectives: [{ metric: 'conversion', weight: 1 }],
      floor: 0.05,
      uniformShare: 0.05,
      mode: 'earn',
      model: 'linear',
      scale: 'auto',
      context: true,
      discountDays: 'auto',
      delay: 'observed',
      centring: false,
      sticky: false,
      gate: { enabled: true, promote: false },
    })
  })

  it('names the place of what it refuses', () => {
    expect(faultsOf(thompson({ objectives: [] }))).toEqual(['allocation/objectives'])
    expect(faultsOf(thompson({ objectives: [{ metric: 'ctr' }] }))).toEqual(['allocation/objectives/0/metric'])
    expect(faultsOf(thompson({ objectives: [{ metric: 'conversion' }, { metric: 'conversion' }] }))).toEqual([
      'allocation/objectives/1/metric',
    ])
    expect(faultsOf(thompson({ objectives: [{ metric: 'conversion', weight: 0 }] }))).toEqual(['allocation/objectives'])
    expect(faultsOf(thompson({ floor: 0 }))).toEqual(['allocation/floor'])
    expect(faultsOf(thompson({ discountDays: 'sometimes' }))).toEqual(['allocation/discountDays'])
    expect(faultsOf(thompson({ surprise: 1 }))).toEqual(['allocation'])
    expect(faultsOf(thompson({ gate: { level: 0.4 } }))).toEqual(['allocation/gate/level'])
    expect(faultsOf(thompson({ sticky: true }, { unit: 'request' }))).toEqual(['allocation/sticky'])
    expect(faultsOf(thompson({ sticky: true }, { unit: 'session' }))).toEqual([])
    const many = Array.from({ length: 17 }, (_, i) => ({ key: `arm-${i}`, policy: 'popularity' }))
    expect(faultsOf(thompson({ centring: true }, { arms: many }))).toEqual(['allocation/centring'])
    const floored = [{ metric: 'conversion' }, { metric: 'net-revenue', weight: 0, floor: { margin: 0.02 } }]
    expect(faultsOf(thompson({ objectives: floored }))).toEqual([])
    expect(faultsOf(thompson({ objectives: floored, centring: true }))).toEqual(['allocation/centring'])
    expect(faultsOf(thompson({ centring: true }, { arms: many.slice(1) }))).toEqual([])
    expect(faultsOf(thompson({ centring: true, context: false }, { arms: many }))).toEqual([])
    const arms = [
      { key: 'one', policy: 'popularity' },
      { key: 'other', policy: 'hybrid', weight: 3 },
    ]
    expect(faultsOf(thompson({}, { arms }))).toEqual(['arms/1/weight'])
    expect(faultsOf({ ...thompson(), allocation: { kind: 'greedy' } })).toEqual(['allocation/kind'])
  })

  it('keeps out of an epoch whatever is applied when moments are read', () => {
    const epoch = (allocation: object) => epochSettingsOf(experimentSchema.parse(thompson(allocation)))
    const knobs = {
      objectives: [
        { metric: 'net-revenue', weight: 0.2 },
        { metric: 'conversion', weight: 3 },
      ],
      ...{
        mode: 'learn',
        model: 'linear',
        scale: 1,
        discountDays: 'auto',
        windowDays: 30,
        delay: 'none',
        centring: true,
        gate: { enabled: false, level: 0.9, promote: true },
      },
    }
    expect(epoch(knobs)).toEqual(epoch({}))
    expect(epoch({}).allocation).toEqual({ kind: 'thompson', floor: 0.05, uniformShare: 0.05, context: true })
    expect(epoch({ context: false, model: 'beta' })).toEqual(epoch({ context: false }))
    expect(epoch({ model: 'logistic' }).allocation).toEqual({ ...epoch({}).allocation, model: 'logistic' })
    for (const frozen of [{ floor: 0.1 }, { model: 'logistic' }, { uniformShare: 0 }, { context: false }, { sticky: true }])
      expect(epoch(frozen)).not.toEqual(epoch({}))
    expect(tuningOf(experimentSchema.parse(thompson(knobs)).allocation)).toEqual(knobs)
    expect(tuningOf({ kind: 'fixed' })).toBeNull()
  })

  it('lets the chance of a proportion stand alone', () => {
    const beta = (allocation: object) => faultsOf(thompson({ model: 'beta', context: false, ...allocation }))
    expect(beta({})).toEqual([])
    expect(beta({ context: true })).toEqual(['allocation/context'])
    expect(beta({ centring: true })).toEqual(['allocation/centring'])
    expect(beta({ objectives: [{ metric: 'conversion' }, { metric: 'net-revenue' }] })).toEqual(['allocation/objectives/1'])
    expect(beta({ objectives: [{ metric: 'conversion', floor: { margin: 0.1 } }] })).toEqual(['allocation/objectives/0/floor'])
    expect(beta({ model: 'neural' })).toEqual(['allocation/model'])
    expect(beta({ model: 'logistic', context: true })).toEqual([])
    expect(beta({ model: 'logistic', centring: true })).toEqual(['allocation/centring'])
    const of = (metric: string) =>
      modelFaults({ model: 'beta', context: false, centring: false, objectives: [{ metric, weight: 1 }] }, seededMetrics('EUR'))
    expect(of('conversion')).toEqual([])
    expect(of('net-revenue').map(({ path }) => path.join('/'))).toEqual(['allocation/objectives/0/metric'])
  })

  it('weighs slots per stored integer: cents, and negative where less is better', () => {
    const returns = metricSchema.parse({
      key: 'returns',
      kind: 'mean',
      direction: 'decrease',
      of: { types: ['return'], aggregate: 'count' },
    })
    const [ctr, conversion, revenue] = seededMetrics('EUR')
    const objectives = [
      { metric: 'conversion', weight: 2 },
      { metric: 'net-revenue', weight: 3 },
      { metric: 'returns', weight: 5 },
    ]
    expect(slotWeightsOf({ objectives }, [conversion!, ctr!, revenue!, returns])).toEqual([2, 0, 0, 0.03, -5])
    expect(slotWeightsOf({ objectives: [{ metric: 'net-revenue', weight: 3 }] }, seededMetrics('JPY'))).toEqual([0, 0, 0, 3])
  })

  it('learns from no ratio', () => {
    const { allocation } = experimentSchema.parse(thompson({ objectives: [{ metric: 'ctr' }] }, { metrics: ['ctr'] }))
    expect(ratioFaults(allocation, seededMetrics('EUR')).map(({ path }) => path.join('/'))).toEqual(['allocation/objectives/0/metric'])
  })
})
