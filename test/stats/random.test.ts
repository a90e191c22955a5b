import { describe, expect, it } from 'vitest'
import { chiSquareSurvival } from '../../src/stats/chi-square.ts'
import { randomOf } from '../../src/stats/random.ts'

describe('seeded chance', () => {
  it('repeats itself from the same seed and differs between neighbouring seeds', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, randomOf(seed).uint32)
    expect(draw(42)).toEqual(draw(42))
    expect(draw(42)).not.toEqual(draw(43))
    expect(draw(0)).not.toEqual(draw(1))
  })

  it('does not change with versions: reports of simulations stay comparable', () => {
    expect(Array.from({ length: 4 }, randomOf(1).uint32)).toEqual([2882652692, 1847692750, 208978091, 3109493938])
  })

  it('stays inside its range', () => {
    const random = randomOf(7)
    for (let i = 0; i < 10_000; i++) {
      const u = random.uniform()
      expect(u >= 0 && u < 1).toBe(true)
      const open = random.open()
      expect(open > 0 && open < 1).toBe(true)
    }
  })

  it('fills 256 cells, and pairs of neighbouring draws 16 × 16 cells, evenly', () => {
    const random = randomOf(11)
    const cells = new Float64Array(256)
    const pairs = new Float64Array(256)
    const draws = 256_000
    let previous = random.uniform()
    for (let i = 0; i < draws; i++) {
      const u = random.uniform()
      cells[Math.floor(u * 256)]! += 1
      pairs[Math.floor(previous * 16) * 16 + Math.floor(u * 16)]! += 1
      previous = u
    }
    for (const counts of [cells, pairs]) {
      const statistic = counts.reduce((sum, count) => sum + (count - draws / 256) ** 2 / (draws / 256), 0)
      expect(chiSquareSurvival(statistic, 255)).toBeGreaterThan(1e-6)
    }
  })
})
