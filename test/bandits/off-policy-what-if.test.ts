import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Estimator } from '../../src/bandits/off-policy-estimates.ts'
import { alwaysArm, everyArmAlike, fixedShares, withFloor } from '../../src/bandits/off-policy-targets.ts'
import type { Valuation } from '../../src/bandits/off-policy-valuation.ts'
import { evidenceOf } from '../../src/bandits/off-policy-what-if.ts'
import { logOf, truthOf, valuation, type World } from './off-policy-world.ts'

const fewOf = (valued: Valuation) =>
  valued.kind === 'refused' ? valued.refusals.find((refusal) => refusal.kind === 'few-effective-decisions') : undefined

describe('what if', () => {
  const world: World = { floor: 0.1, modelBias: 0.03 }
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

  it('knows what helps: the floor it asks for, or so many decisions more', () => {
    const thin: World = { floor: 0.003, modelBias: 0.05, temperature: 0.01 }
    const few = { floor: 0.15, modelBias: 0.03 }
    for (let seed = 0; seed < 20; seed++) {
      const refusal = fewOf(valuation(logOf(seed, 2000, thin), alwaysArm(0)))!
      expect(refusal.floor).toBeCloseTo(0.15, 12)
      // a floor keeps its promise on average; a little above it, every time
      const { overlap } = valuation(logOf(seed, 2000, { ...thin, floor: 1.5 * refusal.floor! }), alwaysArm(0))
      expect(overlap.effectiveSampleSize).toBeGreaterThan(100)
      const short = fewOf(valuation(logOf(seed, 150, few), alwaysArm(2)))!
      const enough = valuation(logOf(seed, 150 + Math.ceil(1.5 * short.more!), few), alwaysArm(2))
      expect(enough.overlap.effectiveSampleSize).toBeGreaterThan(100)
    }
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
