import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Rows, transposed } from '../../src/policies/sparse.ts'

const COLUMNS = 7
const matrices = fc
  .array(fc.dictionary(fc.integer({ min: 0, max: COLUMNS - 1 }).map(String), fc.integer({ min: 1, max: 9 })), { maxLength: 12 })
  .map(rowsOf)

function rowsOf(rows: readonly Readonly<Record<string, number>>[]): Rows {
  const starts = [0]
  const columns: number[] = []
  const values: number[] = []
  for (const row of rows) {
    for (const [column, value] of Object.entries(row)) {
      columns.push(Number(column))
      values.push(value)
    }
    starts.push(columns.length)
  }
  return { starts: Int32Array.from(starts), columns: Int32Array.from(columns), values: Float32Array.from(values) }
}

function entries({ starts, columns, values }: Rows): string[] {
  const list: string[] = []
  for (let row = 0; row + 1 < starts.length; row++) {
    for (let k = starts[row]!; k < starts[row + 1]!; k++) list.push(`${row} ${columns[k]} ${values[k]}`)
  }
  return list.sort()
}

describe('a transposed matrix', () => {
  it('has every entry with row and column exchanged, columns ascending', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        const turned = transposed(matrix, COLUMNS)
        const exchanged = entries(turned).map((entry) => entry.replace(/^(\d+) (\d+)/, '$2 $1'))
        expect(exchanged.sort()).toEqual(entries(matrix))
        for (let row = 0; row < COLUMNS; row++) {
          const columns = [...turned.columns.subarray(turned.starts[row], turned.starts[row + 1])]
          expect(columns).toEqual(columns.toSorted((a, b) => a - b))
        }
      }),
    )
  })

  it('transposed again is the matrix', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        const rows = matrix.starts.length - 1
        expect(transposed(transposed(matrix, COLUMNS), rows)).toEqual(matrix)
      }),
    )
  })
})
