/**
 * Many e-values at once: false discovery control that survives any dependence and any stopping.
 *
 *     e-BH: with e in descending order reject the k largest, k = max{ i : e_(i) ≥ m/(i·q) }
 *
 * An e-value is evidence that may be multiplied over looks (the value of an always-valid test), so this is the multiplicity correction for
 * experiments that are watched. p = 1/e is what an e-value is worth as a p-value.
 * @see Wang & Ramdas (2022), doi:10.1111/rssb.12489; Vovk & Wang (2021), doi:10.1214/20-AOS2020
 */
import { assert } from './assert.ts'

/** Which hypotheses are rejected at false discovery rate q, from log₁₀ e in any order. */
export function rejectByEValues(log10EValues: readonly number[], { rate }: { readonly rate: number }): readonly boolean[] {
  assert(rate > 0 && rate < 1, `a false discovery rate lies between 0 and 1, got ${rate}`)
  assert(
    log10EValues.every((log10E) => !Number.isNaN(log10E)),
    'an e-value needs a logarithm',
  )
  const m = log10EValues.length
  const descending = [...log10EValues].sort((a, b) => b - a)
  let rejected = 0
  for (const [i, log10E] of descending.entries()) if (log10E >= Math.log10(m / ((i + 1) * rate))) rejected = i + 1
  const least = rejected === 0 ? Number.POSITIVE_INFINITY : descending[rejected - 1]!
  return log10EValues.map((log10E) => log10E >= least)
}
