import { describe, expect, it } from 'vitest'
import { laiRobbinsConstant, logSlope } from '../../src/simulation/lai-robbins.ts'
import { openLearner } from '../../src/simulation/learner.ts'
import { runOf } from '../../src/simulation/run.ts'
import { evenRegret } from '../../src/simulation/study.ts'
import { delayedWorld, rateWorld } from '../../src/simulation/world.ts'
import { goldenCases } from '../bandits/golden-bandits.ts'

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
