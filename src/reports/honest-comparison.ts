/**
 * A bandit's treatments against the control, from scores: what plain comparisons get wrong when shares are learned.
 *
 *     arm     μ̂ₐ = Σψₐ/n with its variance by unit-day, U = Cov(μ̂ₜ, μ̂_c)      ⇒  difference, Fieller's lift, and non-inferiority as everywhere
 *     look    V = max(empirical, pooled)/n² in the normal mixture at V·n²/ρ      gate: 20 events and 20 others an arm, or 100 with a value
 *
 * Values are per draw (per unit under a sticky bandit); a ratio is that of two such values, linearised (bandits/score-pair).
 */
import { headlineOf, type ScoreContrast } from '../bandits/score-contrast.ts'
import { plainOutcomes, type ScoreMoments } from '../bandits/score-moments.ts'
import { type ScorePair, type ScoreQuantity, scorePair } from '../bandits/score-pair.ts'
import { plannedVariance } from '../bandits/score-variance.ts'
import { compareAlwaysValid } from '../stats/always-valid.ts'
import { closedGate, nonZeroUnitsAtLeast, rarerEvents } from '../stats/always-valid-gate.ts'
import type { ArmEstimate, ArmPair } from '../stats/arm-estimate.ts'
import { compareArms } from '../stats/comparison.ts'
import { isUnknown, type Unknown, unknown } from '../stats/estimate.ts'
import type { Moments } from '../stats/moments.ts'
import { type EpochArm, splitArms } from './epoch-arms.ts'
import type { Look } from './look.ts'
import type { JudgedArm, MetricSource } from './metric-report.ts'
import type { PlanProgress } from './report-shape.ts'

export interface Scores {
  readonly cells: readonly ScoreMoments[]
  /** Slots that look forward. */
  readonly slots: number
}

/** What a metric measures of a draw, in stored integers. */
export function quantityOf({ metric, places }: Pick<MetricSource, 'metric' | 'places'>, slots: number): ScoreQuantity {
  const [first, second] = places.values.map((place) => Array.from({ length: slots }, (_, k) => (k === place ? 1 : 0)))
  return metric.kind === 'ratio' ? { kind: 'ratio', numerator: first!, denominator: second! } : { kind: 'sum', slots: first! }
}

/** Every treatment against the control, honest, before anything is corrected. */
export function honestlyJudged(source: MetricSource, arms: readonly EpochArm[], plan: PlanProgress, scores: Scores): readonly JudgedArm[] {
  const { control, treatments } = splitArms(arms)
  const quantity = quantityOf(source, scores.slots)
  return treatments.map((treatment) => {
    const places = { control: arms.indexOf(control), treatment: arms.indexOf(treatment) }
    return { ...judgedPair(source, scores.cells, { places, quantity, plan, arms: arms.length }), arm: treatment.key }
  })
}

interface Asked {
  readonly places: ArmPair<number>
  readonly quantity: ScoreQuantity
  readonly plan: PlanProgress
  readonly arms: number
}

function judgedPair(source: MetricSource, all: readonly ScoreMoments[], asked: Asked): Omit<JudgedArm, 'arm'> {
  const { places, plan } = asked
  const cells = all.filter(({ eligible }) => eligible[places.control] && eligible[places.treatment])
  const pair = scorePair(cells, asked)
  if (isUnknown(pair)) return { judged: { fixed: pair, arms: pair, gate: null }, fixed: pair, look: pair }
  const fixedArms = pairOf(pair, 1)
  const fixed = isUnknown(fixedArms) ? fixedArms : compareArms(fixedArms, { method: 'scores', level: plan.level })
  const { empiricalVariance, pooledVariance } = pair.difference
  const larger = Math.max(1, Math.max(empiricalVariance, pooledVariance) / plannedVariance(pair.difference))
  const anyArms = pairOf(pair, Number.isFinite(larger) ? larger : 1)
  const gate = gateOf(source, cells, asked)
  const look = gate ?? lookOf(anyArms, pair.difference, plan)
  return { judged: { fixed, arms: plan.reached ? fixedArms : anyArms, gate }, fixed, look }
}

/** The any-look test is tightest when the plan's draws have been made: units per arm times arms. */
function lookOf(
  arms: ArmPair<ArmEstimate> | Unknown,
  contrast: ScoreContrast,
  { unitsPerArm, level, arms: planned }: PlanProgress,
): Look | Unknown {
  if (isUnknown(arms)) return arms
  const variance = Math.max(contrast.empiricalVariance, contrast.pooledVariance)
  const plannedVariance = unitsPerArm * planned.length * contrast.evenVariance
  if (!(plannedVariance > 0)) return unknown('no-variance')
  const fraction = variance / plannedVariance
  const comparison = compareAlwaysValid(arms, { level, fraction })
  return isUnknown(comparison) ? comparison : { kind: 'look', fraction, comparison }
}

/** Both arms as estimates, with what they share; their difference has the contrast's variance, `times` over. */
function pairOf({ control, treatment, difference }: ScorePair, times: number): ArmPair<ArmEstimate> | Unknown {
  const effects = [headlineOf(control), headlineOf(treatment), headlineOf(difference)] as const
  const missing = effects.find(isUnknown)
  if (missing) return missing
  const [c, t, d] = effects.map((effect) => (isUnknown(effect) ? 0 : effect.variance)) as [number, number, number]
  // The shared part never takes a whole arm: what it does not explain stays with the arms.
  const shared = Math.max(Math.min((c + t - d) / 2, 0.9 * c, 0.9 * t), -0.9 * Math.min(c, t))
  const own = d / (c + t - 2 * shared)
  const armOf = ({ estimate, units }: ScoreContrast, variance: number): ArmEstimate => ({
    ...{ kind: 'arm', n: units, estimate, variance: (variance - shared) * own * times },
    ...{ degreesOfFreedom: Number.POSITIVE_INFINITY, sharedVariance: shared * times },
  })
  return { control: armOf(control, c), treatment: armOf(treatment, t) }
}

/** Of a ratio, its numerator has to have been seen. */
function gateOf({ metric }: MetricSource, cells: readonly ScoreMoments[], { places, quantity }: Asked): Unknown | null {
  const slots = quantity.kind === 'ratio' ? quantity.numerator : quantity.slots
  const [control, treatment] = [places.control, places.treatment].map((place) => plainMoments(cells, place, slots)) as [Moments, Moments]
  if (metric.kind === 'proportion') {
    const events = ({ n, mean }: Moments) => rarerEvents({ n, events: Math.round(n * mean) })
    return closedGate('conversions', { control: events(control), treatment: events(treatment) })
  }
  return closedGate('non-zero-units', { control: nonZeroUnitsAtLeast(control), treatment: nonZeroUnitsAtLeast(treatment) })
}

/** What the draws of an arm brought, as if they had been allocated without looking. */
export function plainMoments(cells: readonly ScoreMoments[], arm: number, slots: readonly number[]): Moments {
  const { n, sum, sumOfSquares } = plainOutcomes(cells, arm, slots)
  return n === 0 ? { n: 0, mean: 0, m2: 0 } : { n, mean: sum / n, m2: Math.max(0, sumOfSquares - (sum * sum) / n) }
}
