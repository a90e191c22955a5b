/**
 * The paired test: both policies were asked about the same shoppers, so the difference shopper by shopper is tested.
 *
 *     d̄ = Σ(aᵢ − bᵢ)/n      t = d̄/√(s²/n) on n − 1 degrees of freedom      p adjusted over the policies of a table by Holm
 *
 * @see Smucker, Allan & Carterette (2007), A comparison of statistical significance tests for information retrieval, doi:10.1145/1321440.1321528
 */

import { testEffect } from '../stats/effect-test.ts'
import { effectOf, isUnknown, type TestResult, type Unknown, unknown } from '../stats/estimate.ts'
import { momentsOf, sampleVariance } from '../stats/moments.ts'
import { adjustPValues } from '../stats/multiplicity.ts'

/** Tests whether `values` differ from `baseline` on average; both have one value a shopper, in one order. */
export function pairedTest(values: Float64Array, baseline: Float64Array, level: number): TestResult | Unknown {
  const n = values.length
  if (n < 2) return unknown('too-few-units', { have: n, need: 2 })
  const moments = momentsOf(values.map((value, i) => value - baseline[i]!))
  const effect = effectOf(moments.mean, sampleVariance(moments) / n, n - 1)
  return isUnknown(effect) ? effect : testEffect(effect, { level })
}

/** p-values over the policies of a table, adjusted by Holm; unknown tests stay unknown. */
export function adjustedPValues(tests: readonly (TestResult | Unknown)[]): readonly (number | Unknown)[] {
  const known = tests.filter((test): test is TestResult => !isUnknown(test))
  const adjusted = adjustPValues(
    known.map(({ log10PValue }) => log10PValue),
    'holm',
  )
  let next = 0
  return tests.map((test) => (isUnknown(test) ? test : adjusted[next++]!.pValue))
}
