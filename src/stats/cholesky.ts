/**
 * Cholesky's factor of a symmetric positive definite matrix, and the systems it solves.
 *
 *     A = L·Lᵀ      A·x = b  ⇔  L·z = b, Lᵀ·x = z
 *
 * Square matrices lie row by row in a Float64Array, which may be longer than n·n. Only the lower triangle is read and written.
 * @see Golub & Van Loan, Matrix Computations (4th ed., 2013), algorithm 4.2.1
 */

/** Replaces the lower triangle of the n × n matrix by L. False when the matrix is not positive definite; it is then half replaced. */
export function factorise(matrix: Float64Array, n: number): boolean {
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * n + column]!
      for (let k = 0; k < column; k++) sum -= matrix[row * n + k]! * matrix[column * n + k]!
      if (column < row) matrix[row * n + column] = sum / matrix[column * n + column]!
      else if (sum > 0) matrix[row * n + row] = Math.sqrt(sum)
      else return false
    }
  }
  return true
}

/** Replaces the first n numbers of b by the solution of L·Lᵀ·x = b. */
export function solve(factor: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row++) {
    let sum = b[row]!
    for (let k = 0; k < row; k++) sum -= factor[row * n + k]! * b[k]!
    b[row] = sum / factor[row * n + row]!
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = b[row]!
    for (let k = row + 1; k < n; k++) sum -= factor[k * n + row]! * b[k]!
    b[row] = sum / factor[row * n + row]!
  }
}
