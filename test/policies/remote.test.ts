import { describe, expect, it } from 'vitest'
import type { RankRequest } from '../../src/policies/policy.ts'
import { kinds } from '../../src/policies/registry.ts'
import { answerIn, questionOf, type RemoteAnswer, readAnswer } from '../../src/policies/remote.ts'
import { keepsTheContract } from './contract.ts'
import { openOne, requestFor } from './opened.ts'
import { plantedShop } from './planted-shop.ts'

const shop = plantedShop(7)
const URL = 'https://shop.example/recommend'
const parse = (given: object) => kinds.remote!.parameters.safeParse({ url: URL, ...given })
const ranker = openOne({ key: 'far', kind: 'remote', parameters: { url: URL } }, { ...shop, rankers: new Map() })
const rank = (answer: RemoteAnswer, given: object = {}) =>
  ranker.rank(requestFor(shop.catalogue, { answers: new Map([['far', answer]]), ...given }))
const read = (items: unknown) => answerIn({ items }, shop.catalogue)

const said: RemoteAnswer = read(Array.from({ length: 90 }, (_, i) => `sku-${1 + ((i * 11) % 330)}`))
const answered = { ...ranker, rank: (request: RankRequest) => ranker.rank({ ...request, answers: new Map([['far', said]]) }) }
keepsTheContract('far', 'remote', { url: URL }, answered)

describe('the answer of a remote strategy', () => {
  it('may be ids, best first, or items with scores', () => {
    expect(rank(read(['sku-9', 'sku-3', 'sku-9'])).items).toEqual([9, 3])
    expect(
      rank(
        read([
          { itemId: 'sku-3', score: 0.2 },
          { itemId: 'sku-9', score: 7 },
        ]),
      ),
    ).toEqual({ items: [9, 3], scores: [7, 0.2], why: [{ kind: 'remote' }, { kind: 'remote' }] })
  })

  it('is cut to what may be shown: unknown items are counted, others passed over', () => {
    const answer = read(['sku-9', 'nonsense', 'sku-37', 'sku-4', 'sku-5'])
    expect(answer).toMatchObject({ kind: 'answered', unknown: 1 })
    expect(rank(answer, { cart: [4] }).items).toEqual([9, 5])
    expect(rank(answer, { candidates: [5, 6] }).items).toEqual([5])
  })

  it('is not parsed when it is made to take long: brackets in brackets, thousands of members', () => {
    const megabyte = 2 ** 20
    const costly = [
      '['.repeat(megabyte / 2) + ']'.repeat(megabyte / 2),
      '{"a":'.repeat(megabyte / 6) + '}'.repeat(megabyte / 6),
      `{${Array.from({ length: megabyte / 12 }, (_, i) => `"k${i}":1`)}}`,
      `{"items":[${'0,'.repeat(megabyte / 2)}0]}`,
    ]
    for (const text of costly) {
      const started = performance.now()
      expect(() => readAnswer(text, shop.catalogue)).toThrow(/more than/)
      expect(performance.now() - started).toBeLessThan(20)
    }
    expect(() => readAnswer('<html>', shop.catalogue)).toThrow('The answer is not JSON.')
    const long = JSON.stringify({
      items: Array.from({ length: 1000 }, (_, i) => ({ itemId: `sku-${i}`, score: i, why: { tags: 'a, b: c' } })),
    })
    expect(readAnswer(long, shop.catalogue)).toMatchObject({ kind: 'answered', unknown: 680 })
  })

  it.each([[null], ['text'], [{}], [{ items: 'x' }], [{ items: [3] }], [{ items: [null] }], [{ items: [{ itemId: 'a', score: 'b' }] }]])(
    'is refused when it is %j',
    (value) => {
      expect(() => answerIn(value, shop.catalogue)).toThrow(/answer/)
    },
  )

  it('has to be there, or the next rung serves', () => {
    expect(() => rank({ kind: 'failed', because: 'It answered 500.' })).toThrow('It answered 500.')
    expect(() => ranker.rank(requestFor(shop.catalogue))).toThrow(/not asked/)
  })
})

describe('the question to a remote strategy', () => {
  const asked = (given: object, unit: string | null = 'ab') =>
    questionOf(requestFor(shop.catalogue, { item: 3, cart: [4], history: [5, 6, 7], candidates: [8] }), shop.catalogue, {
      ...{ surface: 'home', unit },
      parameters: parse(given).data as never,
    })

  it('tells ids, and of the shopper what the parameters allow', () => {
    expect(asked({ history: 2 })).toEqual({
      ...{ surface: 'home', unit: 'ab', size: 10, itemId: 'sku-3', cart: ['sku-4'], history: ['sku-5', 'sku-6'], candidates: ['sku-8'] },
    })
    expect(asked({ tellUnit: false, history: 0 })).toMatchObject({ unit: null, history: [] })
  })

  it('goes to an http address without a name in it, within a deadline that leaves time for the log', () => {
    for (const wrong of [
      { url: 'ftp://x' },
      { url: 'https://me:secret@x.example/' },
      { url: 'no' },
      { deadlineMs: 500 },
      { bytesMax: 1e9 },
    ])
      expect(parse(wrong).success, JSON.stringify(wrong)).toBe(false)
    expect(kinds.remote!.parameters.safeParse({}).success).toBe(false)
  })
})
