import { describe, expect, it } from 'vitest'
import { type Calibration, chanceOf } from '../../src/policies/calibration.ts'
import { type PolicyDefinition, policySchema, seededPolicies } from '../../src/policies/definition.ts'
import type { TrainingData } from '../../src/policies/policy.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { calibrating } from '../../src/training/calibrating.ts'
import { heldOutOf, WINDOW_SECONDS } from '../../src/training/held-out.ts'
import type { LiveModel } from '../../src/training/live-models.ts'
import { trainModels } from '../../src/training/train-models.ts'
import { type Twins, twinsOf } from '../../src/training/twins.ts'
import { learned } from '../policies/learned.ts'
import { dataOf, plantedShop } from '../policies/planted-shop.ts'

const shop = plantedShop(5)
const DAY = 86_400
const LAST = shop.data.seconds.at(-1)!
const NONE: ReadonlyMap<string, LiveModel> = new Map()
const popularity = policySchema.parse({ key: 'popularity', kind: 'popularity-decay' })

function unitKeysOf(units: number): Uint8Array {
  const keys = new Uint8Array(16 * units)
  for (let unit = 0; unit < units; unit++) new DataView(keys.buffer).setUint32(16 * unit, unit)
  return keys
}
const readingOf = (data: TrainingData) => ({ data, catalogue: shop.catalogue, unitKeys: unitKeysOf(data.unitCount) })

function calibrate(policy: PolicyDefinition, { data = shop.data, live = NONE, bodies = twinsOf(() => undefined) as Twins } = {}) {
  return calibrating({ reading: readingOf(data), bodies, policies: seededPolicies, live })(policy)
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
    const models = trainModels(readingOf(shop.data), { policies: seededPolicies }, () => undefined)
    const calibrations = new Map(models.map(({ policy, calibration }) => [policy, calibration]))
    for (const key of ['popularity', 'collaborative', 'content', 'hybrid']) {
      const calibration = calibrations.get(key)! as Calibration
      expect(calibration).toMatchObject({ kind: 'calibration', horizonDays: 7, first: 50, until: LAST })
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

  it('expects as many purchases as there were, over all places asked about', () => {
    const calibration = calibrate(popularity) as Calibration
    const out = heldOutOf(readingOf(shop.data), LAST - WINDOW_SECONDS, 4_000)
    if (isUnknown(out)) throw new Error(out.because)
    expect(calibration.questions).toBe(out.questions.length)
    const observed = calibration.purchases / calibration.places
    const { at, chances } = calibration
    expect(chances[0]).toBeLessThan(observed)
    expect(chances.at(-1)).toBeGreaterThan(observed)
    expect(chanceOf(calibration, { rank: 1, score: at.at(-1)! })).toBe(chances.at(-1))
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
