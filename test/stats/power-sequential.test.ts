import { describe, expect, it } from 'vitest'
import { crossingPower } from '../../src/stats/group-sequential-planning.ts'
import { criticalZ, zOfPower } from '../../src/stats/power.ts'
import { inflationOfOneLook, looksOf, sequentialPower, sequentialSize } from '../../src/stats/power-sequential.ts'
import { expectClose, golden } from './golden.ts'

const fixed = criticalZ({ level: 0.95 }) + zOfPower(0.8)

describe('power of a test that looks on the way', () => {
  it('needs the published limit at one look at the tuned time', () => {
    const { expected, tol } = golden<object, { inflation: number }>('P055')
    expectClose(inflationOfOneLook({ level: 0.95, power: 0.8 }), expected.inflation, tol)
    expectClose(sequentialSize({ kind: 'always-valid', level: 0.95, looks: 1 }, { power: 0.8 }).inflation, expected.inflation, tol)
  })

  it('needs less the more often it looks, since looks that stop early count', () => {
    const inflations = [1, 5, 20, 60].map((looks) => sequentialSize({ kind: 'always-valid', level: 0.95, looks }, { power: 0.8 }).inflation)
    expect([...inflations].sort((a, b) => b - a)).toEqual(inflations)
    // 1.74 at twenty looks, not the 1.91 of a scaled standard error
    expect(inflations[2]).toBeGreaterThan(1.7)
    expect(inflations[2]).toBeLessThan(1.78)
  })

  it('uses about as many units on average as a fixed test, when the effect is there', () => {
    const size = sequentialSize({ kind: 'always-valid', level: 0.95, looks: 20 }, { power: 0.8 })
    expect(size.expectedWithEffect).toBeLessThan(1.2)
    expect(size.expectedWithoutEffect).toBeGreaterThan(1.6)
  })

  it('spends error as planned when it is group-sequential', () => {
    const design = { kind: 'group-sequential', spending: { kind: 'obrien-fleming' }, level: 0.95, looks: 5 } as const
    expect(sequentialSize(design, { power: 0.8 }).inflation).toBeCloseTo(1.0247, 4)
    expect(sequentialPower(design, -fixed * Math.sqrt(1.0247))).toBeCloseTo(0.8, 4)
    expect(crossingPower(looksOf(design), 0)).toBeCloseTo(0.025, 10)
  })

  it('never spends all of its error when it is always valid', () => {
    const looks = looksOf({ kind: 'always-valid', level: 0.95, looks: 100 })
    expect(2 * crossingPower(looks, 0)).toBeLessThan(0.02)
    const one = looksOf({ kind: 'always-valid', level: 0.95, looks: 30, sides: 'greater' })
    expect(crossingPower(one, 0)).toBeLessThan(0.05)
    expect(one.every((look) => look.lower === Number.NEGATIVE_INFINITY)).toBe(true)
  })

  it('refuses a design without looks', () => {
    expect(() => looksOf({ kind: 'always-valid', level: 0.95, looks: 0 })).toThrow()
  })
})
