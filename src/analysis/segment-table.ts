/** The effect in every segment, as measured and as believable. */
import type { ArmEstimate, ArmPair } from '../stats/arm-estimate.ts'
import { differenceOfArms } from '../stats/arm-estimate.ts'
import { testEffect } from '../stats/effect-test.ts'
import { type Effect, isUnknown, type Unknown } from '../stats/estimate.ts'
import { segmentsOf } from '../stats/segments.ts'
import type { Estimated, SegmentTable } from './answer-shape.ts'
import { type Pairing, segmentEstimates } from './compare-arms.ts'

/** Unknown when fewer than two segments can be compared. */
export function segmentTable(
  pairing: Pairing,
  { names, level }: { readonly names: readonly string[]; readonly level: number },
): SegmentTable | Unknown {
  const estimates = segmentEstimates(pairing)
  const effects = estimates.map(({ arms }) => effectIn(arms))
  const segments = segmentsOf(effects)
  if (isUnknown(segments)) return segments
  return {
    differ: segments.differ,
    pValue: segments.agreement.pValue,
    rows: names.map((segment, k) => ({
      segment,
      units: estimates[k]!.units,
      raw: estimatedOf(effects[k]!, level),
      shrunk: estimatedOf(segments.shrunk[k]!, level),
    })),
  }
}

function effectIn(arms: ArmPair<ArmEstimate> | Unknown): Effect | Unknown {
  return isUnknown(arms) ? arms : differenceOfArms(arms)
}

function estimatedOf(effect: Effect | Unknown, level: number): Estimated | Unknown {
  if (isUnknown(effect)) return effect
  const { estimate, interval } = testEffect(effect, { level })
  return { estimate, low: interval.low, high: interval.high }
}
