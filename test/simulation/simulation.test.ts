import { describe, expect, it } from 'vitest'
import { contextualRun } from '../../src/simulation/contextual.ts'
import { laiRobbinsConstant, logSlope } from '../../src/simulation/lai-robbins.ts'
import { openLearner } from '../../src/simulation/learner.ts'
import { runOf } from '../../src/simulation/run.ts'
import { SCENARIOS } from '../../src/simulation/scenarios.ts'
import { evenRegret, type Study, studyOf } from '../../src/simulation/study.ts'
import { delayedWorld, rateWorld } from '../../src/simulation/world.ts'
import { goldenCases } from '../bandits/golden-bandits.ts'

const scenario = (name: string) => SCENARIOS.find((one) => one.name === name)!
const study = (name: string, seeds: number, learners: readonly string[]): Study =>
  studyOf({ ...scenario(name), learners: scenario(name).learners.filter((one) => learners.includes(one)) }, { seeds, seed: 1, floor: 0 })
const regretOf = ({ learners }: Study, name: string) => learners.find(({ learner }) => learner === name)!

describe('the bound of Lai and Robbins', () => {
  it('has the golden constants', () => {
    const { inputs, expected } = goldenCases<{ p: number[][] }, { C: number[] }>('limits/lai_robbins')[0]!
    inputs.p.forEach((rates, i) => {
      expect(laiRobbinsConstant(rates)).toBeCloseTo(expected.C[i]!, 9)
    })
    expect(laiRobbinsConstant([0.3, 0.3])).toBe(0)
    expect(logSlope({ requests: 100, regret: 1 }, { requests: 100 * Math.E, regret: 6 })).toBeCloseTo(5, 12)
  })
})

describe('a run', () => {
  const world = rateWorld({ buckets: 20, requests: 200, rates: () => [0.1, 0.3] })

  it('repeats itself with its seed, and never gains on the best arm', () => {
    const run = () => runOf(world, openLearner('linear', 2), { floor: 0.1, seed: 3 })
    expect(run()).toEqual(run())
    const regret = run()
    regret.forEach((value, bucket) => {
      expect(value).toBeGreaterThanOrEqual(bucket === 0 ? 0 : regret[bucket - 1]!)
    })
    expect(runOf(world, openLearner('linear', 2), { floor: 0.1, seed: 4 })).not.toEqual(regret)
  })

  it('costs even traffic what arithmetic says', () => {
    expect(evenRegret(world)).toBeCloseTo(400, 9)
    expect(runOf(world, openLearner('even', 2), { floor: 0, seed: 1 }).at(-1)).toBeGreaterThan(360)
  })

  it('pays the floor', () => {
    const end = (floor: number) => runOf(world, openLearner('linear', 2), { floor, seed: 1 }).at(-1)!
    expect(end(0.5)).toBeGreaterThan(end(0) + 60)
  })

  it('books late rewards into the bucket of their exposure, and does not draw arms before their launch', () => {
    const late = delayedWorld({ buckets: 8, requests: 400, rates: () => [0.5, 0.5], meanDelay: 3, launched: [0, 4] })
    const seen: number[][] = []
    const dealt: number[] = []
    runOf(
      late,
      ({ cells, now }) => {
        seen.push(cells[0]!.map(({ b, n }) => b[0]! / n))
        if (now > 0) dealt.push(cells[1]!.at(-1)!.n)
        return [0.5, 0.5]
      },
      { floor: 0, seed: 1 },
    )
    const first = seen.slice(1).map((rates) => rates[0]!)
    for (let i = 1; i < first.length; i++) expect(first[i]).toBeGreaterThanOrEqual(first[i - 1]!)
    expect(first[0]).toBeLessThan(0.25)
    expect(first.at(-1)).toBeGreaterThan(0.4)
    expect(dealt.slice(0, 4)).toEqual([0, 0, 0, 0])
    expect(dealt[5]).toBeGreaterThan(100)
  })
})

/**
 * Fixed seeds, so these do not flicker. Bounds are the measured means plus five standard errors or more: a worse method fails, another
 * processor's rounding does not.
 */
describe('the bandit', () => {
  it('ends at a thousandth of conversion on the right arm, for a third of what even traffic costs', () => {
    const found = study('low-rate', 20, ['linear', 'plug-in'])
    expect(found.even).toBeCloseTo(120, 9)
    expect(regretOf(found, 'linear').regret).toBeLessThan(55)
    expect(regretOf(found, 'linear').regret90).toBeLessThan(80)
    expect(regretOf(found, 'plug-in').regret90).toBeGreaterThan(120)
  })

  it('costs between rates of 2.0 and 2.6 % about a seventh of even traffic', () => {
    const found = study('close', 10, ['linear'])
    expect(found.even).toBeCloseTo(700, 9)
    expect(regretOf(found, 'linear').regret).toBeLessThan(160)
  })

  it('keeps a slope near the least possible one when nothing changes', () => {
    const found = study('stationary', 10, ['linear', 'evidence'])
    expect(regretOf(found, 'linear').slope).toBeLessThan(3 * found.leastSlope!)
    expect(regretOf(found, 'evidence').toEven).toBeLessThan(0.08)
  })

  it.each(['switches', 'seasonal'])('finds by evidence a memory near the best one when the world %s', (name) => {
    const found = study(name, 10, ['linear', 'memory-5', 'evidence'])
    expect(regretOf(found, 'evidence').regret).toBeLessThan(1.35 * regretOf(found, 'memory-5').regret)
    expect(regretOf(found, 'evidence').regret).toBeLessThan(0.65 * regretOf(found, 'linear').regret)
  })

  it('gives a new arm its due although its purchases are still to come', () => {
    const found = study('delayed', 10, ['linear', 'mature'])
    expect(regretOf(found, 'mature').toEven).toBeLessThan(0.2)
    expect(regretOf(found, 'linear').toEven).toBeGreaterThan(0.5)
  })

  it('is less fooled by a swinging baseline when it compares within buckets', () => {
    const found = study('baseline-swing', 20, ['linear', 'centred'])
    expect(regretOf(found, 'centred').regret).toBeLessThan(regretOf(found, 'linear').regret)
  })

  it('looks at the context', () => {
    const world = { arms: 4, features: 10, buckets: 20, requests: 500, base: 0.3, strength: 0.05 }
    const end = (learner: 'even' | 'with-context') => contextualRun(world, learner, { floor: 0, seed: 1 }).at(-1)!
    expect(end('with-context')).toBeLessThan(0.25 * end('even'))
  })
})
