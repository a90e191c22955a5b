import { describe, expect, it } from 'vitest'
import { type PolicyValue, policyValues } from '../../src/bandits/off-policy-estimates.ts'
import { openOffPolicyFold } from '../../src/bandits/off-policy-moments.ts'
import { alwaysArm, everyArmAlike, fixedShares, withFloor } from '../../src/bandits/off-policy-targets.ts'
import { valuationOf } from '../../src/bandits/off-policy-valuation.ts'
import type { TargetPolicy } from '../../src/bandits/off-policy-what-if.ts'
import { randomOf } from '../../src/stats/random.ts'
import { bolder, type Log, learnedLogOf, loggingPolicy, logOf, truthOf, valuation, type World } from '../bandits/off-policy-world.ts'

const LOGS = 200
const ROWS = 2000
/** Misses of a 95 % interval in 200 logs: at most 27 at a false alarm of 1e-6. */
const MISSES_MOST = 27
/** DM is not among them: it believes its model. SwitchDR does above its switch. */
const HONEST = ['IPS', 'SNIPS', 'DR', 'SNDR'] as const

/** The values of the same figure in every log, against its truth. */
function expectHonest(name: string, figures: readonly PolicyValue[], truth: number): void {
  const bars = figures.map(({ error }) => {
    if (error.kind === 'unknown') throw new Error(`${name}: ${error.because}`)
    return error
  })
  const misses = bars.filter(({ interval }) => interval.low > truth || interval.high < truth).length
  const mean = figures.reduce((sum, { value }) => sum + value, 0) / LOGS
  const deviation = Math.sqrt(figures.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (LOGS - 1))
  const told = bars.reduce((sum, { standardError }) => sum + standardError, 0) / LOGS
  expect(misses, `${name} misses`).toBeLessThanOrEqual(MISSES_MOST)
  // 5 standard errors of a mean, and of a standard deviation, of 200
  expect(Math.abs(mean - truth), `${name} bias`).toBeLessThan((5 * deviation) / Math.sqrt(LOGS))
  expect(told / deviation, `${name} standard error`).toBeGreaterThan(0.75)
  expect(told / deviation, `${name} standard error`).toBeLessThan(1.34)
}

function valuedLogs(logOfSeed: (seed: number) => Log, target: TargetPolicy) {
  return Array.from({ length: LOGS }, (_, seed) => {
    const valued = valuation(logOfSeed(seed), target)
    if (valued.kind === 'refused') throw new Error(JSON.stringify(valued.refusals))
    return valued
  })
}

describe('what if, over 200 logs whose truth is known', () => {
  const world: World = { floor: 0.1, modelBias: 0.03 }
  it.each<[string, TargetPolicy]>([
    ['every arm alike', everyArmAlike],
    ['one arm', alwaysArm(1)],
    ['other shares', fixedShares([1, 6, 3])],
    ['a higher floor', withFloor(bolder, 0.3)],
    ['other weights', bolder],
  ])('%s: intervals cover the truth, and standard errors are those of the estimates, whatever the model', (_name, target) => {
    const truth = truthOf(target, world)
    const valued = valuedLogs((seed) => logOf(seed, ROWS, world), target)
    for (const name of HONEST)
      expectHonest(
        name,
        valued.map(({ values }) => values[name]),
        truth,
      )
    const logged = truthOf(loggingPolicy(world), world)
    expectHonest(
      'gain',
      valued.map(({ gain }) => gain),
      truth - logged,
    )
  })

  it('holds for logs of a bandit that learned on the way', () => {
    const target = fixedShares([1, 1, 2])
    const valued = valuedLogs((seed) => learnedLogOf(seed, ROWS, { floor: 0.3 }), target)
    for (const name of ['IPS', 'DR'] as const)
      expectHonest(
        name,
        valued.map(({ values }) => values[name]),
        truthOf(target, {}),
      )
  })

  it('gives no value where intervals would miss: about three events carry it; with twelve they cover', () => {
    const [few, enough] = [0.025, 0.1].map((rate) => {
      let missed = 0
      let refused = 0
      for (let seed = 0; seed < LOGS; seed++) {
        // 1,200 decisions, one in ten of which the new policy would have made: 120 effective ones
        const moments = rareLogOf(seed, { rows: 1200, share: 0.1, rate })
        const { error } = policyValues(moments, { level: 0.95 }).IPS
        if (error.kind === 'unknown' || error.interval.low > rate || error.interval.high < rate) missed++
        if (valuationOf(moments, { level: 0.95 }).kind === 'refused') refused++
      }
      return { missed, refused }
    })
    expect(few!.missed).toBeGreaterThan(MISSES_MOST)
    expect(few!.refused).toBeGreaterThan(0.95 * LOGS)
    expect(enough!.missed).toBeLessThanOrEqual(MISSES_MOST)
    expect(enough!.refused).toBeLessThan(0.5 * LOGS)
  })
})

/** Rare rewards, no model, and a policy that always does what the log does with a share. */
function rareLogOf(seed: number, { rows, share, rate }: { readonly rows: number; readonly share: number; readonly rate: number }) {
  const random = randomOf(seed)
  const fold = openOffPolicyFold({ arms: 2, switchAt: 10 })
  for (let i = 0; i < rows; i++) {
    const weight = random.uniform() < share ? 1 / share : 0
    fold.add([{ weight, reward: random.uniform() < rate ? 1 : 0, prediction: 0, modelValue: 0 }])
  }
  return fold.moments()
}
