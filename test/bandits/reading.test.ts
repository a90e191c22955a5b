import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agedMoments, ageWeight } from '../../src/bandits/aging.ts'
import { armModels } from '../../src/bandits/arm-models.ts'
import { centredModels } from '../../src/bandits/baseline-centring.ts'
import { arrivedBy, delayCurve, delayCurves } from '../../src/bandits/delay-curve.ts'
import { MEMORIES, openMemoryChooser } from '../../src/bandits/memory-choice.ts'
import { mixedModel } from '../../src/bandits/mixed-maturity.ts'
import { type RewardMoments, weightedSum } from '../../src/bandits/reward-moments.ts'
import { drawBinomial, drawExponential } from '../../src/stats/draws.ts'
import { randomOf } from '../../src/stats/random.ts'
import { goldenCases } from './golden-bandits.ts'

const cell = (n: number, sum: number): RewardMoments => ({ features: 1, n, a: Float64Array.of(n), b: Float64Array.of(sum), c: sum })

describe('aging', () => {
  it('forgets as forward decay does in the golden case', () => {
    const { inputs, expected } = goldenCases<{ t: number[]; y: number[]; gamma: number; now: number }, { value: number }>(
      'forward_decay',
    )[0]!
    const buckets = inputs.t.map((bucket, i) => ({ bucket, moments: cell(1, inputs.y[i]!) }))
    const aging = { now: inputs.now, memory: 1 / (1 - inputs.gamma), window: Number.POSITIVE_INFINITY }
    expect(agedMoments(1, buckets, aging).b[0]).toBeCloseTo(expected.value, 12)
    expect(agedMoments(1, [...buckets].reverse(), aging).b[0]).toBeCloseTo(expected.value, 12)
  })

  it('remembers as many buckets as the memory says, and none beyond the window', () => {
    const total = Array.from({ length: 400 }, (_, age) => ageWeight(age, { memory: 10, window: Number.POSITIVE_INFINITY }))
    expect(total.reduce((sum, one) => sum + one, 0)).toBeCloseTo(10, 9)
    expect(ageWeight(3, { memory: 10, window: 3 })).toBe(0)
    expect(ageWeight(1000, { memory: Number.POSITIVE_INFINITY, window: Number.POSITIVE_INFINITY })).toBe(1)
  })
})

describe('the delay curve', () => {
  /** Exposures of every age, true rate .02, delays exponential with mean 2 days, in bins of a day. */
  const counts = (ages: readonly number[], each: number, seed: number) => {
    const random = randomOf(seed)
    const exposures = new Array<number>(Math.max(...ages) + 1).fill(0)
    const converted = exposures.map(() => [] as number[])
    for (const age of ages) {
      exposures[age] = each
      converted[age] = new Array<number>(age + 1).fill(0)
      for (let sold = drawBinomial(random, { trials: each, probability: 0.02 }); sold > 0; sold--) {
        const delay = Math.floor(2 * drawExponential(random))
        if (delay <= age) converted[age]![delay]! += 1
      }
    }
    return { exposures, converted }
  }

  it('finds the share that has come by an age, from exposures most of which are too young', () => {
    const curve = delayCurve(counts([0, 1, 2, 4, 8, 16], 100_000, 1), 17)
    if (curve.kind === 'unknown') throw new Error(curve.because)
    for (const day of [0, 1, 2, 4]) expect(arrivedBy(curve, day)).toBeCloseTo(1 - Math.exp(-(day + 1) / 2), 1.5)
    expect(arrivedBy(curve, 99)).toBe(1)
  })

  it('gives a rate of .0200 where leaving delays out gives .0144', () => {
    const { exposures, converted } = counts([0, 1, 2, 4, 8], 200_000, 2)
    const curve = delayCurve(counts([8, 16, 20], 200_000, 3), 17)
    if (curve.kind === 'unknown') throw new Error(curve.because)
    const buckets = [0, 1, 2, 4, 8].map((age) => ({
      bucket: 8 - age,
      moments: cell(
        exposures[age]!,
        converted[age]!.reduce((sum, one) => sum + one, 0),
      ),
    }))
    const aging = { now: 8, memory: Number.POSITIVE_INFINITY, window: Number.POSITIVE_INFINITY }
    const naive = agedMoments(1, buckets, aging)
    const honest = agedMoments(1, buckets, { ...aging, arrived: (age) => arrivedBy(curve, age) })
    expect(naive.b[0]! / naive.n).toBeLessThan(0.0165)
    expect(honest.a[0]).toBe(honest.n)
    expect(honest.b[0]! / honest.n).toBeGreaterThan(0.0193)
    expect(honest.b[0]! / honest.n).toBeLessThan(0.0207)
  })

  it('is shared by arms until one has two hundred events of its own', () => {
    const many = counts([16], 100_000, 4)
    const few = counts([16], 1_000, 5)
    const [own, shared] = delayCurves([many, few], 17)
    expect(own).toEqual(delayCurve(many, 17))
    expect(shared).not.toEqual(delayCurve(few, 17))
    expect(delayCurve({ exposures: [5], converted: [[0]] }, 3)).toMatchObject({ because: 'no-events' })
  })
})

describe('classes of maturity', () => {
  it('are the plain posterior when there is one, and also when two have seen the same', () => {
    const precision = Float64Array.of(4, 1, 1, 3)
    const one = mixedModel([{ precision, target: Float64Array.of(2, 1) }], [[0.9]])
    const two = mixedModel(
      [
        { precision, target: Float64Array.of(1.5, 0.2) },
        { precision, target: Float64Array.of(0.5, 0.8) },
      ],
      [
        [0.3, 0.1],
        [0.1, 0.4],
      ],
    )
    if ('kind' in one || 'kind' in two) throw new Error('singular')
    one.coefficients.forEach((value, i) => {
      expect(two.coefficients[i]).toBeCloseTo(value, 12)
    })
    one.covariance.forEach((value, i) => {
      expect(two.covariance[i]).toBeCloseTo(value, 12)
    })
    expect(one.covariance[0]).toBeCloseTo((0.9 * 3) / 11, 12)
  })
})

describe('the choice of a memory', () => {
  const run = (rate: (bucket: number, arm: number) => number, seed: number) => {
    const random = randomOf(seed)
    const chooser = openMemoryChooser(1, 2)
    for (let bucket = 0; bucket < 60; bucket++)
      chooser.push([0, 1].map((arm) => cell(500, drawBinomial(random, { trials: 500, probability: rate(bucket, arm) }))))
    return chooser.memory()
  }

  it('forgets nothing in a steady world, and soon in one that switches', () => {
    // of 200 seeds the steady world kept 30 buckets or more in 188, and the switching one kept 2 in all
    expect(run(() => 0.1, 1)).toBeGreaterThanOrEqual(30)
    expect(run((bucket, arm) => (((bucket >> 3) + arm) % 2 === 0 ? 0.05 : 0.2), 1)).toBeLessThanOrEqual(5)
    expect(openMemoryChooser(1, 2).memory()).toBe(Number.POSITIVE_INFINITY)
    expect(MEMORIES).toHaveLength(5)
  })
})

describe('baseline centring', () => {
  it('is not fooled by a sale during which one arm was shown more', () => {
    // both arms convert alike; in the sale everything converts, and arm 1 got most of it
    const buckets = [
      { weight: 1, arms: [cell(9000, 900), cell(1000, 100)] },
      { weight: 1, arms: [cell(1000, 500), cell(9000, 4500)] },
    ]
    const centred = centredModels(buckets)
    const plain = armModels(
      [0, 1].map((arm) =>
        weightedSum(
          1,
          buckets.map((bucket) => ({ moments: bucket.arms[arm]!, factor: 1 })),
        ),
      ),
    )
    if (centred.kind === 'unknown' || plain.kind === 'unknown') throw new Error('unknown')
    const gap = (models: typeof plain) => models.arms[1]!.coefficients[0]! - models.arms[0]!.coefficients[0]!
    expect(gap(plain)).toBeGreaterThan(0.3)
    expect(Math.abs(gap(centred))).toBeLessThan(0.001)
  })

  it('finds a true difference within the buckets', () => {
    const centred = centredModels([
      { weight: 1, arms: [cell(9000, 900), cell(1000, 150)] },
      { weight: 1, arms: [cell(1000, 500), cell(9000, 4950)] },
    ])
    if (centred.kind === 'unknown') throw new Error(centred.because)
    const [control, treatment] = centred.arms as [(typeof centred.arms)[0], (typeof centred.arms)[0]]
    expect(treatment.coefficients[0]! - control.coefficients[0]!).toBeCloseTo(0.05, 3)
    // two buckets of 9000 and 1000: a difference within them is as sure as σ²·Σ(1/(1/9000 + 1/1000))⁻¹
    expect(control.covariance[0]! + treatment.covariance[0]!).toBeCloseTo(centred.noise / 1800, 5)
  })

  it('does not care about anything that a whole bucket has in common', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 50, max: 500 }), fc.integer({ min: 50, max: 500 })), { minLength: 2, maxLength: 6 }),
        (sizes) => {
          const lift = (by: (bucket: number) => number) =>
            centredModels(
              sizes.map(([n, m], bucket) => ({
                weight: 1,
                arms: [n, m].map((rows, arm) => {
                  const mean = 10 + arm + by(bucket)
                  return { features: 1, n: rows, a: Float64Array.of(rows), b: Float64Array.of(rows * mean), c: rows * (mean * mean + 4) }
                }),
              })),
            )
          const [flat, swinging] = [lift(() => 0), lift((bucket) => (bucket % 2) * 0.01)]
          if (flat.kind === 'unknown' || swinging.kind === 'unknown') throw new Error('unknown')
          const gap = (models: typeof flat) => models.arms[1]!.coefficients[0]! - models.arms[0]!.coefficients[0]!
          expect(Math.abs(gap(flat) - gap(swinging))).toBeLessThan(0.002)
          for (const { covariance } of flat.arms) expect(covariance[0]).toBeGreaterThan(0)
        },
      ),
    )
  })
})
