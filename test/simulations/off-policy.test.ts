import { describe, expect, it } from 'vitest'
import { ESTIMATORS, type Estimator } from '../../src/bandits/off-policy-estimates.ts'
import { alwaysArm, everyArmAlike, fixedShares, withFloor } from '../../src/bandits/off-policy-targets.ts'
import type { TargetPolicy } from '../../src/bandits/off-policy-what-if.ts'
import { bolder, logOf, truthOf, valuation, type World } from '../bandits/off-policy-world.ts'

const LOGS = 200
/** Misses of a 95 % interval in 200 logs: at most 27 at a false alarm of 1e-6. */
const MISSES_MOST = 27

describe('what if, over 200 logs whose truth is known', () => {
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
})
