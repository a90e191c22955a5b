import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import { keepsTheContract } from './contract.ts'
import { openOne, requestFor } from './opened.ts'
import { dataOf, itemOf } from './planted-shop.ts'

keepsTheContract('content', 'content')

const item = (itemNo: number, title: string, category: string, brand: string) =>
  itemOf(itemNo, { title, category, brand, discontinued: false })
const items = [
  item(1, 'Glide trail shoe', 'trail', 'Arkadi'),
  item(2, 'Peak trail shoe', 'trail', 'Bergon'),
  item(3, 'City road shoe', 'road', 'Arkadi'),
  item(4, 'Wool sock', 'socks', 'Corvu'),
]
const late = item(5, 'Merino sock', 'socks', 'Corvu')
const trainedOn = dataOf([], items, 0)
const policy = { key: 'content', kind: 'content', parameters: {} }

function opened(all = items) {
  const catalogue = catalogueOf(all)
  return { catalogue, ranker: openOne(policy, { data: trainedOn, catalogue, rankers: new Map() }) }
}

describe('content', () => {
  it('recommends what shares words, category or brand with the seeds, the most alike first', () => {
    const { catalogue, ranker } = opened()
    expect(ranker.rank(requestFor(catalogue, { item: 1 })).items).toEqual([2, 3])
    expect(ranker.rank(requestFor(catalogue, { history: [4] })).items).toEqual([])
  })

  it('says which seed an item is like, and for which share', () => {
    const { catalogue, ranker } = opened()
    const { items: slate, why } = ranker.rank(requestFor(catalogue, { history: [3, 2] }))
    expect(slate).toEqual([1])
    expect(why[0]).toMatchObject({ kind: 'similar', item: 2 })
    expect(ranker.rank(requestFor(catalogue, { history: [2] })).why[0]).toEqual({ kind: 'similar', item: 2, share: 1 })
  })

  it('knows items that came into the catalogue after training, both as seed and as recommendation', () => {
    const { catalogue, ranker } = opened([...items, late])
    expect(ranker.rank(requestFor(catalogue, { history: [4] })).items).toEqual([5])
    expect(ranker.rank(requestFor(catalogue, { item: 5 })).items).toEqual([4])
  })

  it('has nothing for a stranger and nothing like an item without text', () => {
    const { catalogue, ranker } = opened([...items, itemOf(5, { title: '', category: null, brand: null, discontinued: false })])
    expect(ranker.rank(requestFor(catalogue)).items).toEqual([])
    expect(ranker.rank(requestFor(catalogue, { item: 5 })).items).toEqual([])
  })

  it('looks at the latest of a long history', () => {
    const catalogue = catalogueOf(items)
    const latestOnly = openOne({ ...policy, parameters: { seeds: 1 } }, { data: trainedOn, catalogue, rankers: new Map() })
    expect(latestOnly.rank(requestFor(catalogue, { history: [4, 1] })).items).toEqual([])
    expect(latestOnly.rank(requestFor(catalogue, { history: [1, 4] })).items).toEqual([2, 3])
  })
})
