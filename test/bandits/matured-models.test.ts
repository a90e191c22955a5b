import { describe, expect, it } from 'vitest'
import { armModels } from '../../src/bandits/arm-models.ts'
import { correlationOf, mixedModels } from '../../src/bandits/matured-models.ts'
import { pooled, type RewardMoments, rewardMomentsOfRows, weightedSum } from '../../src/bandits/reward-moments.ts'
import { randomOf } from '../../src/stats/random.ts'

/** Clicks, and purchases that are worth 20 clicks, of two arms; the treatment sells 4 % instead of 2 %. */
const rows = (arm: number, count: number, seed: number) => {
  const random = randomOf(seed)
  return Array.from({ length: count }, () => {
    const click = random.uniform() < 0.3 ? 1 : 0
    return { x: [1, random.uniform() < 0.5 ? 1 : 0], click, sale: click === 1 && random.uniform() < (0.02 + 0.02 * arm) / 0.3 ? 20 : 0 }
  })
}
const momentsOf = (own: ReturnType<typeof rows>, of: (row: ReturnType<typeof rows>[number]) => number) =>
  rewardMomentsOfRows(
    2,
    own.map((row) => ({ x: row.x, r: of(row) })),
  )
const matured = (moments: RewardMoments, share: number): RewardMoments => ({
  ...moments,
  n: moments.n * share,
  a: moments.a.map((value) => value * share),
})

/** Of the sales, `share` have come: the first ones of each arm. */
function classesAt(share: number) {
  const arms = [rows(0, 20_000, 3), rows(1, 20_000, 4)].map((own) =>
    own.map((row, i) => ({ ...row, sale: i < share * own.length ? row.sale : 0 })),
  )
  const whole = arms.map((own) => momentsOf(own, ({ click, sale }) => click + sale))
  const [clicks, sales] = [arms.map((own) => momentsOf(own, ({ click }) => click)), arms.map((own) => momentsOf(own, ({ sale }) => sale))]
  const classes = [clicks, sales.map((one) => matured(one, share))]
  const asItCame = { whole, own: [clicks, sales] }
  const sum = ([click, sale]: readonly number[]) =>
    pooled(
      2,
      arms.map((own) => momentsOf(own, (row) => click! * row.click + sale! * row.sale)),
    )
  const shares = [
    [1, 0],
    [0, 1],
  ]
  return { whole, models: mixedModels(classes, asItCame, correlationOf(shares, sum)) }
}

const known = <Value extends { readonly kind: string }>(value: Value): Exclude<Value, { readonly kind: 'unknown' }> => {
  if (value.kind === 'unknown') throw new Error('unknown')
  return value as Exclude<Value, { readonly kind: 'unknown' }>
}

describe('a reward of classes that mature at different delays', () => {
  it('is nearly the plain posterior when everything has come', () => {
    const { whole, models } = classesAt(1)
    const [mixed, plain] = [known(models), known(armModels(whole))]
    for (const arm of [0, 1]) {
      plain.arms[arm]!.coefficients.forEach((value, i) => {
        expect(mixed.arms[arm]!.coefficients[i]).toBeCloseTo(value, 9)
      })
      expect(mixed.arms[arm]!.covariance[0]! / plain.arms[arm]!.covariance[0]!).toBeCloseTo(1, 2)
    }
  })

  it('finds the difference that one A for all would halve, or double for clicks, and doubts it more', () => {
    const { whole, models } = classesAt(0.5)
    const mixed = known(models)
    const at = (models: typeof mixed, arm: number) => models.arms[arm]!.coefficients[0]! + models.arms[arm]!.coefficients[1]! / 2
    expect(at(mixed, 0)).toBeCloseTo(0.3 + 0.4, 1)
    expect(at(mixed, 1)).toBeCloseTo(0.3 + 0.8, 1)
    expect(at(known(armModels(whole)), 1)).toBeLessThan(0.3 + 0.5)
    const certain = known(classesAt(1).models)
    expect(mixed.arms[1]!.covariance[0]!).toBeGreaterThan(1.5 * certain.arms[1]!.covariance[0]!)
  })

  it('has a variance everywhere, whatever has come', () => {
    for (const share of [0.01, 0.1, 0.9]) {
      for (const { covariance } of known(classesAt(share).models).arms)
        for (const x of [
          [1, 0],
          [0, 1],
          [1, -1],
          [1, 1],
        ]) {
          const [a, b, c, d] = covariance as unknown as readonly [number, number, number, number]
          expect(a * x[0]! * x[0]! + (b + c) * x[0]! * x[1]! + d * x[1]! * x[1]!).toBeGreaterThan(0)
        }
    }
  })

  it('is unknown while nothing varies', () => {
    const nothing = weightedSum(2, [])
    const nobody = [nothing, nothing]
    expect(mixedModels([nobody], { whole: nobody, own: [nobody] }, [[1]])).toMatchObject({ kind: 'unknown' })
  })
})
