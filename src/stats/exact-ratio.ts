/**
 * The quotient of two big integers as the nearest double.
 *
 * Converting first and dividing afterwards rounds three times, and overflows beyond 10³⁰⁸. Here the quotient is taken with 64 bits or
 * more, what is left over is kept as a sticky bit, and only the last conversion rounds.
 */
import { assert } from './assert.ts'

const BITS = 70

/** numerator / denominator, correctly rounded (for results in the normal range of doubles). */
export function exactRatio(numerator: bigint, denominator: bigint): number {
  assert(denominator > 0n, 'an exact ratio needs a positive denominator')
  if (numerator < 0n) return -exactRatio(-numerator, denominator)
  if (numerator === 0n) return 0
  const shift = Math.max(0, BITS + bitLength(denominator) - bitLength(numerator))
  const scaled = numerator << BigInt(shift)
  const quotient = scaled / denominator
  const sticky = quotient * denominator === scaled ? quotient : quotient | 1n
  return Number(sticky) / 2 ** shift
}

/** To within three bits, which the spare ones cover. */
function bitLength(value: bigint): number {
  return value.toString(16).length * 4
}
