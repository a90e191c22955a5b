/** Picking: one of several by chance, evenly or by weight. */
import { assert } from '../stats/assert.ts'
import type { Random } from '../stats/random.ts'

/** One of the values, each as likely. */
export function oneOf<Value>(random: Random, values: readonly Value[]): Value {
  assert(values.length > 0, 'nothing to pick from')
  return values[Math.floor(random.uniform() * values.length)]!
}

/** A position, as likely as its weight says; weights are ≥ 0 with a sum > 0. */
export function weightedIndex(random: Random, weights: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < weights.length; i++) total += weights[i]!
  assert(total > 0, 'all weights are 0')
  let left = random.uniform() * total
  let last = 0
  for (let i = 0; i < weights.length; i++) {
    if (weights[i]! <= 0) continue
    last = i
    left -= weights[i]!
    if (left < 0) break
  }
  return last
}

/** A position by running sums of weights, which ascend to something above 0: O(log n), for many draws from the same weights. */
export function pickBySums(random: Random, sums: ArrayLike<number>): number {
  const total = sums[sums.length - 1] ?? 0
  assert(total > 0, 'all weights are 0')
  const wanted = random.uniform() * total
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sums[middle]! > wanted) high = middle
    else low = middle + 1
  }
  return low
}

/** Seed of a stream of its own: the same numbers give the same stream, others an unrelated one. */
export function seedOf(seed: number, ...numbers: readonly number[]): number {
  let high = mixed(0x9e3779b9, seed)
  let low = mixed(0x85ebca6b, seed)
  for (const number of numbers) {
    high = mixed(high, number)
    low = mixed(low, number)
  }
  return high * 2 ** 21 + (low >>> 11)
}

/** One step of a hash; the finaliser is that of MurmurHash3, in the public domain. */
function mixed(hash: number, number: number): number {
  let h = Math.imul(hash ^ number, 0xcc9e2d51) ^ Math.imul(Math.floor(number / 2 ** 32), 0x1b873593)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
