import { describe, expect, it } from 'vitest'
import type { Calibration } from '../../src/policies/calibration.ts'
import { type PolicyDefinition, policySchema, readyPolicies, seededPolicies } from '../../src/policies/definition.ts'
import type { TrainingData } from '../../src/policies/policy.ts'
import { randomOf } from '../../src/stats/random.ts'
import { calibrating } from '../../src/training/calibrating.ts'
import type { LiveModel } from '../../src/training/live-models.ts'
import { type Shown, WINDOW_SECONDS } from '../../src/training/read-shown.ts'
import { trainModels } from '../../src/training/train-models.ts'
import { type Twins, twinsOf } from '../../src/training/twins.ts'
import { learned } from '../policies/learned.ts'
import { dataOf, plantedShop } from '../policies/planted-shop.ts'
import { unitKeysOf } from '../shop/shop-log.ts'

const shop = plantedShop(5)
const DAY = 86_400
const LAST = shop.data.seconds.at(-1)!
const NONE: ReadonlyMap<string, LiveModel> = new Map()
const popularity = policySchema.parse({ key: 'popularity', kind: 'popularity-decay' })

/** A week in which every shopper was shown half of the items by chance, before anything else happened. */
function shownBy(policy: string): Shown {
  const random = randomOf(4)
  const rows = Array.from({ length: shop.data.unitCount }, () => shop.catalogue.shown.filter(() => random.uniform() < 0.5))
  const items = Int32Array.from(rows.flat())
  let at = 0
  return {
    ...{ items, units: Int32Array.from(rows.keys()), starts: Int32Array.from([0, ...rows.map(({ length }) => (at += length))]) },
    ...{
      seconds: new Float64Array(items.length).fill(LAST - WINDOW_SECONDS + 1),
      policies: [policy],
      served: new Int32Array(items.length),
    },
    places: Int32Array.from(items, () => 1 + Math.floor(10 * random.uniform())),
  }
}
const BY_CHANCE = shownBy('random')
const readingOf = (data: TrainingData, shown: Shown = BY_CHANCE) => ({
  ...{ data, catalogue: shop.catalogue, unitKeys: unitKeysOf(data.unitCount), shown },
})
const ALL = [...seededPolicies, ...readyPolicies]

function calibrate(
  policy: PolicyDefinition,
  { data = shop.data, shown = BY_CHANCE, live = NONE, bodies = twinsOf(() => undefined) as Twins } = {},
) {
  return calibrating({ reading: readingOf(data, shown), bodies, policies: ALL, live })(policy)
}

/** Counts what is trained, and from how much. */
function counted(): Twins & { readonly asked: [string, number][] } {
  const twins = twinsOf(() => undefined)
  const asked: [string, number][] = []
  return {
    asked,
    bytesOf: (policy, before, doing) => {
      asked.push([policy.key, before.items.length])
      return twins.bytesOf(policy, before, doing)
    },
  }
}

describe('a calibration', () => {
  it('comes with every model of a training that has purchases enough, and goes down with the rank', () => {
    const models = trainModels(readingOf(shop.data), { policies: ALL }, () => undefined)
    const calibrations = new Map(models.map(({ policy, calibration }) => [policy, calibration]))
    for (const key of ['popularity', 'collaborative', 'content', 'hybrid']) {
      const calibration = calibrations.get(key)! as Calibration
      expect(calibration).toMatchObject({ kind: 'calibration', from: 'shown', horizonDays: 7, until: LAST })
      expect(calibration.id).toMatch(/^[0-9a-f]{16}$/)
    }
    const hybrid = calibrations.get('hybrid') as Calibration
    const [top, low] = [hybrid.chances.at(-1)!, hybrid.chances[0]!]
    expect(top).toBeGreaterThan(3 * low)
    expect(calibrations.get('$histories')).toBeUndefined()
  })

  it('is that of a twin that has not seen the week it is asked about', () => {
    const bodies = counted()
    calibrate(policySchema.parse({ key: 'hybrid', kind: 'hybrid' }), { bodies })
    const before = shop.data.seconds.filter((second) => second <= LAST - WINDOW_SECONDS).length
    expect(bodies.asked.map(([key]) => key).sort()).toEqual(['collaborative', 'content', 'hybrid', 'popularity'])
    for (const [, rows] of bodies.asked) expect(rows).toBe(before)
  })

  it('counts what the policy itself has shown, or chance; what another one chose to show tells nothing of this one', () => {
    expect((calibrate(popularity) as Calibration).purchases).toBeGreaterThan(50)
    expect(calibrate(popularity, { shown: shownBy('popularity') })).toMatchObject({
      purchases: (calibrate(popularity) as Calibration).purchases,
    })
    expect(calibrate(popularity, { shown: shownBy('hybrid') })).toEqual({ kind: 'unknown', because: 'too-few-events', have: 0, need: 20 })
  })

  it('counts a purchase only after the item was shown', () => {
    const late = { ...BY_CHANCE, seconds: BY_CHANCE.seconds.map(() => LAST + 1) }
    expect(calibrate(popularity, { shown: late })).toMatchObject({ because: 'too-few-events', have: 0 })
  })

  it('is near the truth: of what is shown at a rank so much is bought in the week', () => {
    const calibration = calibrate(popularity) as Calibration
    const twin = calibration.purchases / calibration.places
    expect(calibration.chances[0]).toBeLessThan(calibration.chances.at(-1)!)
    // Chances are those of the first place; items stood anywhere among ten.
    expect(calibration.chances.at(-1)).toBeGreaterThan(twin)
    expect(calibration.chances.at(-1)).toBeLessThan(10 * twin)
  })

  it('is carried on while it is less than a day old and the parameters are the same; no twin is trained then', () => {
    const liveOf = (until: number, parameters: unknown = popularity.parameters) =>
      new Map([['popularity', { version: 'v', bytes: new Uint8Array(0), parameters, until, calibration: learned('live', { until }) }]])
    const bodies = counted()
    expect(calibrate(popularity, { bodies, live: liveOf(LAST - 0.9 * DAY) })).toMatchObject({ id: 'live' })
    expect(bodies.asked).toEqual([])
    expect((calibrate(popularity, { live: liveOf(LAST - 1.1 * DAY) }) as Calibration).id).not.toBe('live')
    expect((calibrate(popularity, { live: liveOf(LAST, { other: true }) }) as Calibration).id).not.toBe('live')
  })

  it('is unknown, and costs no twin, where little is bought or nobody is left to ask', () => {
    const events = Array.from(shop.data.items, (item, i) => ({
      ...{ item, unit: shop.data.units[i]!, weight: shop.data.weights[i]!, seconds: shop.data.seconds[i]! },
    }))
    const views = events.map((event) => (event.seconds > LAST - WINDOW_SECONDS ? { ...event, weight: 1 } : event))
    const bodies = counted()
    const looked = calibrate(popularity, { bodies, data: dataOf(views, shop.items, shop.data.unitCount) })
    expect(looked).toEqual({ kind: 'unknown', because: 'too-few-events', have: 0, need: 20 })
    const young = events.filter(({ seconds }) => seconds > LAST - WINDOW_SECONDS)
    expect(calibrate(popularity, { bodies, data: dataOf(young, shop.items, shop.data.unitCount) })).toMatchObject({
      because: 'too-few-units',
    })
    expect(bodies.asked).toEqual([])
  })
})
