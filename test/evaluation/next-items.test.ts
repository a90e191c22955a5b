import { describe, expect, it } from 'vitest'
import { nextItems } from '../../src/evaluation/next-items.ts'
import { testCartsOf } from '../../src/evaluation/test-baskets.ts'
import type { Ranker, RankRequest } from '../../src/policies/policy.ts'
import { randomOf } from '../../src/stats/random.ts'
import { logOf } from './small-log.ts'

describe('the next item of a visit', () => {
  const seen: RankRequest[] = []
  /** Always says 1, 2, 3, 4 without the page’s item. */
  const ranker: Ranker = {
    ...{ key: 'fixed', kind: 'fixed', modelVersion: 'none' },
    rank: (request) => {
      seen.push(request)
      const items = [1, 2, 3, 4].filter((item) => item !== request.item)
      return { items, scores: items.map(() => 1), why: items.map(() => ({ kind: 'popular' })) }
    },
  }
  const visits = [[1, 2, 1, 3], [5, -1], [4]]
  const result = nextItems(ranker, {
    visits,
    allowed: new Uint8Array(10).fill(1),
    replicates: 200,
    level: 0.95,
    seed: 1,
    progress: () => undefined,
  })

  it('is asked for after every item, with the newest as the page and the earlier ones as the history', () => {
    expect(seen.map(({ item, history }) => [item, history])).toEqual([
      [1, []],
      [2, [1]],
      [1, [2]],
      [5, []],
    ])
  })

  it('gives 1 over its rank, and nothing for what training never saw', () => {
    // 2 at rank 1, 1 at rank 1, 3 at rank 2, the unknown one missed.
    expect(result).toMatchObject({ visits: 2, questions: 4, metrics: { 'mrr@20': 2.5 / 4, 'hr@20': 3 / 4 } })
    // Whole visits are drawn: only both, the first twice or the second twice can come.
    expect(result.interval['hr@20']).toEqual({ low: 0, high: 1 })
  })
})

describe('baskets with items taken out', () => {
  const test = logOf([
    [0, 1, 1],
    [0, 2, 1],
    [0, 3, 1],
    [1, 4, 2],
    [1, 5, 2, 'view'],
    [2, 6, 3],
    [2, 7, 3],
  ])
  const sellable = new Uint8Array(10).fill(1)

  it('lose each of their few items in turn and keep the rest', () => {
    const carts = testCartsOf(test, sellable, randomOf(1))
    expect(carts.map(({ cart, takenOut }) => [...cart, takenOut].sort())).toEqual([
      ...[
        [1, 2, 3],
        [1, 2, 3],
        [1, 2, 3],
      ],
      ...[
        [6, 7],
        [6, 7],
      ],
    ])
    expect(new Set(carts.slice(0, 3).map(({ takenOut }) => takenOut)).size).toBe(3)
  })

  it('leave out what could not have been recommended', () => {
    const fewer = sellable.slice()
    fewer[7] = 0
    expect(testCartsOf(test, fewer, randomOf(1)).every(({ cart, takenOut }) => ![...cart, takenOut].includes(7))).toBe(true)
  })
})
