/**
 * The body of factors that were trained elsewhere: a vector for every item and, if they came along, for shoppers.
 *
 * Items by number, shoppers by pseudonym in ascending order; beside them G = YᵀY of all item vectors, which folding in a stranger needs.
 */
import { assert } from '../stats/assert.ts'
import { openArrays, packArrays } from './arrays.ts'
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
}

/** Throws a plain sentence when lengths do not fit or a number is none. */
export function packFactors({ rank, items, itemFactors, units, unitFactors }: FactorRows): Uint8Array {
  assert(Number.isInteger(rank) && rank > 0 && rank <= RANK_MAX, `Vectors have between 1 and ${RANK_MAX} numbers, not ${rank}.`)
  assert(itemFactors.length === items.length * rank, 'Items and their vectors differ in number.')
  assert(unitFactors.length * UNIT_BYTES === units.length * rank, 'Shoppers and their vectors differ in number.')
  assert(itemFactors.every(Number.isFinite) && unitFactors.every(Number.isFinite), 'A vector holds something that is no number.')
  const gram = new Float64Array(rank * rank)
  for (let at = 0; at < itemFactors.length; at += rank)
    for (let row = 0; row < rank; row++)
      for (let column = 0; column <= row; column++) gram[row * rank + column]! += itemFactors[at + row]! * itemFactors[at + column]!
  return packArrays(FACTORS, { rank: Int32Array.of(rank), items, itemFactors, units, unitFactors, gram })
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
  }
}
