import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { momentsOf } from '../../src/stats/moments.ts'
import {
  combinationOf,
  covarianceOf,
  type JointMoments,
  jointMomentsOf,
  jointMomentsOfSums,
  marginalOf,
  mergeJointMoments,
  packedIndex,
} from '../../src/stats/pair-moments.ts'

type Row = readonly [number, number, number]
const whole = fc.integer({ min: -10_000, max: 10_000 })
const rows = fc.array(fc.tuple(whole, whole, whole), { minLength: 1, maxLength: 20 })

function sumsOf(values: readonly Row[]) {
  const sum = (f: (row: Row) => number) => values.reduce((total, row) => total + BigInt(f(row)), 0n)
  const product = (i: 0 | 1 | 2, j: 0 | 1 | 2) => values.reduce((total, row) => total + BigInt(row[i]) * BigInt(row[j]), 0n)
  return {
    n: BigInt(values.length),
    sums: [sum((row) => row[0]), sum((row) => row[1]), sum((row) => row[2])],
    products: [product(0, 0), product(0, 1), product(0, 2), product(1, 1), product(1, 2), product(2, 2)],
  }
}

function expectSame(got: JointMoments, wanted: JointMoments): void {
  expect(got.n).toBe(wanted.n)
  for (const [i, mean] of got.mean.entries()) expect(mean).toBeCloseTo(wanted.mean[i]!, 7)
  for (const [i, comoment] of got.comoments.entries()) expect(Math.abs(comoment - wanted.comoments[i]!)).toBeLessThan(0.01 * wanted.n)
}

describe('joint moments', () => {
  it('pack a triangle row by row, and do not care for the order of a pair', () => {
    expect([
      packedIndex(0, 0, 3),
      packedIndex(0, 1, 3),
      packedIndex(0, 2, 3),
      packedIndex(1, 1, 3),
      packedIndex(2, 1, 3),
      packedIndex(2, 2, 3),
    ]).toEqual([0, 1, 2, 3, 4, 5])
    expect(() => packedIndex(0, 3, 3)).toThrow(/outside/)
  })

  it('are the same from exact sums and from rows', () => {
    fc.assert(fc.property(rows, (values) => expectSame(jointMomentsOfSums(sumsOf(values)), jointMomentsOf(values))))
  })

  it('merge to the same, in any grouping and any order', () => {
    fc.assert(
      fc.property(rows, rows, rows, (a, b, c) => {
        const [x, y, z] = [jointMomentsOf(a), jointMomentsOf(b), jointMomentsOf(c)]
        const all = jointMomentsOf([...a, ...b, ...c])
        expectSame(mergeJointMoments(mergeJointMoments(x, y), z), all)
        expectSame(mergeJointMoments(x, mergeJointMoments(z, y)), all)
      }),
    )
  })

  it('contain the moments of each quantity and of each combination', () => {
    fc.assert(
      fc.property(rows, whole, (values, weight) => {
        const joint = jointMomentsOf(values)
        const alone = momentsOf(values.map((row) => row[1]))
        expect(marginalOf(joint, 1).m2).toBeCloseTo(alone.m2, 3)
        const mixed = momentsOf(values.map(([a, b, c]) => a - b * weight + 2 * c))
        const combined = combinationOf(joint, [1, -weight, 2])
        expect(Math.abs(combined.mean - mixed.mean)).toBeLessThan(1e-9 * (1 + Math.abs(weight) * 1e4))
        expect(Math.abs(combined.m2 - mixed.m2)).toBeLessThan(1e-9 * (1e8 * (1 + weight * weight)))
      }),
    )
  })

  it('have the covariance of the textbook', () => {
    expect(
      covarianceOf(
        jointMomentsOf([
          [1, 2],
          [2, 4],
          [3, 9],
        ]),
        0,
        1,
      ),
    ).toBeCloseTo(3.5, 12)
    expect(() => covarianceOf(jointMomentsOf([[1, 2]]), 0, 1)).toThrow(/two units/)
  })

  it('of nothing merge to the other sample, and refuse impossible or unequal sums', () => {
    const empty = jointMomentsOfSums({ n: 0n, sums: [0n, 0n], products: [0n, 0n, 0n] })
    const some = jointMomentsOf([
      [1, 2],
      [3, 4],
    ])
    expect(mergeJointMoments(empty, some)).toEqual(some)
    expect(mergeJointMoments(some, empty)).toEqual(some)
    expect(() => jointMomentsOfSums({ n: 2n, sums: [9n, 0n], products: [1n, 0n, 0n] })).toThrow(/variance of quantity 0/)
    expect(() => jointMomentsOfSums({ n: 2n, sums: [9n, 0n], products: [1n] })).toThrow(/need 3 products/)
    expect(() => mergeJointMoments(some, jointMomentsOf([[1, 2, 3]]))).toThrow(/do not merge/)
  })
})
