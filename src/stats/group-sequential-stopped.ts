/**
 * What a stopped group-sequential test found: p-value, estimate and interval that know of the looks.
 *
 * An experiment that stops early stops on a high estimate, so the plain one is too high. Outcomes are ordered by stage: leaving upwards
 * earlier is more extreme than later, and at one look a larger Z than a smaller.
 *
 *     P_θ(at least as extreme) = Σ_{j<k} P_θ(exit upwards at j) + P_θ(inside until k, Z ≥ zₖ)
 *     p from θ = 0; estimate and interval where it is ½, α/2 and 1 − α/2; Δ = θ·√(tₖ·Vₖ)
 *
 * @see Siegmund (1978), doi:10.1093/biomet/65.2.341; Tsiatis, Rosner & Mehta (1984), doi:10.2307/2530924
 */
import { assert } from './assert.ts'
import { type Effect, type Interval, intervalOf, pValueOfLog } from './estimate.ts'
import { goOn, type Look, startWalk, upperExit } from './group-sequential-walk.ts'
import { normalScore } from './normal-score.ts'
import { rootByBracket } from './root.ts'

export interface StoppedTest {
  readonly kind: 'stopped-test'
  /** Median-unbiased: as often too high as too low. */
  readonly estimate: number
  readonly interval: Interval
  readonly level: number
  /** Two-sided. */
  readonly pValue: number
  readonly log10PValue: number
}

/** Drifts this many standard deviations off the final statistic bracket every interval. */
const REACH = 12

/** Inference at the last of the given looks, where the test stopped (or ended). Bounds of that look itself do not matter. */
export function stoppedTest(looks: readonly Look[], effect: Effect, { level }: { readonly level: number }): StoppedTest {
  const last = looks.at(-1)
  assert(last !== undefined, 'a test stops at a look')
  const z = normalScore(effect.estimate / Math.sqrt(effect.variance), effect.degreesOfFreedom)
  const probability = (drift: number): number => atLeastAsExtreme(looks, z, drift)
  const centre = z / Math.sqrt(last.fraction)
  const reach = REACH / Math.sqrt(last.fraction)
  const scale = Math.sqrt(last.fraction * effect.variance)
  const where = (share: number): number =>
    scale * rootByBracket((drift) => probability(drift) - share, { low: centre - reach, high: centre + reach })
  const upwards = probability(0)
  // downwards the mirrored walk keeps the digits that 1 − P would lose
  const downwards = atLeastAsExtreme(looks.map(mirrored), -z, 0)
  return {
    kind: 'stopped-test',
    estimate: where(0.5),
    interval: intervalOf(where((1 - level) / 2), where((1 + level) / 2)),
    level,
    ...pValueOfLog(Math.log(Math.min(1, 2 * Math.min(upwards, downwards)))),
  }
}

function atLeastAsExtreme(looks: readonly Look[], z: number, drift: number): number {
  let walk = startWalk(drift)
  let sum = 0
  for (const [k, look] of looks.entries()) {
    if (k === looks.length - 1) return sum + upperExit(walk, look.fraction, z)
    sum += upperExit(walk, look.fraction, look.upper)
    walk = goOn(walk, look, looks[k + 1]!.fraction)
  }
  return sum
}

function mirrored({ fraction, lower, upper }: Look): Look {
  return { fraction, lower: -upper, upper: -lower }
}
