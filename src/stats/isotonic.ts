/**
 * Isotonic regression: the rising step function that lies nearest to given values, by pooling adjacent violators.
 *
 *     min Σ wᵢ·(fᵢ − yᵢ)²  with  f₁ ≤ f₂ ≤ … ≤ fₙ           a value below the one before it joins it: f = Σ w·y / Σ w of the block
 *
 * Each value begins as a block of its own; whoever falls below the block before it is pooled with it, back to where the order holds. O(n).
 * @see Ayer, Brunk, Ewing, Reid & Silverman (1955), doi:10.1214/aoms/1177728423; Barlow, Bartholomew, Bremner & Brunk (1972)
 */
import { assert } from './assert.ts'

/** A stretch of positions [from, to) that have one value. */
export interface Block {
  readonly from: number
  readonly to: number
  readonly value: number
  readonly weight: number
}

/** The blocks of the fit, values strictly rising. Weights are positive; both arrays have one length. */
export function isotonicBlocks(values: ArrayLike<number>, weights: ArrayLike<number>): readonly Block[] {
  assert(values.length === weights.length, 'every value has a weight')
  const blocks: Block[] = []
  for (let i = 0; i < values.length; i++) {
    assert(weights[i]! > 0, `a weight is positive, not ${weights[i]}`)
    let block: Block = { from: i, to: i + 1, value: values[i]!, weight: weights[i]! }
    for (let before = blocks.at(-1); before && before.value >= block.value; before = blocks.at(-1)) {
      blocks.pop()
      block = pooled(before, block)
    }
    blocks.push(block)
  }
  return blocks
}

function pooled(a: Block, b: Block): Block {
  const weight = a.weight + b.weight
  return { from: a.from, to: b.to, weight, value: a.value + ((b.value - a.value) * b.weight) / weight }
}
