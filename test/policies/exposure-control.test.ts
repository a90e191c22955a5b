import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/decisions/assemble.ts'
import { nextPressure, SLATES_LEAST } from '../../src/policies/exposure-control.ts'
import { randomOf } from '../../src/stats/random.ts'
import { asking, goods, rankedOf, settingsOf } from './assembled-pool.ts'

const unit = fc.double({ min: 0, max: 1, noNaN: true })

describe('the control of exposure', () => {
  it('pushes what is shown too little, lets go of what is shown too much, and stays within its bounds', () => {
    fc.assert(
      fc.property(unit, unit, unit, (pressure, target, share) => {
        const next = nextPressure(pressure, target, { share, slates: SLATES_LEAST })
        expect(next).toBeGreaterThanOrEqual(0)
        expect(next).toBeLessThanOrEqual(1)
        expect(Math.sign(next - pressure) * Math.sign(target - share)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('waits for more when it has seen too few slates', () => {
    expect(nextPressure(0.2, 0.5, { share: 0, slates: SLATES_LEAST - 1 })).toBe(0.2)
  })

  it('brings a group to its share over many slates, and takes no more of relevance than it needs', () => {
    // Every fourth item is of brand 1. Whoever asks likes some of its items better than others; by themselves they have a quarter at most.
    const catalogue = goods(40)
    const random = randomOf(7)
    const settings = settingsOf({ exposure: [{ field: 'brand', value: 'brand 1', share: 0.4 }] })
    const shareOver = (slates: number, pressure: number): number => {
      let [group, all] = [0, 0]
      for (let n = 0; n < slates; n++) {
        const scores = Array.from({ length: 40 }, (_, i) => random.uniform() * (catalogue.brands[i + 1] === 'brand 1' ? 0.6 : 1))
        const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!)
        const ranked = { ...rankedOf(40), items: order.map((i) => i + 1), scores: order.map((i) => scores[i]!) }
        const pressures = pressure > 0 ? [{ field: 'brand' as const, value: 'brand 1', pressure }] : []
        const { items } = assemble(ranked, { request: asking(catalogue), settings, catalogue, demand: null, pressures, calibration: null })
        items.forEach((item, place) => {
          const weight = 1 / Math.log2(place + 2)
          all += weight
          if (catalogue.brands[item] === 'brand 1') group += weight
        })
      }
      return group / all
    }
    let pressure = 0
    const shares: number[] = []
    for (let step = 0; step < 40; step++) {
      const share = shareOver(100, pressure)
      shares.push(share)
      pressure = nextPressure(pressure, 0.4, { share, slates: 100 })
    }
    expect(shares[0]).toBeLessThan(0.05)
    const late = shares.slice(20)
    expect(late.reduce((sum, share) => sum + share, 0) / late.length).toBeCloseTo(0.4, 1)
    expect(Math.abs(late.reduce((sum, share) => sum + share - 0.4, 0) / late.length)).toBeLessThan(0.02)
    expect(pressure).toBeLessThan(0.6)
  })
})
