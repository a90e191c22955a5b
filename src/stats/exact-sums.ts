/**
 * Exact sums of products, quickly: in doubles as long as every partial sum is certain to be a whole number below 2⁵³, in big integers beyond.
 *
 *     |Σ| ≤ Σ bound ≤ 2⁵³ − 1          the bound is carried along; before it could be passed the doubles are poured out and start at 0
 *
 * Therefore the same bits in any order of adding, and adding with sign −1 takes back exactly.
 */
export interface ExactSums {
  readonly recent: Float64Array
  /** Empty until something was poured out. */
  readonly poured: bigint[]
  bound: number
}

export type Whole = ArrayLike<number>

export function openSums(count: number): ExactSums {
  return { recent: new Float64Array(count), poured: [], bound: 0 }
}

/** Adds sign·xᵢxⱼ for j ≥ i, row by row. `bound` ≥ |xᵢxⱼ|; entries are safe integers. */
export function addTriangle(sums: ExactSums, x: Whole, { sign, bound }: { readonly sign: 1 | -1; readonly bound: number }): void {
  const isExact = makeRoom(sums, bound)
  const { recent } = sums
  const length = x.length
  let at = 0
  for (let i = 0; i < length; i++) {
    const left = sign * x[i]!
    if (left === 0) at += length - i
    else if (isExact) for (let j = i; j < length; j++) recent[at] = recent[at++]! + left * x[j]!
    else for (let j = i; j < length; j++) addLarge(sums, at++, left, x[j]!)
  }
}

/** Adds sign·xᵢyⱼ, row by row. `bound` ≥ |xᵢyⱼ|; entries are safe integers. */
export function addProducts(
  sums: ExactSums,
  x: Whole,
  { y, sign, bound }: { readonly y: Whole; readonly sign: 1 | -1; readonly bound: number },
): void {
  const isExact = makeRoom(sums, bound)
  const { recent } = sums
  for (let j = 0; j < y.length; j++) {
    const right = sign * y[j]!
    if (right === 0) continue
    let at = j
    for (let i = 0; i < x.length; i++, at += y.length) {
      if (isExact) recent[at] = recent[at]! + x[i]! * right
      else addLarge(sums, at, x[i]!, right)
    }
  }
}

/** Adds the entries of v, place by place. `bound` ≥ |vᵢ|; entries are safe integers. */
export function addVector(sums: ExactSums, v: Whole, bound: number): void {
  makeRoom(sums, bound)
  const { recent } = sums
  for (let i = 0; i < v.length; i++) recent[i] = recent[i]! + v[i]!
}

/** Adds left·right in one place; both are safe integers. */
export function addProduct(sums: ExactSums, at: number, left: number, right: number): void {
  const product = left * right
  // A product that rounds to a safe integer is one.
  if (makeRoom(sums, Math.abs(product))) sums.recent[at] = sums.recent[at]! + product
  else addLarge(sums, at, left, right)
}

/** Adds one number of any size. */
export function addBig(sums: ExactSums, at: number, value: bigint): void {
  const { poured, recent } = sums
  if (poured.length === 0) for (let i = 0; i < recent.length; i++) poured.push(0n)
  poured[at] = poured[at]! + value
}

/** The largest size among the entries. */
export function largestOf(v: Whole): number {
  let most = 0
  for (let i = 0; i < v.length; i++) most = Math.max(most, Math.abs(v[i]!))
  return most
}

export function totalsOf({ recent, poured }: ExactSums): readonly bigint[] {
  return Array.from(recent, (value, i) => (poured[i] ?? 0n) + BigInt(value))
}

/** The sums while all of them are doubles, to be read before the next one is added; null beyond. */
export function plainTotals({ recent, poured }: ExactSums): Float64Array | null {
  return poured.length === 0 ? recent : null
}

/** Whether the doubles can take one more product of up to `bound` each; they can from now on. */
export function makeRoom(sums: ExactSums, bound: number): boolean {
  if (bound > Number.MAX_SAFE_INTEGER) return false
  if (sums.bound + bound > Number.MAX_SAFE_INTEGER) {
    for (let i = 0; i < sums.recent.length; i++) addBig(sums, i, BigInt(sums.recent[i]!))
    sums.recent.fill(0)
    sums.bound = 0
  }
  sums.bound += bound
  return true
}

function addLarge(sums: ExactSums, at: number, left: number, right: number): void {
  addBig(sums, at, BigInt(left) * BigInt(right))
}
