import { describe, expect, it } from 'vitest'
import { policySchema, seededPolicies } from '../../src/policies/definition.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { checkChances, numberedKeys } from '../../src/training/calibration-check.ts'
import { dataOf, plantedShop } from '../policies/planted-shop.ts'

const shop = plantedShop(5)
const readingOf = (data: typeof shop.data) => ({ data, catalogue: shop.catalogue, unitKeys: numberedKeys(data.unitCount) })
const wanted = ['popularity', 'hybrid'].map((key) => seededPolicies.find((policy) => policy.key === key)!)

describe('chances that are held against a later week', () => {
  const checked = checkChances(readingOf(shop.data), { policies: seededPolicies, wanted }, () => undefined)

  it('are near what happened, and nearer than those by settings', () => {
    for (const { calibration, learned, settings } of checked) {
      if (isUnknown(calibration) || isUnknown(learned) || isUnknown(settings)) throw new Error('a file with purchases can be checked')
      expect(calibration.from).toBe('wanted')
      expect(learned.ece).toBeLessThan(0.35 * learned.observed)
      expect(learned.logLoss).toBeLessThan(settings.logLoss)
      expect(learned.bins).toHaveLength(10)
    }
  })

  it('were learned before that week: its purchases change what is held against them, not the chances', () => {
    const last = shop.data.seconds.at(-1)!
    const events = Array.from(shop.data.items, (item, i) => ({
      ...{ item, unit: shop.data.units[i]!, weight: shop.data.weights[i]!, seconds: shop.data.seconds[i]! },
    }))
    const other = events.map((event) => (event.seconds > last - 6 * 86_400 ? { ...event, item: 1 + ((event.item + 100) % 300) } : event))
    const again = checkChances(
      readingOf(dataOf(other, shop.items, shop.data.unitCount)),
      { policies: seededPolicies, wanted },
      () => undefined,
    )
    expect(again.map(({ calibration }) => calibration)).toEqual(checked.map(({ calibration }) => calibration))
    expect(again.map(({ learned }) => learned)).not.toEqual(checked.map(({ learned }) => learned))
  })

  it('are unknown, with a reason, where the log is too short', () => {
    const one = policySchema.parse({ key: 'popularity', kind: 'popularity-decay' })
    const young = checkChances(readingOf(dataOf([], shop.items, 0)), { policies: [one], wanted: [one] }, () => undefined)
    expect(young).toMatchObject([{ policy: 'popularity', calibration: { kind: 'unknown' }, learned: { kind: 'unknown' } }])
  })
})
