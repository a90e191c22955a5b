/**
 * A bandit's treatments against the control, from scores: what plain comparisons get wrong when shares are learned.
 *
 *     arm     μ̂ₐ = Σψₐ/n with its variance by unit-day, U = Cov(μ̂ₜ, μ̂_c)      ⇒  difference, Fieller's lift, and non-inferiority as everywhere
 *     look    V = max(empirical, pooled)/n² in the normal mixture at V·n²/ρ      gate: 20 events and 20 others an arm, or 100 with a value
 *
 * Values are per draw (per unit under a sticky bandit). A ratio is no sum over draws: unknown, until its two sums are compared together.
 */
import { armAgainst, contrastOf, headlineOf, type ScoreContrast } from '../bandits/score-contrast.ts'
import { plainOutcomes, type ScoreMoments } from '../bandits/score-moments.ts'
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

/** Coefficients of a metric's slot, in stored integers; null for a ratio. */
export function slotOf({ metric, places }: Pick<MetricSource, 'metric' | 'places'>, slots: number): readonly number[] | null {
  return metric.kind === 'ratio' ? null : Array.from({ length: slots }, (_, k) => (k === places.values[0] ? 1 : 0))
}

/** Every treatment against the control, honest, before anything is corrected. */
export function honestlyJudged(source: MetricSource, arms: readonly EpochArm[], plan: PlanProgress, scores: Scores): readonly JudgedArm[] {
  const { control, treatments } = splitArms(arms)
  const slots = slotOf(source, scores.slots)
  return treatments.map((treatment) => {
    if (!slots) return unknownArm(treatment.key, unknown('no-information'))
    const places = { control: arms.indexOf(control), treatment: arms.indexOf(treatment) }
    return { ...judgedPair(source, scores.cells, { places, slots, plan, arms: arms.length }), arm: treatment.key }
  })
}

interface Asked {
  readonly places: ArmPair<number>
  readonly slots: readonly number[]
  readonly plan: PlanProgress
  readonly arms: number
}

function judgedPair(source: MetricSource, all: readonly ScoreMoments[], asked: Asked): Omit<JudgedArm, 'arm'> {
  const { places, slots, plan, arms } = asked
  const cells = all.filter(({ eligible }) => eligible[places.control] && eligible[places.treatment])
  const only = (place: number) => contrastOf(cells, { arms: Array.from({ length: arms }, (_, arm) => (arm === place ? 1 : 0)), slots })
  const contrast = contrastOf(cells, { arms: armAgainst(arms, places), slots })
  const [control, treatment] = [only(places.control), only(places.treatment)]
  if (isUnknown(contrast)) return unknownArm('', contrast)
  if (isUnknown(control) || isUnknown(treatment)) return unknownArm('', unknown('no-overlap'))
  const fixedArms = pairOf({ control, treatment }, contrast, 1)
  const fixed = isUnknown(fixedArms) ? fixedArms : compareArms(fixedArms, { method: 'scores', level: plan.level })
  const larger = Math.max(1, contrast.pooledVariance / contrast.empiricalVariance)
  const anyArms = pairOf({ control, treatment }, contrast, Number.isFinite(larger) ? larger : 1)
  const gate = gateOf(source, cells, asked)
  const look = gate ?? lookOf(anyArms, contrast, plan)
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
function pairOf({ control, treatment }: ArmPair<ScoreContrast>, contrast: ScoreContrast, times: number): ArmPair<ArmEstimate> | Unknown {
  const effects = [headlineOf(control), headlineOf(treatment), headlineOf(contrast)] as const
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

function gateOf({ metric }: MetricSource, cells: readonly ScoreMoments[], { places, slots }: Asked): Unknown | null {
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

function unknownArm(arm: string, because: Unknown): JudgedArm {
  return { arm, judged: { fixed: because, arms: because, gate: null }, fixed: because, look: because }
}
