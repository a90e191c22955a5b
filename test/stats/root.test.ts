import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rootByBracket, rootByNewton } from '../../src/stats/root.ts'

describe('a root', () => {
  it('is found for rising and falling cubics, with a slope and without one', () => {
    fc.assert(
      fc.property(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(1, -1), (root, sign) => {
        const f = (x: number) => sign * ((x - root) ** 3 + (x - root))
        const found = rootByNewton((x) => ({ value: f(x), slope: sign * (3 * (x - root) ** 2 + 1) }), { low: -100, high: 100, start: 0 })
        expect(found).toBeCloseTo(root, 9)
        expect(rootByBracket(f, { low: -100, high: 100 })).toBeCloseTo(root, 9)
      }),
    )
  })

  it('is found where Newton alone crawls or jumps out', () => {
    // ln x − e^x-like walls: Newton steps of one unit each from the far end
    const f = (u: number) => ({ value: 50 - Math.exp(u), slope: -Math.exp(u) })
    expect(rootByNewton(f, { low: -700, high: 700, start: 690 })).toBeCloseTo(Math.log(50), 12)
    expect(rootByNewton((x) => ({ value: Math.atan(x), slope: 1 / (1 + x * x) }), { low: -1e6, high: 1e6, start: 1e5 })).toBeCloseTo(0, 9)
  })

  it('is found where the first Newton step lands on an end of the bracket', () => {
    // a = 1 − expit(100·a): flat at the start, steep at the root
    const expit = (u: number) => 1 / (1 + Math.exp(-u))
    const f = (a: number) => ({ value: a - 1 + expit(100 * a), slope: 1 + 100 * expit(100 * a) * expit(-100 * a) })
    const found = rootByNewton(f, { low: 0, high: 1, start: 0.5, rising: true })
    expect(f(found).value).toBeCloseTo(0, 12)
    expect(found).toBeGreaterThan(0.01)
  })

  it('may lie at an end of the bracket, and needs a change of sign', () => {
    expect(rootByBracket((x) => x, { low: 0, high: 3 })).toBe(0)
    expect(rootByBracket((x) => x - 3, { low: 0, high: 3 })).toBe(3)
    expect(() => rootByBracket((x) => x * x + 1, { low: -1, high: 1 })).toThrow(/change of sign/)
  })
})
