import { describe, expect, it } from 'vitest'
import { armEvidence } from '../../src/bandits/arm-evidence.ts'
import { openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import { FEATURE_NAMES, featuresOf } from '../../src/bandits/features.ts'
import { storedLogits } from '../../src/bandits/stored-models.ts'
import { metricSchema } from '../../src/experiments/metric.ts'
import { type BanditParts, banditState } from '../../src/reports/bandit-state.ts'
import { banditStateSvg } from '../../src/reports/bandit-state-svg.ts'
import { banditStateText } from '../../src/reports/bandit-state-text.ts'

const METRICS = [
  metricSchema.parse({ key: 'clicks', kind: 'mean', of: { types: ['click'] } }),
  metricSchema.parse({ key: 'revenue', kind: 'mean', of: { types: ['purchase'], aggregate: 'value' }, currency: 'EUR' }),
  metricSchema.parse({ key: 'returns', kind: 'mean', of: { types: ['return'] }, direction: 'decrease' }),
]
const x = (device: string) =>
  featuresOf({ device, country: 'DE', returning: false, hasHistory: false, hasItem: false, hour: 9, dayOfYear: 100, weekday: 2 })

/** Clicks, euros and returns of ten decisions; clicks are all on phones. */
const TENS = { sells: [1, 5, 1], clicked: [3, 2, 1], between: [2, 3, 1], poor: [1, 1, 2] } as const
const evidence = Object.values(TENS).map(([clicks, euros, returns]) => {
  const sums = openDecisionAccumulator({ features: FEATURE_NAMES.length, outcomes: 3 })
  for (let i = 0; i < 4_000; i++)
    sums.add(x(i % 2 === 0 ? 'mobile' : 'desktop'), [
      i % 10 < clicks ? 1 : 0,
      (i >> 1) % 10 < euros ? 100 : 0,
      (i >> 2) % 10 < returns ? 1 : 0,
    ])
  const forever = { memory: Number.POSITIVE_INFINITY, window: Number.POSITIVE_INFINITY }
  return armEvidence([{ day: 1, moments: sums.moments(), arrived: [1] }], {
    classes: null,
    features: FEATURE_NAMES.length,
    outcomes: 3,
    context: true,
    now: 1,
    ...forever,
  })
})

const parts: BanditParts = {
  ...{
    experiment: 'trade',
    epoch: 1,
    snapshot: 's1',
    servedAt: '2026-11-21T10:00:00.000Z',
    model: 'linear' as const,
    logits: null,
    decisions: 16_000,
    memoryDays: null,
    prices: null,
  },
  ...{ arms: Object.keys(TENS), control: 0, metrics: METRICS, evidence, because: null, between: null },
  objectives: [
    { metric: 'clicks', weight: 1 },
    { metric: 'revenue', weight: 0.5 },
    { metric: 'returns', weight: 0.1 },
  ],
  contexts: [x('mobile'), x('desktop')],
  traffic: [30, 50, 20, 0].map((day) => ({ hour: 0, day })),
}

describe('what a bandit believes', () => {
  it('of a rate is its Beta posterior, and of what is no objective a line', () => {
    const conversion = metricSchema.parse({ key: 'clicks', kind: 'proportion', of: { types: ['click'] }, direction: 'decrease' })
    const metrics = [conversion, ...METRICS.slice(1)]
    const state = banditState({ ...parts, metrics, model: 'beta', objectives: [{ metric: 'clicks', weight: 2 }] })
    const { values, reward } = state.arms[0]!
    // 3 clicks in 5 decisions of phones, and 4,000 decisions; a fiftieth on either side.
    expect(values.clicks!.mean).toBeCloseTo(0.1, 2)
    expect(values.clicks!.high - values.clicks!.mean).toBeCloseTo(1.96 * Math.sqrt((0.1 * 0.9) / 4_000), 3)
    expect(reward!.mean).toBeCloseTo(-2 * values.clicks!.mean, 12)
    expect(reward!.low).toBeCloseTo(-2 * values.clicks!.high, 12)
    expect(values.revenue!.mean).toBeGreaterThan(0)
    expect(banditStateText(state)).toContain('model beta')
  })

  it('of log-odds is a chance between 0 and 1, at the average request', () => {
    const metrics = [metricSchema.parse({ key: 'clicks', kind: 'proportion', of: { types: ['click'] } }), ...METRICS.slice(1)]
    const features = FEATURE_NAMES.length
    // no click on desktops, and half of the requests are theirs: the log-odds are −2 − 3/2 at the average
    const arms = parts.arms.map((_, arm) => {
      const coefficients = new Float64Array(features)
      coefficients.set([-2 + arm, 0, 0, -3])
      const covariance = new Float64Array(features * features)
      covariance[0] = 0.04
      return { coefficients, covariance }
    })
    const logits = storedLogits({ kind: 'models', features, noise: 1, degreesOfFreedom: Number.POSITIVE_INFINITY, arms }, null)
    const state = banditState({ ...parts, metrics, model: 'logistic', logits, objectives: [{ metric: 'clicks', weight: 2 }] })
    const { values, reward } = state.arms[0]!
    const chance = (logit: number) => 1 / (1 + Math.exp(-logit))
    expect(values.clicks!.mean).toBeCloseTo(chance(-3.5), 12)
    expect(values.clicks!.low).toBeCloseTo(chance(-3.5 - 1.959964 * 0.2), 6)
    expect(values.clicks!.high).toBeCloseTo(chance(-3.5 + 1.959964 * 0.2), 6)
    expect(reward!.mean).toBeCloseTo(2 * values.clicks!.mean, 12)
    expect(banditStateText(state)).toContain('model logistic')
  })

  it('is every metric of every arm at the average request, with an interval around it', () => {
    const { arms } = banditState(parts)
    for (const [i, [clicks, euros, returns]] of Object.values(TENS).entries()) {
      const { values, reward } = arms[i]!
      expect(values.clicks!.mean).toBeCloseTo(clicks / 10, 2)
      expect(values.revenue!.mean).toBeCloseTo(euros / 10, 2)
      expect(values.returns!.mean).toBeCloseTo(returns / 10, 2)
      expect(reward!.mean).toBeCloseTo(clicks / 10 + 0.5 * (euros / 10) - 0.1 * (returns / 10), 2)
      // 4,000 decisions of rate p: 1.96·√(p(1 − p)/4,000), give or take what features take away
      const half = 1.96 * Math.sqrt(((clicks / 10) * (1 - clicks / 10)) / 4_000)
      expect((values.clicks!.high - values.clicks!.low) / 2).toBeGreaterThan(0.7 * half)
      expect((values.clicks!.high - values.clicks!.low) / 2).toBeLessThan(1.3 * half)
    }
    expect(arms.map(({ traffic }) => traffic)).toEqual([0.3, 0.5, 0.2, 0].map((day) => ({ hour: null, day })))
  })

  it('names who is beaten in everything, and whose turn it is at which weight', () => {
    const state = banditState(parts)
    expect(state.arms.map(({ dominated }) => dominated)).toEqual([false, false, false, true])
    // sells (.1, .5) and clicked (.3, .2) are equal where .2 clicks are worth .3 euros; between (.2, .3) is below their line
    expect(state.slider).toMatchObject({ first: 'clicks', second: 'revenue', steps: [{ worthFrom: 0, arm: 'sells' }, { arm: 'clicked' }] })
    expect(state.slider!.steps[1]!.worthFrom).toBeCloseTo(1.5, 1)
    const other = banditState({ ...parts, between: ['revenue', 'clicks'] }).slider!
    expect(other.steps.map(({ arm }) => arm)).toEqual(['clicked', 'sells'])
    expect(other.steps[1]!.worthFrom).toBeCloseTo(1 / 1.5, 1)
  })

  it('is told as a page and drawn as a picture', () => {
    const state = banditState(parts)
    const text = banditStateText(state)
    expect(text).toMatch(/poor .*dominated/)
    expect(text).toMatch(/from 0 to 1\.\d+ {2}sells/)
    const svg = banditStateSvg(state)!
    expect(svg.match(/<circle/g)!.length).toBe(4)
    expect(svg).toContain('sells (control)')
    expect(svg).not.toMatch(/NaN|undefined/)
  })

  it('is nothing before anything was learned, and a slider takes two', () => {
    const nothing = banditState({ ...parts, decisions: 0, evidence: null, because: 'too-few-units', contexts: [] })
    expect(nothing).toMatchObject({ slider: null, because: 'too-few-units' })
    expect(nothing.arms[0]).toMatchObject({ reward: null, dominated: false, values: { clicks: null } })
    expect(banditStateText(nothing)).toContain('Nothing is believed yet')
    expect(banditStateText(banditState({ ...parts, evidence: null }))).toContain('keeps no evidence')
    expect(banditStateSvg(nothing)).toBeNull()
    expect(banditState({ ...parts, objectives: [{ metric: 'clicks', weight: 1 }] }).slider).toBeNull()
  })
})
