import { describe, expect, it } from 'vitest'
import { CONTEXTUAL_SCENARIOS, contextualRun } from '../../src/simulation/contextual.ts'
import type { ContextualLearner } from '../../src/simulation/contextual-learner.ts'
import { SCENARIOS } from '../../src/simulation/scenarios.ts'
import { type Study, studyOf } from '../../src/simulation/study.ts'

const scenario = (name: string) => SCENARIOS.find((one) => one.name === name)!
const study = (name: string, seeds: number, learners: readonly string[]): Study =>
  studyOf({ ...scenario(name), learners: scenario(name).learners.filter((one) => learners.includes(one)) }, { seeds, seed: 1, floor: 0 })
const regretOf = ({ learners }: Study, name: string) => learners.find(({ learner }) => learner === name)!

/**
 * Fixed seeds, so these do not flicker. Bounds are the measured means plus five standard errors or more: a worse method fails, another
 * processor's rounding does not.
 */
describe('the bandit', () => {
  it('ends at a thousandth of conversion on the right arm, for a third of what even traffic costs', () => {
    const found = study('low-rate', 20, ['linear', 'plug-in'])
    expect(found.even).toBeCloseTo(120, 9)
    expect(regretOf(found, 'linear').regret).toBeLessThan(55)
    expect(regretOf(found, 'linear').regret90).toBeLessThan(110)
    expect(regretOf(found, 'plug-in').regret90).toBeGreaterThan(120)
  })

  it('costs as little with the exact posterior of rates', () => {
    const found = study('low-rate', 20, ['beta'])
    expect(regretOf(found, 'beta').regret).toBeLessThan(75)
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
    const world = { arms: 4, features: 10, buckets: 20, requests: 500, link: 'line', base: 0.3, strength: 0.05 } as const
    const end = (learner: ContextualLearner) => contextualRun(world, learner, { floor: 0, seed: 1 }).at(-1)!
    expect(end('with-context')).toBeLessThan(0.25 * end('even'))
    expect(end('log-odds')).toBeLessThan(0.25 * end('even'))
  })

  it('loses less by lines of log-odds than by lines where features multiply the odds', () => {
    const { world } = CONTEXTUAL_SCENARIOS.find(({ name }) => name === 'contextual-odds')!
    const sum = (learner: ContextualLearner) =>
      [1, 2, 3, 4].reduce((total, seed) => total + contextualRun({ ...world, buckets: 40 }, learner, { floor: 0, seed }).at(-1)!, 0)
    expect(sum('log-odds')).toBeLessThan(sum('with-context'))
    expect(sum('log-odds')).toBeLessThan(0.15 * sum('even'))
  })
})
