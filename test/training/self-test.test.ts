import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../src/policies/catalogue.ts'
import type { Ranked, Ranker, RankRequest } from '../../src/policies/policy.ts'
import { selfTest, testRequests } from '../../src/training/self-test.ts'
import { itemOf } from '../policies/planted-shop.ts'

const catalogue = catalogueOf([1, 2, 3, 4].map((item) => itemOf(item, { discontinued: item === 4 })))
const histories = { units: new Uint8Array(32), starts: Int32Array.of(0, 2, 3), items: Int32Array.of(1, 2, 3) }
const requests = testRequests(histories, catalogue, 1_700_000_000)

function test(rank: (request: RankRequest) => Ranked) {
  const ranker: Ranker = { key: 'some', kind: 'some', modelVersion: '1', rank }
  return () => selfTest(ranker, requests, catalogue)
}

function slateOf(...items: number[]): Ranked {
  return { items, scores: items.map(() => 1), why: items.map(() => ({ kind: 'popular' })) }
}

describe('the self-test of a model', () => {
  it('asks for a stranger, for known shoppers and for pages', () => {
    expect(requests.map(({ history, item }) => [history, item])).toEqual([
      [[], null],
      [[1, 2], null],
      [[3], null],
      [[], 1],
      [[], 2],
      [[], 3],
    ])
  })

  it('counts what was answered, and how much of the catalogue it covers', () => {
    const result = test(({ item }) => (item === null ? slateOf(1) : slateOf(item, 1 + (item % 3))))()
    expect(result).toEqual({ asked: 6, answered: 6, coverage: 1 })
    expect(test(({ item }) => (item === 2 ? slateOf(1) : slateOf()))()).toEqual({ asked: 6, answered: 1, coverage: 1 / 3 })
  })

  it('refuses a model that recommends nothing to anybody, or throws', () => {
    expect(test(() => slateOf())).toThrow('nothing to recommend')
    expect(
      test(() => {
        throw new Error('broken')
      }),
    ).toThrow('broken')
  })

  it('refuses a model that breaks a law of the port', () => {
    expect(test(() => slateOf(1, 1))).toThrow('twice')
    expect(test(() => slateOf(4))).toThrow('may not be shown')
    expect(test(() => slateOf(99))).toThrow('may not be shown')
    expect(test(() => ({ ...slateOf(1), scores: [Number.NaN] }))).toThrow('not numbers')
    expect(test(() => ({ ...slateOf(1), why: [] }))).toThrow('wrong lengths')
    expect(test(() => slateOf(...Array.from({ length: 11 }, (_, i) => i)))).toThrow('wrong lengths')
  })
})
