/**
 * Non-inferiority at every look: the contrast of the margin, t − (1 ± m)·c, tested by the normal mixture.
 *
 *     holds        z ≥ critical      breached     z ≤ −critical      z and critical of the always-valid test of two sides
 *
 * With the degrees of freedom of t − c it agrees with the always-valid interval of the lift: a margin holds exactly when it lies outside
 * that interval on the far side. p is that of "worse by more than the margin", 1 when the estimate is.
 * @see Johari et al. (2022), doi:10.1287/opre.2021.2135; method of the margin as in `non-inferiority.ts`
 */
import { type Monitoring, testAlwaysValid } from './always-valid.ts'
import type { ArmEstimate, ArmPair } from './arm-estimate.ts'
import { isUnknown, type Unknown } from './estimate.ts'
import { excessOverMargin, type NonInferiorityOptions } from './non-inferiority.ts'

export interface NonInferiorityAtAnyLook {
  readonly kind: 'non-inferiority-at-any-look'
  readonly pValue: number
  readonly log10PValue: number
  readonly nonInferior: boolean
  /** Shown to be worse by more than the margin. */
  readonly inferior: boolean
}

/** Tests the margin at this moment; `level` is that of the two-sided interval. */
export function testNonInferiorityAtAnyLook(
  arms: ArmPair<ArmEstimate>,
  { margin, direction = 'increase' }: Pick<NonInferiorityOptions, 'margin' | 'direction'>,
  { level, fraction }: Pick<Monitoring, 'level' | 'fraction'>,
): NonInferiorityAtAnyLook | Unknown {
  const effect = excessOverMargin(arms, { margin, direction, reference: 'difference' })
  if (isUnknown(effect)) return effect
  const { z, critical, pValue, log10PValue } = testAlwaysValid(effect, { level, fraction })
  return {
    kind: 'non-inferiority-at-any-look',
    ...(z > 0 ? { pValue, log10PValue } : { pValue: 1, log10PValue: 0 }),
    nonInferior: z >= critical,
    inferior: z <= -critical,
  }
}
