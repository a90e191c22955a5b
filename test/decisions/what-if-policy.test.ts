import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coarseOf } from '../../src/bandits/coarse-features.ts'
import { openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import { FEATURE_NAMES, featuresOf } from '../../src/bandits/features.ts'
import { servingAllocationOf } from '../../src/decisions/running.ts'
import { changedPolicy, probabilitiesOf, type SettingsChange } from '../../src/decisions/what-if-policy.ts'
import { epochSettingsOf, experimentSchema } from '../../src/experiments/experiment.ts'
import { metricSchema } from '../../src/experiments/metric.ts'
import { beliefOf } from '../../src/jobs/beliefs.ts'
import type { Learned } from '../../src/log/learned-days.ts'

const METRICS = [
  metricSchema.parse({ key: 'conversion', kind: 'proportion', of: { types: ['purchase'], aggregate: 'any' } }),
  metricSchema.parse({ key: 'returns', kind: 'mean', of: { types: ['return'] }, direction: 'decrease' }),
]
const X = (device: string, hour = 12) =>
  featuresOf({ device, country: 'DE', returning: false, hasHistory: false, hasItem: false, hour, dayOfYear: 100, weekday: 2 })

function epochWith(allocation: object) {
  const experiment = experimentSchema.parse({
    ...{ key: 'asks', surface: 'home', metrics: ['conversion', 'returns'] },
    arms: ['a', 'b', 'c'].map((key) => ({ key, policy: key })),
    allocation: { kind: 'thompson', objectives: [{ metric: 'conversion' }], ...allocation },
  })
  const settings = { ...epochSettingsOf(experiment), metricBodies: METRICS }
  return { epochId: 1, experimentId: 1, key: 'asks', armIds: [1, 2, 3], settings, allocation: experiment.allocation }
}

/** Arm b sells best, and is sent back most. */
const learned: Learned = {
  watermark: '1',
  days: [20_000, 20_001].flatMap((day) =>
    [1, 2, 3].map((armId, arm) => {
      const sums = openDecisionAccumulator({ features: FEATURE_NAMES.length, outcomes: 2 })
      for (let i = 0; i < 300; i++)
        sums.add(X(i % 2 === 0 ? 'mobile' : 'desktop', i % 24), [i % 10 < 1 + arm ? 1 : 0, i % 7 < 3 * arm ? 1 : 0])
      return { armId, day, moments: sums.moments() }
    }),
  ),
  logits: [20_000, 20_001].flatMap((day) =>
    [1, 2, 3].map((armId, arm) => {
      const rows = Array.from({ length: 300 }, (_, i) => ({
        x: coarseOf(X(i % 2 === 0 ? 'mobile' : 'desktop', i % 24)),
        y: i % 10 < 1 + arm ? 1 : 0,
      }))
      const x = Int8Array.from(rows.flatMap((row) => [...row.x]))
      const hits = Uint32Array.from(rows.flatMap(({ y }) => [y, 0]))
      return { armId, day, hour: null, cells: { features: FEATURE_NAMES.length, x, n: new Uint32Array(300).fill(1), hits } }
    }),
  ),
}

const believed = (epoch: ReturnType<typeof epochWith>) => beliefOf(epoch, servingAllocationOf(epoch)!, learned)
/** As a snapshot's body keeps it. */
const stored = (epoch: ReturnType<typeof epochWith>) => JSON.parse(JSON.stringify(believed(epoch).body))
const draw = (device: string, pi = [0.3, 0.3, 0.4], stratum = 'bandit') => ({ x: X(device), pi, stratum })

function previewed(epoch: ReturnType<typeof epochWith>, change: SettingsChange, at = draw('mobile')) {
  const policy = changedPolicy({ epoch, belief: stored(epoch) }, change)
  return policy.kind === 'policy' ? probabilitiesOf(policy.decider, at) : policy.kind
}

/** What would serve after the change, learned anew from the same days. */
function served(epoch: ReturnType<typeof epochWith>, at = draw('mobile')) {
  return probabilitiesOf(believed(epoch).decider, at)
}

const CHANGES: readonly (readonly [string, SettingsChange])[] = [
  ['nothing', {}],
  [
    'other weights',
    {
      objectives: [
        { metric: 'conversion', weight: 1 },
        { metric: 'returns', weight: 2 },
      ],
    },
  ],
  ['one weight in another unit', { objectives: [{ metric: 'conversion', weight: 7 }] }],
  ['another floor', { floor: 0.3 }],
  ['another mode', { mode: 'learn' }],
  ['another scale', { scale: 2 }],
]

describe('a policy that was not', () => {
  it.each(CHANGES)('with %s is what serving then does, bit for bit', (_, change) => {
    for (const memory of [{}, { discountDays: 2 }, { context: false }, { windowDays: 1 }]) {
      const wanted = served(epochWith({ ...memory, ...change }))
      expect(previewed(epochWith(memory), change)).toEqual(wanted)
    }
  })

  const RATES = { context: false, model: 'beta' }
  it.each<readonly [string, object, SettingsChange]>([
    ['of another scale', RATES, { scale: 2 }],
    ['from lines to rates', { context: false }, { model: 'beta' }],
    ['from rates to lines', RATES, { model: 'linear' }],
    ['from rates to lines of two objectives', RATES, { model: 'linear', ...CHANGES[1]![1] }],
  ])('%s is what serving then does, bit for bit, whichever model is asked about', (_, before, change) => {
    for (const memory of [{}, { discountDays: 2 }, { windowDays: 1 }, { mode: 'learn' }])
      expect(previewed(epochWith({ ...memory, ...before }), change)).toEqual(served(epochWith({ ...memory, ...before, ...change })))
    expect(previewed(epochWith(before), change)).not.toEqual(previewed(epochWith(before), {}))
  })

  it('of rates does not care what one is worth', () => {
    const change = { objectives: [{ metric: 'conversion', weight: 3 }] }
    expect(previewed(epochWith(RATES), change)).toEqual(previewed(epochWith(RATES), {}))
  })

  it('is no rate of two objectives, nor of a mean', () => {
    expect(previewed(epochWith(RATES), CHANGES[1]![1])).toBe('no-evidence')
    expect(previewed(epochWith(RATES), { objectives: [{ metric: 'returns', weight: 1 }] })).toBe('no-evidence')
    expect(previewed(epochWith({}), { model: 'beta' })).toBe('no-evidence')
  })

  it('of log-odds is told for other draws and lines, and for no other objective', () => {
    const logits = { model: 'logistic' }
    for (const change of [{}, { floor: 0.3 }, { mode: 'learn' as const }, { scale: 2 }])
      expect(previewed(epochWith(logits), change)).toEqual(served(epochWith({ ...logits, ...change })))
    expect(previewed(epochWith(logits), { model: 'linear' })).toEqual(served(epochWith({})))
    expect(previewed(epochWith(logits), {})).not.toEqual(served(epochWith({})))
    const heavier = { objectives: [{ metric: 'conversion', weight: 3 }] }
    expect(previewed(epochWith(logits), heavier)).toEqual(previewed(epochWith(logits), {}))
    expect(previewed(epochWith(logits), CHANGES[1]![1])).toBe('no-evidence')
  })

  it('gives more to the arm that is sent back less when returns count', () => {
    const [before, after] = [previewed(epochWith({}), {}), previewed(epochWith({}), CHANGES[1]![1])] as number[][]
    expect(before![2]).toBeGreaterThan(before![0]!)
    expect(after![0]).toBeGreaterThan(after![2]!)
  })

  it('stays even in the uniform stratum and masks what could not be drawn', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CHANGES), fc.constantFrom('uniform', 'bandit'), fc.nat(2), ([, change], stratum, masked) => {
        const pi = [0.5, 0.5, 0.5].map((half, arm) => (arm === masked ? 0 : half))
        const found = previewed(epochWith({}), change, draw('desktop', pi, stratum)) as number[]
        expect(found[masked]).toBe(0)
        expect(found.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12)
        if (stratum === 'uniform') expect(found.filter((each) => each > 0)).toEqual([0.5, 0.5])
      }),
    )
  })

  it('cannot be told for other weights when only models were kept', () => {
    const epoch = epochWith({})
    const { evidence: _, ...belief } = stored(epoch)
    expect(changedPolicy({ epoch, belief }, CHANGES[1]![1])).toEqual({ kind: 'no-evidence' })
    expect(changedPolicy({ epoch, belief }, { floor: 0.3 }).kind).toBe('policy')
  })

  it('is even where nothing was known', () => {
    const policy = changedPolicy({ epoch: epochWith({}), belief: { kind: 'unknown', because: 'too-few-units' } }, { floor: 0.5 })
    expect(policy).toEqual({ kind: 'policy', decider: null })
    expect(probabilitiesOf(null, draw('mobile', [0.5, 0, 0.5]))).toEqual([0.5, 0, 0.5])
  })
})
