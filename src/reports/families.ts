/**
 * Which tests of a report are corrected together.
 *
 *     primary metric    its treatments                            decides the verdict
 *     other metrics     metric × treatment, one family            guardrails are judged by their margins besides
 *     money             the treatments, currency by currency      has no status
 */
import { type Corrected, correctFamily } from '../stats/corrected-status.ts'
import { isUnknown } from '../stats/estimate.ts'
import type { Compared } from './contrast.ts'

type CorrectedRow = readonly (Corrected | null)[]

/** Corrected p-values of the treatments of every metric; the first one is the primary metric. */
export function correctMetrics(metrics: readonly (readonly Compared[])[]): readonly CorrectedRow[] {
  const [primary = [], ...others] = metrics
  const together = correctCompared(others.flat())
  const treatments = primary.length
  return [correctCompared(primary), ...others.map((_, i) => together.slice(i * treatments, (i + 1) * treatments))]
}

/** Corrects treatments that are a family of their own. */
export function correctCompared(compared: readonly Compared[]): CorrectedRow {
  return correctFamily(compared.map(({ fixed }) => (isUnknown(fixed) ? null : fixed.difference)))
}
