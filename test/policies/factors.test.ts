import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packFactors, unpackFactors } from '../../src/policies/factors-body.ts'
import { kinds } from '../../src/policies/registry.ts'
import { randomOf } from '../../src/stats/random.ts'
import { goods } from './assembled-pool.ts'
import { keepsTheContract } from './contract.ts'
import { requestFor } from './opened.ts'
import { plantedShop } from './planted-shop.ts'

const RANK = 5
const COUNT = 40
const shop = goods(COUNT + 1, (item) => ({ discontinued: item === 7 }))
const random = randomOf(21)
const vectors = (count: number) => Float32Array.from({ length: count * RANK }, () => random.uniform() * 2 - 1)
const unitOf = (n: number) => new Uint8Array(16).fill(n)
const rows = {
  rank: RANK,
  items: Int32Array.from({ length: COUNT }, (_, i) => i + 1),
  itemFactors: vectors(COUNT),
  units: new Uint8Array([...unitOf(3), ...unitOf(9)]),
  unitFactors: vectors(2),
}
const body = packFactors(rows)
const kind = kinds.factors!
const open = (given: object = {}, bytes = body) =>
  kind.open('factors', { bytes, version: 'v' }, kind.parameters.parse({ alpha: 2, ridge: 0.3, repeat: true, ...given }), {
    catalogue: shop,
    ranker: () => undefined,
  })
const ranker = open()

const item = (no: number) => Array.from(rows.itemFactors.subarray((no - 1) * RANK, no * RANK))
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, one, k) => sum + one * b[k]!, 0)

/** Gauss–Jordan with the largest pivot: another way to the same vector. */
function solved(matrix: number[][], right: readonly number[]): number[] {
  const rows_ = matrix.map((row, i) => [...row, right[i]!])
  rows_.forEach((_, k) => {
    const pivot = rows_.slice(k).reduce((best, row, i) => (Math.abs(row[k]!) > Math.abs(rows_[best]![k]!) ? k + i : best), k)
    ;[rows_[k], rows_[pivot]] = [rows_[pivot]!, rows_[k]!]
    rows_[k] = rows_[k]!.map((value) => value / rows_[k]![k]!)
    rows_.forEach((row, i) => {
      if (i !== k) rows_[i] = row.map((value, j) => value - row[k]! * rows_[k]![j]!)
    })
  })
  return rows_.map((row) => row.at(-1)!)
}

/** The half-step of implicit ALS, written out. */
function foldedIn(seeds: readonly { readonly no: number; readonly weight: number }[], alpha: number, ridge: number): number[] {
  const entry = (a: number, b: number) => {
    let sum = a === b ? ridge * seeds.length : 0
    for (let no = 1; no <= COUNT; no++) sum += item(no)[a]! * item(no)[b]!
    for (const { no, weight } of seeds) sum += alpha * weight * item(no)[a]! * item(no)[b]!
    return sum
  }
  const range = Array.from({ length: RANK }, (_, k) => k)
  const right = range.map((a) => seeds.reduce((sum, { no, weight }) => sum + (1 + alpha * weight) * item(no)[a]!, 0))
  return solved(
    range.map((a) => range.map((b) => entry(a, b))),
    right,
  )
}

const bestBy = (score: (no: number) => number, without: readonly number[] = []) =>
  rows.items
    .map((no) => no)
    .filter((no) => no !== 7 && !without.includes(no) && score(no) > 0)
    .sort((a, b) => score(b) - score(a))

const planted = plantedShop(7).catalogue
const plantedItems = Int32Array.from({ length: planted.size - 1 }, (_, i) => i + 1)
const plantedBody = packFactors({ ...rows, items: plantedItems, itemFactors: vectors(plantedItems.length) })
const plantedRanker = kind.open('factors', { bytes: plantedBody, version: 'v' }, kind.parameters.parse({}), {
  catalogue: planted,
  ranker: () => undefined,
})
keepsTheContract('factors', 'factors', {}, plantedRanker)

describe('imported factors', () => {
  it('rank for a shopper who came along by their own vector, every item looked at', () => {
    const request = requestFor(shop, { unit: unitOf(9), history: [1, 2] })
    const own = Array.from(rows.unitFactors.subarray(RANK))
    const { items, scores, why } = ranker.rank(request)
    expect(items).toEqual(Array.from(bestBy((no) => dot(own, item(no))).slice(0, 10)))
    items.forEach((no, i) => {
      expect(scores[i]).toBeCloseTo(dot(own, item(no)), 6)
    })
    expect(why[0]).toEqual({ kind: 'rule', rule: 'stored-factors' })
  })

  it('fold a stranger in from the history, exactly as training would', () => {
    const { items, scores } = ranker.rank(requestFor(shop, { history: [4, 11, 30], unit: unitOf(200) }))
    const vector = foldedIn(
      [4, 11, 30].map((no) => ({ no, weight: 1 })),
      2,
      0.3,
    )
    expect(items).toEqual(Array.from(bestBy((no) => dot(vector, item(no))).slice(0, 10)))
    items.forEach((no, i) => {
      expect(scores[i]).toBeCloseTo(dot(vector, item(no)), 9)
    })
  })

  it('heed the page and the cart, also of a shopper who came along', () => {
    const { items } = ranker.rank(requestFor(shop, { unit: unitOf(9), item: 4, cart: [11] }))
    const vector = foldedIn(
      [
        { no: 4, weight: 4 },
        { no: 11, weight: 1 },
      ],
      2,
      0.3,
    )
    expect(items).toEqual(Array.from(bestBy((no) => dot(vector, item(no)), [4, 11]).slice(0, 10)))
  })

  it('explain a folded-in score by the item that had the largest part in it', () => {
    const { items, why } = ranker.rank(requestFor(shop, { history: [4, 11] }))
    const both = [4, 11].map((no) => ({ no, weight: 1 }))
    const range = Array.from({ length: RANK }, (_, k) => k)
    why.forEach((reason, i) => {
      expect(reason.kind).toBe('because-of')
      if (reason.kind !== 'because-of') return
      // The part of seed j is (1 + α)·yᵢᵀA⁻¹yⱼ: what the score would be with b made of j alone.
      const parts = [4, 11].map((seed) => {
        const matrix = range.map((a) =>
          range.map((b) => {
            let sum = a === b ? 0.3 * 2 : 0
            for (let no = 1; no <= COUNT; no++) sum += item(no)[a]! * item(no)[b]!
            for (const { no } of both) sum += 2 * item(no)[a]! * item(no)[b]!
            return sum
          }),
        )
        return dot(
          solved(
            matrix,
            item(seed).map((value) => 3 * value),
          ),
          item(items[i]!),
        )
      })
      const positive = parts.map((part) => Math.max(0, part))
      expect(reason.item).toBe(positive[0]! >= positive[1]! ? 4 : 11)
      expect(reason.share).toBeCloseTo(Math.max(...positive) / (positive[0]! + positive[1]!), 9)
    })
  })

  it('have nothing to say about somebody of whom nothing is known', () => {
    expect(ranker.rank(requestFor(shop)).items).toEqual([])
    expect(ranker.rank(requestFor(shop, { history: [COUNT + 1, 999, -1] })).items).toEqual([])
  })

  it('keep the laws of every policy', () => {
    const anyItem = fc.integer({ min: -2, max: COUNT + 5 })
    const requests = fc.record({
      size: fc.integer({ min: 0, max: 30 }),
      history: fc.array(anyItem, { maxLength: 20 }),
      item: fc.option(anyItem),
      cart: fc.array(anyItem, { maxLength: 5 }),
      candidates: fc.option(fc.array(anyItem, { maxLength: 20 })),
      unit: fc.constantFrom(unitOf(3), unitOf(4)),
    })
    const once = open({ repeat: false })
    fc.assert(
      fc.property(requests, (given) => {
        const request = requestFor(shop, given)
        const { items, scores, why } = once.rank(request)
        expect(items.length <= request.size && scores.length === items.length && why.length === items.length).toBe(true)
        expect(new Set(items).size).toBe(items.length)
        for (const no of items) {
          expect(shop.allowed[no]).toBe(1)
          expect([...request.history, ...request.cart, request.item]).not.toContain(no)
          if (request.candidates) expect(request.candidates).toContain(no)
        }
        for (let i = 1; i < scores.length; i++) expect(scores[i]).toBeLessThanOrEqual(scores[i - 1]!)
        expect(once.rank(request)).toEqual({ items, scores, why })
      }),
    )
  })

  it('are refused when they are missing, damaged, or lengths do not fit', () => {
    expect(() => kind.open('factors', null, kind.parameters.parse({}), { catalogue: shop, ranker: () => undefined })).toThrow(
      /imported first/,
    )
    const damaged = body.slice()
    damaged[body.length >> 1]! ^= 1
    expect(() => open({}, damaged)).toThrow(/corrupt/)
    expect(() => packFactors({ ...rows, rank: 4 })).toThrow(/differ in number/)
    expect(() => packFactors({ ...rows, itemFactors: rows.itemFactors.with(3, Number.NaN) })).toThrow(/no number/)
    expect(unpackFactors(body).items).toEqual(rows.items)
  })
})
