import { describe, expect, it } from 'vitest'
import type { ArmEvidence } from '../../src/bandits/arm-evidence.ts'
import { armModels } from '../../src/bandits/arm-models.ts'
import { FEATURE_SCALE } from '../../src/bandits/features.ts'
import { maturedModels } from '../../src/bandits/matured-models.ts'
import { type RewardMoments, rewardMomentsOf } from '../../src/bandits/reward-moments.ts'

/**
 * Models from evidence whose clicks have all come, and of whose sales a share can have, by hand: two arms without context, 1,000 decisions each.
 *
 *     line of outcome k   (Σyₖ + P·ȳₖ)/(n + P)      n of its class, ȳₖ over both arms, P the prior's rows: its share of n of min(5·n·Σr²/(Σr)², n/2)
 */

const N = 1_000
const CLICKS = [300, 200]
const SALES = [20, 40]

function evidenceAt(share: number): readonly ArmEvidence[] {
  const square = (n: number) => [n * FEATURE_SCALE ** 2]
  return CLICKS.map((clicks, arm) => ({
    ...{ features: 1, outcomes: 2, n: N, a: square(N), b: [clicks * FEATURE_SCALE, SALES[arm]! * FEATURE_SCALE] },
    // whoever buys has clicked
    c: [clicks, SALES[arm]!, SALES[arm]!],
    matured: [
      { slots: [0], n: N, a: square(N) },
      { slots: [1], n: share * N, a: square(share * N) },
    ],
  }))
}

const counted = (share: number, weights: readonly number[]): readonly RewardMoments[] =>
  evidenceAt(share).map((arm) => rewardMomentsOf({ ...arm, n: share * N, a: [share * N * FEATURE_SCALE ** 2] }, weights))
const known = <Value extends { readonly kind: string }>(value: Value): Exclude<Value, { readonly kind: 'unknown' }> => {
  if (value.kind === 'unknown') throw new Error('unknown')
  return value as Exclude<Value, { readonly kind: 'unknown' }>
}

/** P of a class of so many decisions, and the line that follows. */
function lineOf(sums: readonly number[], arm: number, { share, weights }: { readonly share: number; readonly weights: readonly number[] }) {
  const [w, v] = weights as readonly [number, number]
  const total = (values: readonly number[]) => values[0]! + values[1]!
  const reward = w * total(CLICKS) + v * total(SALES)
  const squares = w * w * total(CLICKS) + (v * v + 2 * v * w) * total(SALES)
  const rows = Math.min((5 * 2 * N * squares) / reward ** 2, N) * share
  return (sums[arm]! + (rows * total(sums)) / (2 * N * share)) / (N * share + rows)
}

describe('models of evidence with classes', () => {
  it('are those of the class that is weighed, when it is one; every outcome has the line of its own class', () => {
    const weights = [0, 1]
    const found = known(maturedModels(evidenceAt(0.5), weights))
    const plain = known(armModels(counted(0.5, weights)))
    for (const arm of [0, 1]) {
      expect(found.arms[arm]!.coefficients[0]).toBe(plain.arms[arm]!.coefficients[0])
      expect(found.arms[arm]!.covariance[0]).toBe(plain.arms[arm]!.covariance[0])
      expect(found.lines![arm]![0]).toBeCloseTo(lineOf(CLICKS, arm, { share: 1, weights }), 12)
      expect(found.lines![arm]![1]).toBeCloseTo(lineOf(SALES, arm, { share: 0.5, weights }), 12)
      expect(found.lines![arm]![1]).toBeCloseTo(found.arms[arm]!.coefficients[0]!, 12)
    }
  })

  it('count everything as it came where more has come than can have', () => {
    const weights = [0, 1]
    const found = known(maturedModels(evidenceAt(0.005), weights))
    const came = known(armModels(counted(1, weights)))
    for (const arm of [0, 1]) expect(found.arms[arm]!.coefficients[0]).toBe(came.arms[arm]!.coefficients[0])
  })

  it('have lines also where the reward of a young class varies less than nothing', () => {
    const weights = [1, 20]
    const found = known(maturedModels(evidenceAt(0.025), weights))
    for (const arm of [0, 1]) {
      expect(found.lines![arm]![0]).toBeCloseTo(lineOf(CLICKS, arm, { share: 1, weights }), 12)
      expect(found.lines![arm]![1]).toBeCloseTo(lineOf(SALES, arm, { share: 0.025, weights }), 12)
    }
  })

  it('have the noise of both classes together, and the degrees of freedom of the slower one', () => {
    const found = known(maturedModels(evidenceAt(0.5), [1, 20]))
    const [clicks, sales] = [known(armModels(counted(1, [1, 0]))).noise, known(armModels(counted(0.5, [0, 20]))).noise]
    const [p, q] = [500 / 2_000, 60 / 2_000]
    const correlation = (q - p * q) / Math.sqrt(p * (1 - p) * q * (1 - q))
    expect(found.noise).toBeCloseTo(clicks + sales + 2 * correlation * Math.sqrt(clicks * sales), 9)
    const plain = known(armModels(counted(1, [1, 20])))
    expect(found.degreesOfFreedom).toBeCloseTo(plain.degreesOfFreedom - N, 9)
  })
})
