/**
 * A sparse matrix by rows: the entries of row r are columns[starts[r] … starts[r+1]) with their values.
 */

export interface Rows {
  /** Length rows + 1, not decreasing. */
  readonly starts: Int32Array
  readonly columns: Int32Array
  readonly values: Float32Array
}

/** The matrix with rows and columns exchanged; columns come out ascending within each row. O(entries + rows + columns). */
export function transposed({ starts, columns, values }: Rows, columnCount: number): Rows {
  const turned = {
    starts: new Int32Array(columnCount + 1),
    columns: new Int32Array(columns.length),
    values: new Float32Array(columns.length),
  }
  for (let k = 0; k < columns.length; k++) turned.starts[columns[k]! + 1]!++
  for (let c = 0; c < columnCount; c++) turned.starts[c + 1]! += turned.starts[c]!
  const next = turned.starts.slice(0, columnCount)
  for (let row = 0; row + 1 < starts.length; row++) {
    for (let k = starts[row]!; k < starts[row + 1]!; k++) {
      const at = next[columns[k]!]!++
      turned.columns[at] = row
      turned.values[at] = values[k]!
    }
  }
  return turned
}
