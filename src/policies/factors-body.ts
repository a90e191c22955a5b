/**
 * The body of factors that were trained elsewhere: a vector for every item and, if they came along, for shoppers.
 *
 * Items by number, or cell by cell where there is an index; shoppers by pseudonym in ascending order; beside them G = YᵀY of all item vectors,
 * which folding in a stranger needs.
 */
import { assert } from '../stats/assert.ts'
import { openArrays, packArrays } from './arrays.ts'
import { type CellIndex, type Indexed, openIndex, packIndex, reordered } from './cell-index.ts'
import { UNIT_BYTES } from './history-body.ts'

export const FACTORS = 'factors'
export const RANK_MAX = 512

export interface FactorRows {
  /** Length of every vector. */
  readonly rank: number
  /** Item numbers, and their vectors one after another. */
  readonly items: Int32Array
  readonly itemFactors: Float32Array
  /** Pseudonyms of 16 bytes in ascending order, and their vectors. */
  readonly units: Uint8Array
  readonly unitFactors: Float32Array
}

export interface Factors extends FactorRows {
  /** G, rank × rank, row by row. */
  readonly gram: Float64Array
  readonly index: CellIndex | null
}

/** Throws a plain sentence when lengths do not fit or a number is none. */
export function packFactors({ rank, items, itemFactors, units, unitFactors }: FactorRows, indexed: Indexed | null = null): Uint8Array {
  assert(Number.isInteger(rank) && rank > 0 && rank <= RANK_MAX, `Vectors have between 1 and ${RANK_MAX} numbers, not ${rank}.`)
  assert(itemFactors.length === items.length * rank, 'Items and their vectors differ in number.')
  assert(unitFactors.length * UNIT_BYTES === units.length * rank, 'Shoppers and their vectors differ in number.')
  assert(itemFactors.every(Number.isFinite) && unitFactors.every(Number.isFinite), 'A vector holds something that is no number.')
  const body = { rank: Int32Array.of(rank), units, unitFactors, gram: gramOf(itemFactors, rank) }
  if (indexed === null) return packArrays(FACTORS, { ...body, items, itemFactors })
  const { order, index } = indexed
  return packArrays(FACTORS, {
    ...body,
    items: order.map((row) => items[row]!),
    itemFactors: reordered(itemFactors, rank, order),
    ...packIndex(index),
  })
}

/** G = YᵀY, the lower triangle. */
export function gramOf(vectors: Float32Array, rank: number): Float64Array {
  const gram = new Float64Array(rank * rank)
  for (let at = 0; at < vectors.length; at += rank)
    for (let row = 0; row < rank; row++)
      for (let column = 0; column <= row; column++) gram[row * rank + column]! += vectors[at + row]! * vectors[at + column]!
  return gram
}

/** Throws a plain sentence when the bytes are no factors. */
export function unpackFactors(bytes: Uint8Array): Factors {
  const arrays = openArrays(bytes, FACTORS)
  return {
    rank: arrays.int32('rank')[0]!,
    items: arrays.int32('items'),
    itemFactors: arrays.float32('itemFactors'),
    units: arrays.uint8('units'),
    unitFactors: arrays.float32('unitFactors'),
    gram: arrays.float64('gram'),
    index: openIndex(arrays),
  }
}
