import { describe, expect, it } from 'vitest'
import { type EvaluationOptions, evaluate } from '../../src/evaluation/evaluate.ts'
import { adjustedPValues, pairedTest } from '../../src/evaluation/paired.ts'
import { bootstrapMeans } from '../../src/evaluation/resampling.ts'
import { policySchema, seededPolicies } from '../../src/policies/definition.ts'
import { drawNormal } from '../../src/stats/draws.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { momentsOf, sampleVariance } from '../../src/stats/moments.ts'
import { randomOf } from '../../src/stats/random.ts'
import { plantedShop } from '../policies/planted-shop.ts'
import { DAY } from './small-log.ts'

const shop = plantedShop(3)
const last = shop.data.seconds.at(-1)!

function options(given: Partial<EvaluationOptions> = {}): EvaluationOptions {
  return {
    ...{ at: last - 10 * DAY, until: last + 1, leastShoppers: 5, catalogue: shop.catalogue, defined: seededPolicies },
    ...{ wanted: ['popularity', 'collaborative', 'content', 'hybrid'], baseline: 'popularity' },
    ...{ size: 10, replicates: 200, level: 0.95, seed: 1, progress: () => undefined },
    ...given,
  }
}

describe('an evaluation of a shop with planted tastes and trends', () => {
  const evaluation = evaluate(shop.data, options())
  const [newItems, all] = evaluation.protocols
  const of = (key: string) => newItems!.policies.find(({ policy }) => policy === key)!

  it('finds the order that was planted, with tests that say so', () => {
    const ndcg = (key: string) => of(key).metrics['ndcg@10']
    expect(ndcg('collaborative')).toBeGreaterThan(1.3 * ndcg('popularity'))
    expect(ndcg('hybrid')).toBeGreaterThan(ndcg('collaborative'))
    expect(of('popularity').against).toBeNull()
    expect(of('hybrid').against).toMatchObject({ test: { significant: true }, adjustedPValue: expect.toSatisfy((p: number) => p < 0.001) })
  })

  it('puts every estimate inside its interval, and every share between 0 and 1', () => {
    for (const { metrics, interval, fairness } of [...newItems!.policies, ...all!.policies]) {
      const ends = interval['ndcg@10']
      if (isUnknown(ends)) throw new Error('there are shoppers')
      expect(metrics['ndcg@10']).toBeGreaterThan(ends.low)
      expect(metrics['ndcg@10']).toBeLessThan(ends.high)
      expect(metrics.coverage).toBeLessThanOrEqual(1)
      if (isUnknown(fairness)) throw new Error('something was bought')
      for (const share of ['items', 'demand', 'exposure'] as const)
        expect(fairness.groups.reduce((sum, group) => sum + group[share], 0)).toBeCloseTo(1, 9)
    }
  })

  it('names the policies that had nothing to say instead of giving them a 0', () => {
    const { protocols } = evaluate(shop.data, options({ wanted: ['buy-again', 'bought-together', 'hybrid'] }))
    const told = protocols.slice(0, 2).map(({ silent, policies }) => [silent, policies.map(({ policy }) => policy)])
    expect(told).toEqual([
      [
        ['buy-again', 'bought-together'],
        ['popularity', 'hybrid'],
      ],
      [['bought-together'], ['popularity', 'buy-again', 'hybrid']],
    ])
  })

  it('asks policies that draw with chance of their own, and those that go on where shoppers left off with what they did', () => {
    const more = ['random', 'continue'].map((kind) => policySchema.parse({ key: kind, kind }))
    const given = options({ wanted: ['random', 'continue'], defined: [...seededPolicies, ...more] })
    // Shoppers looked at the first thing that they buy in the test, the day before it.
    const { at } = given
    const { units, items, seconds, weights } = shop.data
    const firsts = new Map<number, number>()
    units.forEach((unit, row) => {
      if (seconds[row]! >= at && weights[row]! > 1 && !firsts.has(unit)) firsts.set(unit, items[row]!)
    })
    const before = seconds.findIndex((second) => second >= at)
    const added = [...firsts]
    const put = (column: ArrayLike<number>, values: readonly number[]) => [
      ...Array.from(column).slice(0, before),
      ...values,
      ...Array.from(column).slice(before),
    ]
    const [who, what] = [added.map(([unit]) => unit), added.map(([, item]) => item)]
    const data = {
      ...shop.data,
      units: Int32Array.from(put(units, who)),
      items: Int32Array.from(put(items, what)),
      weights: Float32Array.from(
        put(
          weights,
          who.map(() => 1),
        ),
      ),
      seconds: Float64Array.from(
        put(
          seconds,
          who.map(() => at - 1),
        ),
      ),
    }
    const all = evaluate(data, given).protocols[1]!
    const slates = (key: string) => all.policies.find(({ policy }) => policy === key)!.metrics
    // But for those who had bought it before: what was bought is no loose end.
    expect(slates('continue')['hr@10']).toBeGreaterThan(0.8)
    // Another slate for everybody: nearly everything is shown to somebody, none much more than others.
    expect(slates('random').coverage).toBeGreaterThan(0.9)
    expect(slates('random').gini).toBeLessThan(0.3)
  })

  it('splits its shoppers into segments that add up', () => {
    const { segments } = of('hybrid')
    expect(segments['1-4'].shoppers + segments['5+'].shoppers).toBe(newItems!.asked)
  })

  it('gives the same numbers again, and the same without the policies that are not asked for', () => {
    expect(evaluate(shop.data, options())).toEqual(evaluation)
    const alone = evaluate(shop.data, options({ wanted: ['hybrid'] })).protocols[0]!.policies
    expect(alone.map(({ policy }) => policy)).toEqual(['popularity', 'hybrid'])
    expect(alone[1]!.metrics).toEqual(of('hybrid').metrics)
    expect(alone[1]!.interval).toEqual(of('hybrid').interval)
  })

  it('refuses what cannot be evaluated with a sentence', () => {
    expect(() => evaluate(shop.data, options({ at: 0 }))).toThrow('nothing to learn from')
    expect(() => evaluate(shop.data, options({ at: last + 1, until: last + 2 }))).toThrow('Nobody bought')
    expect(() => evaluate(shop.data, options({ wanted: ['magic'] }))).toThrow('There is no policy magic')
  })
})

describe('intervals over shoppers', () => {
  const random = randomOf(11)
  const values = Float64Array.from({ length: 400 }, () => 3 + drawNormal(random))

  it('agree with the normal interval of a mean', () => {
    const { mean, ...rest } = momentsOf(values)
    const reach = 1.96 * Math.sqrt(sampleVariance({ mean, ...rest }) / values.length)
    const [interval] = bootstrapMeans([values], { replicates: 4000, level: 0.95, random: randomOf(1) })
    if (isUnknown(interval!)) throw new Error('there are units')
    expect(interval!.low).toBeCloseTo(mean - reach, 1.7)
    expect(interval!.high).toBeCloseTo(mean + reach, 1.7)
    expect((interval!.high - interval!.low) / (2 * reach)).toBeCloseTo(1, 1)
  })

  it('are a point for a constant, shift with the values and are unknown for one shopper', () => {
    const draw = { replicates: 200, level: 0.9 }
    const shifted = values.map((value) => value + 10)
    const [constant, one, two] = bootstrapMeans([values.map(() => 2), values, shifted], { ...draw, random: randomOf(1) })
    expect(constant).toEqual({ low: 2, high: 2 })
    if (isUnknown(one!) || isUnknown(two!)) throw new Error('there are units')
    expect(two!.low - one!.low).toBeCloseTo(10, 9)
    expect(bootstrapMeans([values.slice(0, 1)], { ...draw, random: randomOf(1) })[0]).toMatchObject({ kind: 'unknown', have: 1, need: 2 })
  })
})

describe('the paired test', () => {
  it('is Student’s on the differences', () => {
    // Student (1908), hours of sleep gained under two drugs by ten patients: t = 4.0621, p = .002833 (R: t.test(paired = TRUE)).
    const a = Float64Array.of(1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
    const b = Float64Array.of(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2)
    const test = pairedTest(a, b, 0.95)
    expect(test).toMatchObject({
      estimate: expect.closeTo(1.58, 10),
      statistic: expect.closeTo(4.0621, 4),
      pValue: expect.closeTo(0.002833, 6),
    })
    expect(pairedTest(a, a, 0.95)).toMatchObject({ kind: 'unknown', because: 'no-variance' })
    expect(adjustedPValues([test, pairedTest(a, a, 0.95), test])).toEqual([
      expect.closeTo(2 * 0.002833, 5),
      expect.objectContaining({ kind: 'unknown' }),
      expect.closeTo(2 * 0.002833, 5),
    ])
  })
})
