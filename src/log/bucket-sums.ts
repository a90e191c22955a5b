/**
 * What a step of the fold adds to the cells of bandits, by epoch, arm, stratum, hour and length of x.
 *
 *     a decision     n += 1         A += x·xᵀ
 *     its outcomes   B += x·y′ᵀ − x·yᵀ      C += y′·y′ᵀ − y·yᵀ          from y, as it was counted before, to y′
 */
import { triangle } from '../bandits/decision-moments.ts'
import { addProducts, addTriangle, type ExactSums, largestOf, openSums, type Whole } from '../stats/exact-sums.ts'
import { level, under } from './levels.ts'

/** Where a decision is counted: the hour it was made in, from 1970. Its outcomes are counted there too, however late they are told. */
export interface CellKey {
  readonly epochId: number
  readonly armId: number
  readonly stratum: string
  readonly hour: number
}

export interface BucketCell extends CellKey {
  /** Length of x, in units of 1/1024. */
  readonly features: number
  n: number
  readonly a: ExactSums
  readonly b: ExactSums
  readonly c: ExactSums
}

export interface BucketSums {
  decided(key: CellKey, x: Whole): void
  /** y before and now: safe integers, one an objective. */
  changed(key: CellKey, x: Whole, y: { readonly before: Whole; readonly now: Whole }): void
  cells(): readonly BucketCell[]
}

/** x is kept as smallint. */
const X_MAX = 2 ** 15
/** The length of x is kept as smallint, too. */
const FEATURES_MAX = 2 ** 15

/** `objectivesOf` an epoch: how many. */
export function openBucketSums(objectivesOf: (epochId: number) => number): BucketSums {
  const all: BucketCell[] = []
  const byStratum = new Map<string, Map<number, Map<number, Map<number, BucketCell>>>>()

  function cellOf(key: CellKey, features: number): BucketCell {
    const ofHour = under(under(under(byStratum, key.stratum, level), key.epochId, level), key.hour, level)
    return under(ofHour, key.armId * FEATURES_MAX + features, () => openCell(key, features))
  }

  function openCell(key: CellKey, features: number): BucketCell {
    const objectives = objectivesOf(key.epochId)
    const { epochId, armId, stratum, hour } = key
    const [a, b, c] = [triangle(features), features * objectives, triangle(objectives)].map(openSums) as [ExactSums, ExactSums, ExactSums]
    const cell: BucketCell = { epochId, armId, stratum, hour, features, n: 0, a, b, c }
    all.push(cell)
    return cell
  }

  function addProductsOf(cell: BucketCell, x: Whole, y: Whole, sign: 1 | -1): void {
    const yMax = largestOf(y)
    if (yMax > 0) addProducts(cell.b, x, { y, sign, bound: X_MAX * yMax })
  }

  function addSquareOf(cell: BucketCell, y: Whole, sign: 1 | -1): void {
    const yMax = largestOf(y)
    if (yMax > 0) addTriangle(cell.c, y, { sign, bound: yMax * yMax })
  }

  return {
    decided(key, x) {
      const cell = cellOf(key, x.length)
      cell.n += 1
      addTriangle(cell.a, x, { sign: 1, bound: X_MAX * X_MAX })
    },
    changed(key, x, { before, now }) {
      const cell = cellOf(key, x.length)
      const change = Float64Array.from(now, (value, k) => value - before[k]!)
      if (change.every(Number.isSafeInteger)) addProductsOf(cell, x, change, 1)
      else {
        addProductsOf(cell, x, now, 1)
        addProductsOf(cell, x, before, -1)
      }
      addSquareOf(cell, now, 1)
      addSquareOf(cell, before, -1)
    },
    cells: () => all,
  }
}
