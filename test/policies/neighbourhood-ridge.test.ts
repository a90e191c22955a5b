import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { neighbourhoodRidge } from '../../src/policies/neighbourhood-ridge.ts'
import type { Rows } from '../../src/policies/sparse.ts'
import { factorise, solve } from '../../src/stats/cholesky.ts'

const ITEMS = 6
/** Shoppers as lists of preferences by item, 0 for none. */
const shoppers = fc.array(fc.array(fc.constantFrom(0, 0, 0, 0.2, 0.6, 1), { minLength: ITEMS, maxLength: ITEMS }), {
  minLength: 1,
  maxLength: 20,
})
/** A shopper who had everything, so that all items are neighbours. */
const EVERYTHING = new Array<number>(ITEMS).fill(0.2)
const noProgress = () => undefined

function rowsOf(table: readonly (readonly number[])[]): Rows {
  const starts = [0]
  const columns: number[] = []
  const values: number[] = []
  for (const row of table) {
    row.forEach((value, column) => {
      if (value === 0) return
      columns.push(column)
      values.push(value)
    })
    starts.push(columns.length)
  }
  return { starts: Int32Array.from(starts), columns: Int32Array.from(columns), values: Float32Array.from(values) }
}

/** weight[i][j] of j for item i. */
function weightsOf(table: readonly (readonly number[])[], neighbours: number, ridge: number): number[][] {
  const { starts, columns, values } = neighbourhoodRidge(rowsOf(table), { itemCount: ITEMS, neighbours, ridge }, noProgress)
  const weights = Array.from({ length: ITEMS }, () => new Array<number>(ITEMS).fill(0))
  for (let item = 0; item < ITEMS; item++) {
    for (let k = starts[item]!; k < starts[item + 1]!; k++) weights[item]![columns[k]!] = values[k]!
  }
  return weights
}

/** EASE in closed form: B = I − P·diag(1/P_ii), P = (XᵀX + λI)⁻¹, one column of the inverse at a time. */
function easeOf(table: readonly (readonly number[])[], ridge: number): number[][] {
  const gram = new Float64Array(ITEMS * ITEMS)
  for (const row of table) {
    for (let i = 0; i < ITEMS; i++) for (let j = 0; j < ITEMS; j++) gram[i * ITEMS + j]! += row[i]! * row[j]!
  }
  for (let i = 0; i < ITEMS; i++) gram[i * ITEMS + i]! += ridge
  factorise(gram, ITEMS)
  return Array.from({ length: ITEMS }, (_, item) => {
    const column = new Float64Array(ITEMS)
    column[item] = 1
    solve(gram, ITEMS, column)
    return Array.from(column, (value, j) => (j === item ? 0 : -value / column[item]!))
  })
}

function expectClose(ours: readonly number[][], theirs: readonly number[][]): void {
  const differences = ours.flatMap((row, i) => row.map((weight, j) => Math.abs(weight - theirs[i]![j]!)))
  expect(Math.max(...differences)).toBeLessThan(1e-5)
}

describe('the neighbourhood ridge', () => {
  it('is EASE when every item goes together with every other', () => {
    fc.assert(
      fc.property(shoppers, fc.double({ min: 0.1, max: 50, noNaN: true }), (table, ridge) => {
        const connected = [...table, EVERYTHING]
        expectClose(weightsOf(connected, ITEMS, ridge), easeOf(connected, ridge))
      }),
    )
  })

  it('gives an item as many neighbours as asked for, never itself, and the nearest by cosine', () => {
    const table = [
      [1, 1, 0, 0, 1, 0],
      [1, 1, 0, 0, 0, 0],
      [1, 0, 1, 0, 0, 0],
      [0, 0, 1, 1, 0, 0],
    ]
    const weights = weightsOf(table, 1, 1)
    weights.forEach((row, item) => {
      expect(row.filter((weight) => weight !== 0).length).toBeLessThanOrEqual(1)
      expect(row[item]).toBe(0)
    })
    // Items 0 and 1 are together twice: 2/√(3·2); item 4 is with each of them once: 1/√3 and 1/√2.
    expect(weights[0]![1]).toBeCloseTo(2 / 3, 6)
    expect(weights[4]![1]).toBeCloseTo(1 / 3, 6)
    expect(weights[5]).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('shrinks towards nothing as the ridge grows', () => {
    const table = [
      [1, 1, 0, 0, 0, 0],
      [1, 1, 1, 0, 0, 0],
    ]
    const sizes = [0.5, 5, 50].map((ridge) => weightsOf(table, ITEMS, ridge)[0]![1]!)
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  })
})
