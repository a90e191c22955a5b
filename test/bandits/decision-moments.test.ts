import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FEATURE_MAX, openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import { type DecisionMoments, mergeDecisions, noDecisions, subtractDecisions } from '../../src/bandits/decision-moments.ts'

const shape = { features: 3, outcomes: 2 }
interface Row {
  readonly x: readonly number[]
  readonly y: readonly number[]
}
const row: fc.Arbitrary<Row> = fc.record({
  x: fc.array(fc.integer({ min: -FEATURE_MAX, max: FEATURE_MAX }), { minLength: 3, maxLength: 3 }),
  // up to baskets whose square is far beyond what a double holds exactly
  y: fc.array(fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: -(2 ** 45), max: 2 ** 45 })), { minLength: 2, maxLength: 2 }),
})
const rows = fc.array(row, { maxLength: 40 })

function momentsOf(list: readonly Row[]): DecisionMoments {
  const accumulator = openDecisionAccumulator(shape)
  for (const { x, y } of list) accumulator.add(x, y)
  return accumulator.moments()
}

/** The same sums in big integers from the start. */
function slowly(list: readonly Row[]): DecisionMoments {
  const product = (one: (r: Row) => number, other: (r: Row) => number) =>
    list.reduce((sum, r) => sum + BigInt(one(r)) * BigInt(other(r)), 0n)
  const pairs = (size: number) =>
    Array.from({ length: size }, (_, i) => Array.from({ length: size - i }, (_, k) => [i, i + k] as const)).flat()
  return {
    ...shape,
    n: BigInt(list.length),
    a: pairs(3).map(([i, j]) =>
      product(
        (r) => r.x[i]!,
        (r) => r.x[j]!,
      ),
    ),
    b: [0, 1, 2].flatMap((i) =>
      [0, 1].map((k) =>
        product(
          (r) => r.x[i]!,
          (r) => r.y[k]!,
        ),
      ),
    ),
    c: pairs(2).map(([k, l]) =>
      product(
        (r) => r.y[k]!,
        (r) => r.y[l]!,
      ),
    ),
  }
}

describe('moments at decision grain', () => {
  it('are the exact sums, also where doubles are not', () => {
    fc.assert(
      fc.property(rows, (list) => {
        expect(momentsOf(list)).toEqual(slowly(list))
      }),
    )
  })

  it('have the same bits in any order and any partition', () => {
    fc.assert(
      fc.property(rows, fc.nat(), fc.infiniteStream(fc.boolean()), (list, turn, side) => {
        const whole = momentsOf(list)
        const at = list.length === 0 ? 0 : turn % list.length
        expect(momentsOf([...list.slice(at), ...list.slice(0, at)].reverse())).toEqual(whole)
        const left: Row[] = []
        const right: Row[] = []
        for (const one of list) (side.next().value ? left : right).push(one)
        expect(mergeDecisions(momentsOf(right), momentsOf(left))).toEqual(whole)
        expect(subtractDecisions(whole, momentsOf(right))).toEqual(momentsOf(left))
      }),
    )
    expect(mergeDecisions(noDecisions(shape), momentsOf([]))).toEqual(noDecisions(shape))
  })

  it('pour over into big integers long before a double rounds', () => {
    const accumulator = openDecisionAccumulator({ features: 1, outcomes: 1 })
    const value = 94_906_265
    for (let i = 0; i < 1000; i++) accumulator.add([FEATURE_MAX], [value])
    expect(accumulator.moments()).toMatchObject({ n: 1000n, c: [1000n * BigInt(value) ** 2n], b: [1000n * 8192n * BigInt(value)] })
  })

  it('refuse what is not whole or too large', () => {
    const accumulator = openDecisionAccumulator({ features: 1, outcomes: 1 })
    expect(() => accumulator.add([0.5], [1])).toThrow('whole')
    expect(() => accumulator.add([FEATURE_MAX + 1], [1])).toThrow('±8')
    expect(() => subtractDecisions(noDecisions(shape), momentsOf([{ x: [1, 1, 1], y: [0, 0] }]))).toThrow('no part')
  })
})
