/**
 * The cluster-robust error of a difference of event-level means, by unit: what a regression on events with clustered errors prints.
 *
 *     CR0   V = Σ_a V_a·(n_a − 1)/n_a           V_a: the delta method's variance of the ratio of arm a
 *     CR1   CR0 · G/(G − 1) · (N − 1)/(N − 2)   G units, N events, two coefficients
 *
 * The same estimate as a ratio metric; here for comparison with regression tools. The delta method is the default.
 * @see Liang & Zeger (1986), doi:10.1093/biomet/73.1.13; Deng, Knoblich & Lu (2018), doi:10.1145/3219819.3219919
 */
import type { ArmPair } from './arm-estimate.ts'
import { type Effect, effectOf, isUnknown, type Unknown } from './estimate.ts'
import type { JointMoments } from './pair-moments.ts'
import { armRatioOf } from './ratio.ts'

/** Joint moments are of (sum over the unit's events, number of events) per unit. */
export function clusterRobustDifference(
  { control, treatment }: ArmPair<JointMoments>,
  { correction }: { readonly correction: 'CR0' | 'CR1' },
): Effect | Unknown {
  const c = armRatioOf(control)
  if (isUnknown(c)) return c
  const t = armRatioOf(treatment)
  if (isUnknown(t)) return t
  const plain = (c.variance * (c.n - 1)) / c.n + (t.variance * (t.n - 1)) / t.n
  const units = c.n + t.n
  const events = c.n * control.mean[1]! + t.n * treatment.mean[1]!
  const factor = correction === 'CR0' ? 1 : ((units / (units - 1)) * (events - 1)) / (events - 2)
  return effectOf(t.estimate - c.estimate, plain * factor, units - 2)
}
