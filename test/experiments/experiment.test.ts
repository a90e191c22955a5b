import { describe, expect, it } from 'vitest'
import { inAudience } from '../../src/experiments/audience.ts'
import { controlOf, epochSettingsOf, experimentSchema, sharesOf } from '../../src/experiments/experiment.ts'
import { ACTIONS, actionsFrom, STATUSES, after as statusAfter } from '../../src/experiments/lifecycle.ts'
import { type Metric, metricSchema, seededMetrics } from '../../src/experiments/metric.ts'
import { slotsOf } from '../../src/experiments/slot.ts'

const BODY = {
  key: 'e',
  surface: 'home',
  arms: [
    { key: 'a', policy: 'popularity' },
    { key: 'b', policy: 'hybrid', weight: 3, control: true },
  ],
}

describe('an experiment', () => {
  it('fills in sensible defaults', () => {
    const experiment = experimentSchema.parse(BODY)
    expect(experiment).toMatchObject({ unit: 'shopper', traffic: 1, audience: [], metrics: ['conversion', 'ctr', 'net-revenue'] })
    expect(experiment.plan).toEqual({ unitsPerArm: 1000, level: 0.95 })
  })

  it('has settings that say nothing of guardrails when there are none, as they did before there were any', () => {
    const { guardrails: _, ...before } = experimentSchema.parse(BODY)
    expect('guardrails' in epochSettingsOf(experimentSchema.parse(BODY))).toBe(false)
    expect(epochSettingsOf(before)).toEqual(epochSettingsOf(experimentSchema.parse(BODY)))
    const guardrails = [{ metric: 'ctr', margin: 0.02 }]
    expect(epochSettingsOf(experimentSchema.parse({ ...BODY, guardrails })).guardrails).toEqual(guardrails)
  })

  it('has one control and shares that sum to 1', () => {
    const { arms } = experimentSchema.parse(BODY)
    expect(controlOf(arms)).toBe(1)
    expect(sharesOf(arms)).toEqual([0.25, 0.75])
  })

  it.each([
    ['two controls', { arms: BODY.arms.map((arm) => ({ ...arm, control: true })) }, ['arms']],
    ['arms of one name', { arms: [BODY.arms[0], BODY.arms[0]] }, ['arms']],
    ['one arm', { arms: [BODY.arms[0]] }, ['arms']],
    ['a metric named twice', { metrics: ['ctr', 'ctr'] }, ['metrics']],
    ['a guardrail on a metric that it does not have', { guardrails: [{ metric: 'aov', margin: 0.02 }] }, ['guardrails', 0, 'metric']],
    ['a guardrail named twice', { guardrails: [0.1, 0.2].map((margin) => ({ metric: 'ctr', margin })) }, ['guardrails', 1, 'metric']],
    ['a margin of everything', { guardrails: [{ metric: 'ctr', margin: 1 }] }, ['guardrails', 0, 'margin']],
    ['a margin of nothing', { guardrails: [{ metric: 'ctr', margin: 0 }] }, ['guardrails', 0, 'margin']],
    ['a level that no test has', { plan: { level: 0.5 } }, ['plan', 'level']],
    ['traffic of zero', { traffic: 0 }, ['traffic']],
    ['a weight that is not positive', { arms: [{ ...BODY.arms[0], weight: -1 }, BODY.arms[1]] }, ['arms', 0, 'weight']],
  ])('refuses %s and says where', (_, change, path) => {
    const parsed = experimentSchema.safeParse({ ...BODY, ...change })
    expect(parsed.error?.issues[0]?.path).toEqual(path)
  })
})

describe('the life of an experiment', () => {
  it('never leads back from stopped or archived', () => {
    for (const action of ACTIONS) expect(['archived', null]).toContain(statusAfter('stopped', action))
    expect(actionsFrom('archived')).toEqual([])
  })

  it('offers exactly the actions that are possible', () => {
    for (const status of STATUSES)
      for (const action of ACTIONS) expect(actionsFrom(status).includes(action)).toBe(statusAfter(status, action) !== null)
  })
})

describe('an audience', () => {
  const audience = [
    { field: 'device' as const, is: 'in' as const, values: ['mobile'] },
    { field: 'country' as const, is: 'not-in' as const, values: ['US'] },
  ]
  it('holds when all conditions hold', () => {
    expect(inAudience(audience, { device: 'mobile', country: 'DE' })).toBe(true)
    expect(inAudience(audience, { device: 'mobile', country: 'US' })).toBe(false)
    expect(inAudience(audience, { device: 'desktop', country: 'DE' })).toBe(false)
  })
  it('takes a missing value as not listed', () => {
    expect(inAudience(audience, { device: 'mobile' })).toBe(true)
    expect(inAudience(audience, { country: 'DE' })).toBe(false)
  })
})

describe('a metric', () => {
  it('that adds up money has to name its currency', () => {
    const parsed = metricSchema.safeParse({ key: 'm', kind: 'mean', of: { types: ['purchase'], aggregate: 'value' } })
    expect(parsed.error?.issues[0]?.path).toEqual(['currency'])
  })
  const told = (metrics: Parameters<typeof slotsOf>[0]) =>
    slotsOf(metrics).map(({ metric, part, aggregate, currency, windowHours, daysBefore }) => [
      ...[metric, part, aggregate, currency],
      daysBefore === null ? `${windowHours} h on` : `${daysBefore} days back`,
    ])
  it('has one slot, a ratio two, in the order of the metrics; then the same before, and whether there was anything', () => {
    expect(told(seededMetrics('GBP'))).toEqual([
      ['ctr', 'numerator', 'count', null, '168 h on'],
      ['ctr', 'denominator', 'count', null, '168 h on'],
      ['conversion', 'value', 'any', null, '168 h on'],
      ['net-revenue', 'value', 'value', 'GBP', '336 h on'],
      ['ctr', 'numerator', 'count', null, '28 days back'],
      ['ctr', 'denominator', 'count', null, '28 days back'],
      ['conversion', 'value', 'any', null, '28 days back'],
      ['net-revenue', 'value', 'value', 'GBP', '28 days back'],
      [null, 'history', 'any', null, '28 days back'],
    ])
  })
  it('without a covariate looks forward only, also one that was frozen before there were covariates', () => {
    const [ctr, conversion, revenue] = seededMetrics('GBP') as [Metric, Metric, Metric]
    const { covariate: _, ...frozen } = conversion
    const metrics = [{ ...ctr, covariate: null }, frozen as Metric, { ...revenue, covariate: { days: 7 } }]
    expect(told(metrics).slice(4)).toEqual([
      ['net-revenue', 'value', 'value', 'GBP', '7 days back'],
      [null, 'history', 'any', null, '7 days back'],
    ])
  })
})
