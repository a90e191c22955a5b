import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COARSE_STEPS, coarseOf } from '../../src/bandits/coarse-features.ts'
import { openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import { type ArmCells, firstLogitDay, fitLogits, type LogitRule, openLogits } from '../../src/bandits/epoch-logits.ts'
import type { ArmDay } from '../../src/bandits/epoch-parts.ts'
import { featuresOf } from '../../src/bandits/features.ts'
import { type LogitState, learnedDay, logitBelief, noLogits } from '../../src/bandits/logit-chain.ts'
import { type LogitCells, logitFactor, momentsOfNatural } from '../../src/bandits/logit-fit.ts'
import { atOnce } from '../../src/stats/pieces.ts'
import { randomOf } from '../../src/stats/random.ts'

const afterDay = (state: LogitState, day: readonly LogitCells[]) => atOnce(learnedDay(state, 1, day))!
const FOREVER = Number.POSITIVE_INFINITY
const expit = (u: number) => 1 / (1 + Math.exp(-u))

describe('coarse features', () => {
  it('are so few in an hour and a day that cells stay few, whatever is asked', () => {
    const flags = { device: undefined, country: undefined, returning: false, hasHistory: false, hasItem: false, weekday: 2 }
    let hour = 0
    let day = 0
    for (const dayOfYear of [0, 45, 100, 172, 300]) {
      const all = new Set<string>()
      for (let h = 0; h < 24; h++) {
        const own = Array.from({ length: 60 }, (_, m) => coarseOf(featuresOf({ ...flags, dayOfYear, hour: h + m / 60 })).join())
        for (const each of own) all.add(each)
        hour = Math.max(hour, new Set(own).size)
      }
      day = Math.max(day, all.size)
    }
    // four devices, five countries with none, three flags
    expect(hour * 4 * 5 * 8).toBeLessThanOrEqual(640)
    expect(day * 4 * 5 * 8).toBeLessThanOrEqual(10_560)
  })

  it('keep flags as they are and round the rest, within a byte', () => {
    expect([...coarseOf([1024, 0, 63, 64, -64, -65, 32_767, -32_768])]).toEqual([8, 0, 0, 1, 0, -1, 127, -128])
  })
})

/** Decisions of an arm as rows, with x in eighths. */
const cellsOf = (rows: readonly (readonly [x: readonly number[], trials: number, successes: number])[]): LogitCells => ({
  features: rows[0]![0].length,
  x: Int8Array.from(rows.flatMap(([x]) => x.map((value) => value * COARSE_STEPS))),
  trials: Float64Array.from(rows, ([, trials]) => trials),
  successes: Float64Array.from(rows, ([, , successes]) => successes),
})

describe('a step of logistic regression', () => {
  const cells = cellsOf([
    [[1, 0], 40, 6],
    [[1, 1], 25, 9],
    [[1, -0.5], 12.5, 1],
    // more came than could have
    [[1, 0.25], 3, 4],
  ])
  const precision = Float64Array.of(1.5, 0.25, 0.25, 0.75)
  const mean = [-1.2, 0.1]
  const prior = { precision, pull: Float64Array.of(1.5 * mean[0]! + 0.25 * mean[1]!, 0.25 * mean[0]! + 0.75 * mean[1]!) }
  const posterior = (added: { precision: Float64Array; pull: Float64Array }) => ({
    precision: added.precision.map((value, i) => value + precision[i]!),
    pull: added.pull.map((value, i) => value + prior.pull[i]!),
  })

  // Newton's method in decimal arithmetic of 40 digits (Python's decimal), 60 steps.
  it('finds the mode and the curvature there', () => {
    const found = posterior(logitFactor(cells, prior)!)
    const { mean: mode } = momentsOfNatural(found)!
    const golden = {
      mode: [-1.3826768867016428, 0.9124370523799047],
      curvature: [15.8569311395357, 5.563733531814269, 7.070888216733738],
    }
    golden.mode.forEach((value, i) => {
      expect(Math.abs(mode[i]! - value)).toBeLessThan(1e-4)
    })
    ;[found.precision[0], found.precision[1], found.precision[3]].forEach((value, i) => {
      expect(Math.abs(value! / golden.curvature[i]! - 1)).toBeLessThan(1e-3)
    })
    expect(found.precision[1]).toBe(found.precision[2])
  })

  it('stays finite and concave whatever the counts, also where everything or nothing came', () => {
    const count = fc.oneof(fc.constantFrom(0, 1e-6, 1, 1e6), fc.double({ min: 0, max: 500, noNaN: true }))
    const x = fc.tuple(fc.constant(1), fc.constantFrom(-2, -1, 0, 0.5, 1, 15))
    fc.assert(
      fc.property(fc.array(fc.tuple(x, count, count), { minLength: 1, maxLength: 12 }), (rows) => {
        const found = logitFactor(cellsOf(rows), prior)!
        const { mean: mode, factor } = momentsOfNatural(posterior(found))!
        for (const value of [...mode, ...factor]) expect(Number.isFinite(value)).toBe(true)
        expect(found.precision[0]).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

interface World {
  readonly theta: readonly (readonly number[])[]
  readonly days: number
  readonly perDay: number
}

const DAY = 20_010
const ARMS = 3

/** Requests at random hours; some arms sell at desks. */
function learned({ theta, days, perDay }: World, seed = 3): { readonly cells: ArmCells[]; readonly days: ArmDay[]; readonly rows: Row[] } {
  const random = randomOf(seed)
  const cells: ArmCells[] = []
  const found: ArmDay[] = []
  const rows: Row[] = []
  for (let day = DAY; day < DAY + days; day++) {
    const sums = theta.map(() => openDecisionAccumulator({ features: 3, outcomes: 2 }))
    const counted = theta.map(() => new Map<string, { x: Int8Array; n: number; hits: number }>())
    for (let i = 0; i < perDay; i++) {
      const arm = Math.floor(random.uniform() * theta.length)
      const x = Int16Array.of(1024, random.uniform() < 0.5 ? 1024 : 0, Math.round(1024 * (2 * random.uniform() - 1)))
      const logit = theta[arm]!.reduce((sum, value, j) => sum + (value * x[j]!) / 1024, 0)
      const y = random.uniform() < expit(logit) ? 1 : 0
      sums[arm]!.add(x, [7, y])
      const coarse = coarseOf(x)
      const cell = counted[arm]!.get(coarse.join()) ?? { x: coarse, n: 0, hits: 0 }
      counted[arm]!.set(coarse.join(), cell)
      cell.n += 1
      cell.hits += y
      rows.push({ arm, x: coarse, y })
    }
    counted.forEach((map, arm) => {
      const own = [...map.values()]
      const x = Int8Array.from(own.flatMap((cell) => [...cell.x]))
      const hits = Uint32Array.from(own.flatMap((cell) => [cell.n, cell.hits]))
      if (own.length > 0) cells.push({ arm, day, hour: null, cells: { features: 3, x, n: Uint32Array.from(own, ({ n }) => n), hits } })
    })
    sums.forEach((sum, arm) => {
      found.push({ arm, day, moments: sum.moments() })
    })
  }
  return { cells, days: found, rows }
}
interface Row {
  readonly arm: number
  readonly x: Int8Array
  readonly y: number
}

const rule: LogitRule = { arms: ARMS, features: 3, weights: [0, 1], context: true, memory: FOREVER, window: FOREVER }
const WORLD: World = {
  theta: [
    [-3, 0, 0],
    [-4, 2, 0.5],
    [-3.5, 0.5, -1],
  ],
  days: 12,
  perDay: 600,
}
const modelsOf = (parts: { cells: ArmCells[]; days: ArmDay[] }, other: Partial<LogitRule> = {}, fitting = openLogits()) => {
  const models = atOnce(fitting(parts.cells, parts.days, { ...rule, ...other }))
  if (models.kind === 'unknown') throw new Error(models.because)
  return models
}
const sd = (covariance: Float64Array, i: number) => Math.sqrt(covariance[i * 3 + i]!)

describe('the logistic posterior of an epoch', () => {
  const seen = learned(WORLD)

  it('is near that of all decisions at once, and of the truth', () => {
    const models = modelsOf(seen)
    const whole = afterDay(
      noLogits(3, ARMS),
      WORLD.theta.map((_, arm) => {
        const own = seen.rows.filter((row) => row.arm === arm)
        const x = Int8Array.from(own.flatMap((row) => [...row.x]))
        return { features: 3, x, trials: new Float64Array(own.length).fill(1), successes: Float64Array.from(own, ({ y }) => y) }
      }),
    )!
    models.arms.forEach(({ coefficients, covariance }, arm) => {
      const { mean } = momentsOfNatural(logitBelief(whole, arm))!
      coefficients.forEach((value, i) => {
        expect(Math.abs(value - mean[i]!) / sd(covariance, i)).toBeLessThan(0.3)
        expect(Math.abs(value - WORLD.theta[arm]![i]!) / sd(covariance, i)).toBeLessThan(5)
      })
    })
    expect(models.degreesOfFreedom).toBe(FOREVER)
  })

  it('is the same, bit for bit, in whatever order cells come and whatever was kept from before', () => {
    const wanted = modelsOf(seen)
    expect(modelsOf({ cells: [...seen.cells].reverse(), days: [...seen.days].reverse() })).toEqual(wanted)
    const kept = openLogits()
    for (let until = 1; until <= WORLD.days; until++) {
      const part = <Each extends { day: number }>(all: Each[]) => all.filter(({ day }) => day < DAY + until)
      modelsOf({ cells: part(seen.cells), days: part(seen.days) }, {}, kept)
    }
    expect(modelsOf(seen, {}, kept)).toEqual(wanted)
    // an outcome of the third day is told late
    const late = seen.cells.map((one) =>
      one.day === DAY + 2 && one.arm === 1
        ? { ...one, cells: { ...one.cells, hits: one.cells.hits.map((hit, i) => (i === 1 ? 1 : hit)) } }
        : one,
    )
    const after = modelsOf({ ...seen, cells: late }, {}, kept)
    expect(after).toEqual(modelsOf({ ...seen, cells: late }))
    expect(after).not.toEqual(wanted)
    expect(modelsOf(seen, { memory: 5 }, kept)).toEqual(modelsOf(seen, { memory: 5 }))
  })

  it('forgets days, and does not look beyond a window or its bound', () => {
    const [all, last] = [modelsOf(seen), modelsOf(seen, { window: 2 })]
    const fading = modelsOf(seen, { memory: 2 })
    const doubt = (models: typeof all) => sd(models.arms[0]!.covariance, 0)
    expect(doubt(fading)).toBeGreaterThan(1.3 * doubt(all))
    const newest = <Each extends { day: number }>(parts: Each[]) => parts.filter(({ day }) => day >= DAY + WORLD.days - 2)
    expect(last).toEqual(modelsOf({ cells: newest(seen.cells), days: newest(seen.days) }))
    for (let day = 20_000; day < 20_100; day++) {
      expect(day - firstLogitDay(day)).toBeGreaterThanOrEqual(59)
      expect(day - firstLogitDay(day)).toBeLessThan(89)
    }
  })

  it('gives a new arm the prior: the rate of all, worth five events', () => {
    const { arms } = modelsOf(seen, { arms: ARMS + 1 })
    const successes = seen.rows.filter(({ y }) => y === 1).length
    const rate = (successes + 0.5) / (seen.rows.length + 1)
    const fresh = arms[ARMS]!
    expect(expit(fresh.coefficients[0]!)).toBeCloseTo(rate, 9)
    expect(fresh.coefficients[1]).toBe(0)
    // five events at this rate: a variance of 1/(5·(1 − r)) in log-odds
    expect(fresh.covariance[0]!).toBeCloseTo(1 / (5 * (1 - rate)), 2)
  })

  it('wants the outcome to stay away where less is better', () => {
    const [more, less] = [modelsOf(seen), modelsOf(seen, { weights: [0, -2] })]
    less.arms.forEach(({ coefficients, covariance }, arm) => {
      expect(Array.from(coefficients)).toEqual(Array.from(more.arms[arm]!.coefficients, (value) => -value))
      expect(covariance).toEqual(more.arms[arm]!.covariance)
    })
  })

  it('counts young decisions for what they could have shown: half of the trials, the same successes', () => {
    const whole = afterDay(noLogits(1, 1), [cellsOf([[[1], 2_000, 20]])])!
    const half = afterDay(noLogits(1, 1), [cellsOf([[[1], 1_000, 20]])])!
    const rateOf = (state: typeof whole) => expit(momentsOfNatural(logitBelief(state, 0))!.mean[0]!)
    expect(rateOf(whole)).toBeCloseTo(0.01, 3)
    expect(rateOf(half)).toBeCloseTo(0.02, 3)
  })

  it('is unknown until something turned out both ways', () => {
    expect(fitLogits([], [], rule)).toMatchObject({ because: 'too-few-units' })
    const never = seen.cells.map((one) => ({ ...one, cells: { ...one.cells, hits: one.cells.hits.map(() => 0) } }))
    expect(fitLogits(never, seen.days, rule)).toMatchObject({ because: 'no-variance' })
  })

  it('without context is a rate', () => {
    const { arms, features } = modelsOf(seen, { context: false })
    expect(features).toBe(1)
    arms.forEach(({ coefficients, covariance }, arm) => {
      const own = seen.rows.filter((row) => row.arm === arm)
      const rate = own.filter(({ y }) => y === 1).length / own.length
      expect(Math.abs(coefficients[0]! - Math.log(rate / (1 - rate))) / Math.sqrt(covariance[0]!)).toBeLessThan(1)
    })
  })
})
