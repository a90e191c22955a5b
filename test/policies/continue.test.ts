import { describe, expect, it } from 'vitest'
import type { Recent } from '../../src/policies/deed.ts'
import { keepsTheContract } from './contract.ts'
import { openOne, requestFor } from './opened.ts'
import { plantedShop } from './planted-shop.ts'

const shop = plantedShop(7)
const HOUR = 3600
const NOW = 1_760_000_000

keepsTheContract('continue', 'continue')

describe('continue', () => {
  const ranker = openOne({ key: 'continue', kind: 'continue', parameters: { halfLifeHours: 10 } }, { ...shop, rankers: new Map() })
  const slateAfter = (recent: readonly Recent[]) =>
    ranker.rank(requestFor(shop.catalogue, { recent, history: recent.map(({ item }) => item), now: NOW }))
  const did = (item: number, deed: Recent['deed'], hoursAgo: number): Recent => ({ item, deed, seconds: NOW - hoursAgo * HOUR })

  it('shows what was looked at and left in the cart, by how lately and how seriously', () => {
    const { items, scores, why } = slateAfter([did(5, 'viewed', 0), did(6, 'carted', 10), did(7, 'viewed', 20)])
    expect(items).toEqual([6, 5, 7])
    expect(scores).toEqual([1.5, 1, 0.25])
    expect(why).toEqual(['left-in-cart', 'recently-viewed', 'recently-viewed'].map((rule) => ({ kind: 'rule', rule })))
  })

  it('leaves out what was bought, sent back, or is of unknown standing', () => {
    expect(slateAfter([did(5, 'bought', 0), did(6, 'returned', 1), did(8, 'unknown', 1), did(7, 'viewed', 2)]).items).toEqual([7])
  })

  it('has nothing to say to strangers', () => {
    expect(slateAfter([]).items).toEqual([])
  })

  it('takes an event from a clock that is ahead for one of now', () => {
    expect(slateAfter([did(5, 'viewed', -50)]).scores).toEqual([1])
  })
})
