import { describe, expect, it } from 'vitest'
import { keepsTheContract } from './contract.ts'
import { openOne, requestFor } from './opened.ts'
import { plantedShop } from './planted-shop.ts'

const shop = plantedShop(7)
const LIST = ['sku-9', 'sku-200', 'no such item', 'sku-3', 'sku-9', 'sku-37']

keepsTheContract('list', 'fixed', { items: Array.from({ length: 60 }, (_, i) => `sku-${1 + ((i * 7) % 320)}`) })

describe('a fixed list', () => {
  const ranker = openOne({ key: 'list', kind: 'fixed', parameters: { items: LIST } }, { ...shop, rankers: new Map() })

  it('shows what was written down in that order, each once, without what is unknown or discontinued', () => {
    expect(ranker.rank(requestFor(shop.catalogue))).toEqual({
      items: [9, 200, 3],
      scores: [1, 1 / 2, 1 / 3],
      why: Array(3).fill({ kind: 'rule', rule: 'curated' }),
    })
  })

  it('is the same for everybody, unless told not to repeat what the shopper had', () => {
    const request = requestFor(shop.catalogue, { history: [9] })
    expect(ranker.rank(request).items).toEqual([9, 200, 3])
    const once = openOne({ key: 'list', kind: 'fixed', parameters: { items: LIST, repeat: false } }, { ...shop, rankers: new Map() })
    expect(once.rank(request).items).toEqual([200, 3])
  })
})
