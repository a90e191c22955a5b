import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ESTIMATORS, type Estimator } from '../../src/bandits/off-policy-estimates.ts'
import { alwaysArm, everyArmAlike, fixedShares, withFloor } from '../../src/bandits/off-policy-targets.ts'
import { valuationOf } from '../../src/bandits/off-policy-valuation.ts'
import { evidenceOf, type LoggedDecision, type TargetPolicy, whatIf } from '../../src/bandits/off-policy-what-if.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { draw } from './off-policy-cases.ts'

const LOGS = 200
/** Misses of a 95 % interval in 200 logs: at most 27 at a false alarm of 1e-6. */
const MISSES_MOST = 27

/** Four kinds of shopper, alike in number; three arms; a truth that is known. */
const CONTEXTS = [
  [1, -1],
  [1, 0],
  [1, 1],
  [1, 2],
] as const
const rate = (x: ArrayLike<number>, arm: number): number => [0.1 + 0.02 * x[1]!, 0.14 - 0.03 * x[1]!, 0.12][arm]!

function softmax(scores: readonly number[], temperature: number): readonly number[] {
  const weights = scores.map((score) => Math.exp(score / temperature))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/** Other objective weights: the new policy sees the same predictions through another lens. */
const bolder: TargetPolicy = ({ predictions }) => softmax(predictions, 0.02)

interface World {
  readonly floor: number
  /** The model is wrong by so much. */
  readonly modelBias?: number
  readonly temperature?: number
}

function decide(random: Random, { floor, modelBias = 0, temperature = 0.05 }: World): LoggedDecision {
  const features = CONTEXTS[Math.floor(random.uniform() * CONTEXTS.length)]!
  const predictions = [0, 1, 2].map((arm) => rate(features, arm) + modelBias * (arm - 1))
  const propensities = softmax(predictions, temperature).map((p) => floor / 3 + (1 - floor) * p)
  const arm = draw(random, propensities)
  return { features, predictions, propensities, arm, reward: random.uniform() < rate(features, arm) ? 1 : 0 }
}

function logOf(seed: number, rows: number, world: World): readonly (readonly LoggedDecision[])[] {
  const random = randomOf(seed)
  return Array.from({ length: rows }, () => [decide(random, world)])
}

function truthOf(target: TargetPolicy, { modelBias = 0 }: Pick<World, 'modelBias'>): number {
  const values = CONTEXTS.map((features) => {
    const predictions = [0, 1, 2].map((arm) => rate(features, arm) + modelBias * (arm - 1))
    const probabilities = target({ features, predictions, propensities: [1 / 3, 1 / 3, 1 / 3] })
    return probabilities.reduce((sum, p, arm) => sum + p * rate(features, arm), 0)
  })
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

const valuation = (log: readonly (readonly LoggedDecision[])[], target: TargetPolicy) =>
  valuationOf(whatIf(log, { arms: 3, switchAt: 10, target }), { level: 0.95 })

describe('what if', () => {
  const world: World = { floor: 0.1, modelBias: 0.03 }
  it.each<[string, TargetPolicy]>([
    ['every arm alike', everyArmAlike],
    ['one arm', alwaysArm(1)],
    ['other shares', fixedShares([1, 6, 3])],
    ['a higher floor', withFloor(bolder, 0.3)],
    ['other weights', bolder],
  ])('%s: intervals cover the truth, and standard errors are those of the estimates', (_name, target) => {
    const truth = truthOf(target, world)
    const seen = Object.fromEntries(ESTIMATORS.map((name) => [name, { misses: 0, values: [] as number[], errors: [] as number[] }]))
    for (let seed = 0; seed < LOGS; seed++) {
      const valued = valuation(logOf(seed, 2000, world), target)
      if (valued.kind === 'refused') throw new Error(JSON.stringify(valued.refusals))
      for (const name of ESTIMATORS) {
        const { value, error } = valued.values[name]
        if (error.kind === 'unknown') continue
        seen[name]!.values.push(value)
        seen[name]!.errors.push(error.standardError)
        if (error.interval.low > truth || error.interval.high < truth) seen[name]!.misses++
      }
    }
    for (const name of ['IPS', 'SNIPS', 'DR', 'SNDR'] satisfies Estimator[]) {
      const { misses, values, errors } = seen[name]!
      expect(misses, name).toBeLessThanOrEqual(MISSES_MOST)
      const mean = values.reduce((sum, value) => sum + value, 0) / LOGS
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (LOGS - 1))
      // 5 standard errors of a mean, and of a standard deviation, of 200
      expect(Math.abs(mean - truth), name).toBeLessThan((5 * deviation) / Math.sqrt(LOGS))
      const ratio = errors.reduce((sum, error) => sum + error, 0) / LOGS / deviation
      expect(ratio, name).toBeGreaterThan(0.75)
      expect(ratio, name).toBeLessThan(1.34)
    }
  })

  it('DM believes a wrong model, DR does not; with the right model DR is the surer one', () => {
    const target = alwaysArm(2)
    const truth = truthOf(target, {})
    const wrong = valuation(logOf(1, 20_000, { floor: 0.1, modelBias: 0.05 }), target)
    const right = valuation(logOf(1, 20_000, { floor: 0.1 }), target)
    if (wrong.kind === 'refused' || right.kind === 'refused') throw new Error('thin')
    expect(Math.abs(wrong.values.DM.value - truth)).toBeGreaterThan(0.03)
    expect(Math.abs(wrong.values.DR.value - truth)).toBeLessThan(0.01)
    expect(Math.abs(right.values.DM.value - truth)).toBeLessThan(0.001)
    const errorOf = (name: Estimator) => (right.values[name].error as { standardError: number }).standardError
    expect(errorOf('DR')).toBeLessThan(errorOf('IPS'))
  })

  it('refuses thin logs: a floor near 0 and another favourite', () => {
    const thin: World = { floor: 0.003, modelBias: 0.05, temperature: 0.01 }
    let refused = 0
    for (let seed = 0; seed < 50; seed++) if (valuation(logOf(seed, 2000, thin), alwaysArm(0)).kind === 'refused') refused++
    expect(refused).toBe(50)
    expect(valuation(logOf(1, 60, world), everyArmAlike)).toMatchObject({ refusals: [{ kind: 'few-effective-decisions', need: 100 }] })
  })

  it('refuses an arm that the log never played, and a log with wrong propensities', () => {
    const without = logOf(3, 3000, world).map((unit) =>
      unit.map((row) => ({
        ...row,
        arm: row.arm % 2,
        propensities: [row.propensities[0]! + row.propensities[2]!, row.propensities[1]!, 0],
      })),
    )
    expect(valuation(without, everyArmAlike)).toMatchObject({
      kind: 'refused',
      refusals: [{ kind: 'arms-without-support', arms: [{ arm: 2 }] }, { kind: 'mean-weight-off' }],
    })
    expect(valuation(without, fixedShares([1, 1, 0])).kind).toBe('valued')
    const mislogged = logOf(4, 5000, { floor: 0 }).map((unit) => unit.map((row) => ({ ...row, propensities: [0.6, 0.2, 0.2] })))
    expect(valuation(mislogged, everyArmAlike)).toMatchObject({ refusals: [{ kind: 'mean-weight-off' }] })
  })

  it('of the policy that made the log is what the log earned', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const valued = valuation(logOf(seed, 200, world), ({ propensities }) => propensities)
        if (valued.kind === 'refused') throw new Error('refused')
        expect(valued.values.IPS.value).toBeCloseTo(valued.logged.value, 12)
        expect(valued.values.SNIPS.value).toBeCloseTo(valued.logged.value, 12)
        expect(valued.overlap.effectiveSampleSize).toBeCloseTo(200, 9)
      }),
      { numRuns: 20 },
    )
  })
})

describe('policies to ask about', () => {
  const context = { features: [1], predictions: [0, 0, 0, 0], propensities: [0.4, 0.3, 0.3, 0] }
  const masked = { ...context, eligible: [true, true, true, false] }

  it('give the share of an arm that was not allowed to the others', () => {
    expect(everyArmAlike(context)).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(everyArmAlike(masked)).toEqual([1 / 3, 1 / 3, 1 / 3, 0])
    expect(fixedShares([1, 1, 2, 4])(masked)).toEqual([0.25, 0.25, 0.5, 0])
    expect(alwaysArm(3)(masked)).toEqual([0, 0, 0, 1])
    expect(evidenceOf({ ...masked, arm: 0, reward: 1 }, alwaysArm(3)(masked)).unsupported).toEqual([0, 0, 0, 1])
  })

  it('have a floor under every eligible arm, and still sum to 1', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 2 }), (floor, arm) => {
        const probabilities = withFloor(alwaysArm(arm), floor)(masked)
        expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
        for (const p of probabilities.slice(0, 3)) expect(p).toBeGreaterThanOrEqual(floor / 3 - 1e-15)
        expect(probabilities[3]).toBe(0)
      }),
    )
  })

  it('refuse what is no policy', () => {
    expect(() => fixedShares([0, 0])).toThrow(/positive/)
    expect(() => fixedShares([-1, 2])).toThrow(/negative/)
    expect(() => alwaysArm(4)(context)).toThrow(/no arm 4/)
    expect(() => withFloor(everyArmAlike, 1.1)).toThrow(/floor/)
    const row = { ...context, arm: 0, reward: 1 }
    expect(() => evidenceOf(row, [0.5, 0.5])).toThrow(/4 arms were logged, 2/)
    expect(() => evidenceOf(row, [0.5, 0.5, 0.5, 0])).toThrow(/sum to 1/)
    expect(() => evidenceOf({ ...row, arm: 3 }, [1, 0, 0, 0])).toThrow(/propensity 0/)
  })
})
