import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawnArm } from '../../src/bandits/choice.ts'
import { explored, propensitiesAmong } from '../../src/bandits/exploration.ts'
import { chanceWorse, eligibleArms } from '../../src/bandits/guardrail.ts'
import { propensitiesFor } from '../../src/bandits/propensity.ts'
import { ratePropensities } from '../../src/bandits/rate-propensity.ts'
import { slatePropensities } from '../../src/bandits/slate-propensity.ts'
import { topTwo } from '../../src/bandits/top-two.ts'
import { goldenCases } from './golden-bandits.ts'
import { normalTwo } from './two-arms.ts'

const vector = fc.array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 2, maxLength: 8 }).map((raw) => {
  const total = raw.reduce((sum, one) => sum + one, 0)
  return raw.map((one) => one / total)
})

describe('exploration', () => {
  it('adds the floor as the golden case does', () => {
    const { inputs, expected } = goldenCases<{ w: number[]; f: number }, { p: number[] }>('additive_floor')[0]!
    const floor = inputs.f * inputs.w.length
    const pi = explored(inputs.w, { floor, stratum: 'bandit', eligible: inputs.w.map(() => true) })
    pi.forEach((value, arm) => {
      expect(value).toBeCloseTo(expected.p[arm]!, 12)
    })
  })

  it('adds up to 1, keeps the floor and the order, and gives masked arms nothing, in both strata', () => {
    fc.assert(
      fc.property(
        vector,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        fc.constantFrom('bandit' as const, 'uniform' as const),
        (p, floor, seed, stratum) => {
          const eligible = p.map((_, arm) => arm === seed % p.length || ((seed >> arm) & 1) === 1)
          const pi = explored(p, { floor, stratum, eligible })
          const arms = eligible.filter(Boolean).length
          expect(pi.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12)
          pi.forEach((one, arm) => {
            if (eligible[arm]) expect(one).toBeGreaterThanOrEqual((stratum === 'uniform' ? 1 : floor) / arms - 1e-15)
            else expect(one).toBe(0)
            if (stratum === 'bandit')
              for (let b = 0; b < pi.length; b++)
                if (eligible[arm] && eligible[b] && p[arm]! > p[b]!) expect(one).toBeGreaterThanOrEqual(pi[b]!)
          })
        },
      ),
    )
  })

  it('draws every arm exactly as often as its probability says', () => {
    fc.assert(
      fc.property(vector, (pi) => {
        let sum = 0
        for (const [arm, one] of pi.entries()) {
          expect(drawnArm(pi, Math.min(sum + one / 2, 1 - 2 ** -53))).toBe(arm)
          sum += one
        }
      }),
    )
    expect(drawnArm([0.3, 0.7 - 2e-16, 0], 1 - 2 ** -53)).toBe(1)
    expect(drawnArm([0, 1, 0], 0)).toBe(1)
  })

  it('lets masked arms not take part in the race', () => {
    const propensities = propensitiesFor({ armsMax: 3, degreesOfFreedom: Number.POSITIVE_INFINITY, precision: 'exact' })
    const p = propensitiesAmong([true, false, true], { means: [0.1, 99, 0], scales: [0.03, 1, 0.04] }, propensities)
    expect(p[0]).toBeCloseTo(normalTwo(0.1, 0.03, 0, 0.04), 9)
    expect(p[1]).toBe(0)
  })
})

describe('top-two', () => {
  it('is what drawing again until somebody else leads comes to', () => {
    const p = [0.6, 0.3, 0.1]
    const second = (leader: number, a: number) => (a === leader ? 0 : p[a]! / (1 - p[leader]!))
    const told = p.map((own, a) => 0.5 * own + 0.5 * p.reduce((sum, lead, leader) => sum + lead * second(leader, a), 0))
    topTwo(p).forEach((q, arm) => {
      expect(q).toBeCloseTo(told[arm]!, 14)
    })
  })

  it('adds up to 1, also with one arm all but sure', () => {
    fc.assert(
      fc.property(vector, (p) => {
        expect(topTwo(p).reduce((sum, q) => sum + q, 0)).toBeCloseTo(1, 9)
      }),
    )
    expect(topTwo([1 - 1e-12, 1e-12])[0]).toBeCloseTo(0.5, 9)
    expect(topTwo([1 - 1e-12, 1e-12])[1]).toBeCloseTo(0.5, 9)
    expect(topTwo([1, 0])).toEqual([1, 0])
  })
})

describe('the propensity of a slate', () => {
  it('agrees with the golden ranks', () => {
    const { inputs, expected } = goldenCases<{ means: number[]; sigmas: number[]; positions: number }, { P_arm_at_rank: number[][] }>(
      'ts_propensity_gaussian/rank_positions',
    )[0]!
    const { means, sigmas: scales, positions } = inputs
    const ranks = slatePropensities({ means, scales, positions, degreesOfFreedom: Number.POSITIVE_INFINITY })
    ranks.forEach((row, item) => {
      row.forEach((p, rank) => {
        expect(Math.abs(p - expected.P_arm_at_rank[item]![rank]!)).toBeLessThan(1e-9)
      })
    })
  })

  it('has as first rank the plain propensity, and gives each item exactly one rank', () => {
    const means = [0, 1, 0.4, -2]
    const scales = [1, 0.1, 2, 5]
    const ranks = slatePropensities({ means, scales, positions: 4, degreesOfFreedom: 6 })
    const first = new Float64Array(4)
    propensitiesFor({ armsMax: 4, degreesOfFreedom: 6, precision: 'exact' })(Float64Array.from(means), Float64Array.from(scales), 4, first)
    ranks.forEach((row, item) => {
      expect(row[0]).toBeCloseTo(first[item]!, 9)
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9)
    })
  })
})

describe('Beta–Bernoulli', () => {
  it('is exact where published draws are not', () => {
    const { inputs, expected } = goldenCases<{ alpha: number[]; beta: number[] }, { exact: number[] }>('ts_propensity_beta')[0]!
    const p = ratePropensities(inputs.alpha.map((a, i) => ({ a, b: inputs.beta[i]! })))
    p.forEach((value, arm) => {
      expect(Math.abs(value - expected.exact[arm]!)).toBeLessThan(1e-9)
    })
  })
})

describe('the guardrail in the choice', () => {
  it('has the golden chance of being worse', () => {
    const { inputs, expected } = goldenCases<Record<'mean_a' | 'sd_a' | 'mean_c' | 'sd_c' | 'delta', number>, { p: number }>(
      'p_uplift_below',
    )[0]!
    const chance = chanceWorse(
      { mean: inputs.mean_a, deviation: inputs.sd_a },
      { mean: inputs.mean_c, deviation: inputs.sd_c },
      inputs.delta,
    )
    expect(chance).toBeCloseTo(expected.p, 12)
  })

  it('never masks the control', () => {
    const beliefs = [
      { mean: 0, deviation: 0.1 },
      { mean: -5, deviation: 0.1 },
      { mean: 1, deviation: 0.1 },
    ]
    expect(eligibleArms(beliefs, { control: 0, margin: 0.1, chanceMax: 0.95 })).toEqual([true, false, true])
  })
})
