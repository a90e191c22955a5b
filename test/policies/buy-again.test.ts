import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import type { RankRequest } from '../../src/policies/policy.ts'
import { gapsOf } from '../../src/policies/repeat-gaps.ts'
import { normalCdf } from '../../src/stats/normal.ts'
import { keepsTheContract } from './contract.ts'
import { openOne, requestFor } from './opened.ts'
import { dataOf, itemOf } from './planted-shop.ts'

keepsTheContract('buy-again', 'buy-again')

const DAY = 86_400
const items = [1, 2, 3, 4].map((itemNo) => itemOf(itemNo, { category: itemNo <= 2 ? 'weekly' : null }))
const catalogue = catalogueOf(items)
const bought = (unit: number, item: number, day: number, weight = 5) => ({ unit, item, weight, seconds: day * DAY })
/** Item 1 every 7 days, item 3 every 60, by three shoppers each. */
const rhythmic = dataOf(
  [0, 1, 2]
    .flatMap((unit) => [
      ...Array.from({ length: 20 }, (_, i) => bought(unit, 1, 100 + 7 * i)),
      ...[100, 160, 220].map((day) => bought(unit, 3, day)),
    ])
    .sort((a, b) => a.seconds - b.seconds),
  items,
  3,
)
const open = (parameters: object) =>
  openOne({ key: 'again', kind: 'buy-again', parameters }, { data: rhythmic, catalogue, rankers: new Map() })
const ask = (purchases: readonly (readonly [item: number, day: number])[], today: number): RankRequest =>
  requestFor(catalogue, {
    purchases: { items: purchases.map(([item]) => item), seconds: purchases.map(([, day]) => day * DAY) },
    now: today * DAY,
  })

describe('buy-again', () => {
  it('counts orders with a half-life, two lines of one order once', () => {
    const { items: slate, scores } = open({ halfLifeDays: 10 }).rank(
      ask(
        [
          [2, 90],
          [1, 80],
          [2, 80],
          [2, 80],
        ],
        100,
      ),
    )
    expect(slate).toEqual([2, 1])
    expect(scores).toEqual([expect.closeTo(0.5 + 0.25, 12), expect.closeTo(0.25, 12)])
  })

  it('puts what is due before what was just bought', () => {
    const due = open({ dueness: 1, backOff: 1 })
    // Eight days after: item 1 comes every seven days, item 3 every sixty.
    expect(
      due.rank(
        ask(
          [
            [1, 92],
            [3, 92],
          ],
          100,
        ),
      ).items,
    ).toEqual([1, 3])
    expect(
      open({}).rank(
        ask(
          [
            [3, 92],
            [1, 91.9],
          ],
          100,
        ),
      ).items,
    ).toEqual([3, 1])
    expect(
      due.rank(
        ask(
          [
            [3, 92],
            [1, 91.9],
          ],
          100,
        ),
      ).items,
    ).toEqual([1, 3])
    expect(due.rank(ask([[1, 100]], 100)).items).toEqual([])
  })

  it('multiplies by the share of gaps that are shorter', () => {
    const { means, deviations } = gapsOf(rhythmic, 20)
    const [score] = open({ dueness: 1 }).rank(ask([[3, 70]], 100)).scores
    expect(score).toBeCloseTo(2 ** (-30 / 240) * normalCdf((Math.log(30) - means[3]!) / deviations[3]!), 12)
  })

  it('knows nothing without purchases or without a moment', () => {
    expect(open({}).rank(requestFor(catalogue, { history: [1, 2] })).items).toEqual([])
    expect(open({}).rank(requestFor(catalogue, { purchases: { items: [1], seconds: [0] } })).items).toEqual([])
  })
})

describe('the gaps between two orders of an item', () => {
  it('are shrunken: item towards category towards all', () => {
    const { means, deviations } = gapsOf(rhythmic, 1e-9)
    expect(means[1]).toBeCloseTo(Math.log(7), 6)
    expect(means[2]).toBeCloseTo(Math.log(7), 6) // Nobody bought it twice: its category speaks.
    expect(means[3]).toBeCloseTo(Math.log(60), 6)
    expect(means[4]).toBeCloseTo((57 * Math.log(7) + 6 * Math.log(60)) / 63, 6) // No category: all items speak.
    const some = gapsOf(rhythmic, 6)
    // All: n 63, κ 6 towards ln 30; item 3: n 6, κ 6.
    const all = (57 * Math.log(7) + 6 * Math.log(60) + 6 * Math.log(30)) / 69
    expect(some.means[3]).toBeCloseTo((6 * Math.log(60) + 6 * all) / 12, 9)
    expect(Math.min(...some.deviations)).toBeGreaterThan(0)
    expect(deviations[3]).toBeLessThan(1e-3)
  })

  it('leave returned goods out, and take the lines of an hour as one order', () => {
    const hours = [0, 0.5 / 24, 10, 20, 21]
    const events = hours.map((day) => bought(0, 1, 100 + day)).concat([bought(0, 1, 121.5, -5)])
    const { means } = gapsOf(dataOf(events, items, 1), 1e-9)
    // Orders on days 100, 110 and 120; the one of day 121 went back.
    expect(means[1]).toBeCloseTo(Math.log(10), 2)
  })
})
