import { describe, expect, it } from 'vitest'
import { effectsByWeek, planOf } from '../../src/analysis/power-plan.ts'
import type { PowerQuestion } from '../../src/analysis/power-question.ts'
import { planText } from '../../src/analysis/power-text.ts'
import { golden } from '../stats/golden.ts'

const asked = (more: Partial<PowerQuestion> = {}): PowerQuestion => ({
  metric: { kind: 'proportion', baseline: 0.1 },
  ...{ power: 0.8, level: 0.95, sides: 'two-sided', treatments: 1, ratio: 1, correction: 'dunnett', varianceFactor: 1, guardrails: 0 },
  test: { kind: 'fixed' },
  ...more,
})
const mean = { kind: 'mean', baseline: 10, deviation: 1 } as const

describe('a plan', () => {
  it('has the published sample sizes: rates and small t-tests', () => {
    const rates = golden<{ cases: { p1: number; p2: number; power: number }[] }, { n: number[] }>('P052')
    rates.inputs.cases.forEach(({ p1, p2, power }, i) => {
      const plan = planOf(asked({ metric: { kind: 'proportion', baseline: p1 }, effect: p2 - p1, power }))
      expect(plan.controlUnits).toBe(Math.ceil(rates.expected.n[i]!))
    })
    const student = golden<{ d: number[] }, { n_ceil: number[] }>('P051')
    expect(student.inputs.d.map((effect) => planOf(asked({ metric: mean, effect })).controlUnits)).toEqual(student.expected.n_ceil)
  })

  it('goes in a circle: the sample for an effect has that effect as its smallest', () => {
    const tests = [
      { kind: 'fixed' },
      { kind: 'always-valid', looks: 10 },
      { kind: 'group-sequential', looks: 4, spending: { kind: 'pocock' } },
    ] as const
    for (const metric of [asked().metric, mean, { kind: 'quantile', baseline: 3, share: 0.9, density: 0.05 } as const])
      for (const test of tests)
        for (const treatments of [1, 3]) {
          const effect = 0.03
          const question = asked({ metric, effect, test, treatments, varianceFactor: 0.7, ratio: 0.8 })
          const plan = planOf(question)
          expect(plan.smallestEffect! / effect).toBeCloseTo(1, 2)
          expect(Math.abs(plan.power - 0.8)).toBeLessThan(0.02)
          expect(planOf({ ...question, controlUnits: plan.controlUnits })).toEqual(plan)
        }
  })

  it('multiplies units by what covariates, clusters and looks ask for', () => {
    const plain = planOf(asked({ effect: 0.02 })).controlUnits
    expect(planOf(asked({ effect: 0.02, varianceFactor: 0.64 })).controlUnits / plain).toBeCloseTo(0.64, 3)
    const looked = planOf(asked({ effect: 0.02, test: { kind: 'always-valid', looks: 20 } }))
    expect(looked.controlUnits / plain).toBeCloseTo(looked.inflation!, 3)
    expect(looked.expectedUnits!).toBeLessThan(looked.totalUnits)
  })

  it('plans guardrails with more power each', () => {
    const guardrail = { metric: { ...mean, baseline: 45, deviation: 38 }, margin: { kind: 'relative', size: 0.01 } } as const
    const one = planOf(asked(guardrail))
    const three = planOf(asked({ ...guardrail, guardrails: 3 }))
    expect(one.power).toBeCloseTo(0.8, 3)
    expect(three.power).toBeCloseTo(0.95, 3)
    expect(three.controlUnits).toBeGreaterThan(one.controlUnits)
    expect('smallestEffect' in one).toBe(false)
  })

  it('says how long it takes, week by week', () => {
    const arrivals = { kind: 'steady', unitsPerDay: 1000 } as const
    const plan = planOf(asked({ effect: 0.02, arrivals }))
    expect(plan.days).toBe(8)
    const weeks = effectsByWeek(asked({ arrivals }), (days) => 1000 * days, 4)
    expect(weeks.map(({ totalUnits }) => totalUnits)).toEqual([7000, 14_000, 21_000, 28_000])
    const effects = weeks.map(({ effect }) => effect)
    expect([...effects].sort((a, b) => b - a)).toEqual(effects)
    expect(planOf(asked({ effect: 0.0001, arrivals })).days).toMatchObject({ kind: 'unknown', because: 'horizon-not-reached' })
  })

  it('says when no rate is far enough', () => {
    const plan = planOf(asked({ metric: { kind: 'proportion', baseline: 0.9 }, controlUnits: 10 }))
    expect(plan.smallestEffect).toBeNull()
    expect(planText({ question: asked({ controlUnits: 10 }), plan, weeks: [] })).toContain('No effect that is possible')
  })

  it('reads like this', () => {
    const question = asked({
      effect: 0.02,
      arrivals: { kind: 'steady', unitsPerDay: 500 },
      test: { kind: 'group-sequential', looks: 5, spending: { kind: 'obrien-fleming' } },
    })
    expect(planText({ question, plan: planOf(question), weeks: [{ week: 1, totalUnits: 3500, effect: 0.0297 }] })).toBe(`PLAN
  proportion, an effect of +2.0 pp (+20.0 %); 95 % confidence two-sided, power 80.0 %, looks planned
  on the way.

             units
  control    3,936
  treatment  3,936
  all arms   7,872

  The effect is shown with a probability of 80.0 %.
  With 5 looks the plan is 1.025 times a fixed test; when the effect is there it stops after 6,328
  units on average.
  That takes 16 days.

SMALLEST EFFECT BY WEEK
  after week  units  smallest effect     lift
           1  3,500          +3.0 pp  +29.7 %
`)
  })
})
