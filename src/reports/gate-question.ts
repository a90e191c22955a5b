/**
 * What the gate asks: a contrast of two sides, by reward or by a guardrail with its margin.
 *
 *     reward       arm − the other                       guardrail   V_a − (1−δ)·V_0, and where less is better −V_a + (1+δ)·V_0
 *
 * Below 0 is always bad. A side may be what the bandit itself chose (its stratum) instead of an arm. Ratios are no sums over decisions: they are not
 * guarded here.
 */
import type { ThompsonAllocation } from '../experiments/allocation.ts'
import type { EpochSettings } from '../experiments/experiment.ts'
import type { Gates } from '../experiments/gate.ts'
import type { Metric } from '../experiments/metric.ts'
import { slotsOf } from '../experiments/slot.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import { type GateScores, type GateTestResult, gateTest, type StratumWeights } from './gate-test.ts'
import { minorExponentOf, toMajor } from './measure.ts'

export interface GateSource {
  readonly settings: Pick<EpochSettings, 'arms' | 'guardrails' | 'plan'>
  /** As they were frozen. */
  readonly metrics: readonly Metric[]
  /** Of the reward, by slot that looks forward, as the experiment has them now. */
  readonly weights: readonly number[]
  readonly level: number
  readonly promote: boolean
  readonly allocation: Pick<ThompsonAllocation, 'floor' | 'uniformShare'>
  readonly armIds: readonly number[]
  /** What stands already; null when nothing does. */
  readonly gates: Gates | null
  /** By arm: the first day whose decisions count, after a person's word; null: all. */
  readonly fromDays: readonly (number | null)[]
  /** The first day whose decisions count for harm of the whole: after the last action; null: all. */
  readonly harmFromDay: number | null
  readonly scores: GateScores
}

/** A test with what it was about. */
export interface GateTest extends Omit<GateTestResult, 'kind'> {
  /** `reward`, or the key of a guardrail's metric. */
  readonly of: string
  /** Null: what the bandit itself chose. */
  readonly arm: string | null
  readonly against: string
  /** The guardrail's; of the reward, the floor. */
  readonly margin?: number
  /** Days since 1970, where not all decisions count. */
  readonly fromDay?: number
}

/** What is compared: Σ slots·y, of which the other side has to be kept up to this factor. */
export interface Asked {
  readonly of: string
  readonly slots: readonly number[]
  readonly keep: number
  readonly margin?: number
  /** Whether the bandit itself starves the side that loses, as it does by reward. */
  readonly starves: boolean
}

export interface Sides {
  readonly arm: number | null
  readonly against: number
  readonly side: 'below' | 'above'
}

/** The reward, as the objectives weigh it now. */
export function rewardOf({ weights }: GateSource): Asked {
  return { of: 'reward', slots: weights, keep: 1, starves: true }
}

/** The guardrails that can be watched. */
export function guardsOf({ settings, metrics }: GateSource): readonly Asked[] {
  const slots = slotsOf(metrics).filter(({ daysBefore }) => daysBefore === null)
  return (settings.guardrails ?? []).flatMap(({ metric: key, margin }) => {
    const metric = metrics.find((one) => one.key === key)!
    if (metric.kind === 'ratio') return []
    const sign = metric.direction === 'increase' ? 1 : -1
    const unit = sign * toMajor(1, minorExponentOf(metric))
    return [{ of: key, margin, slots: slots.map((slot) => (slot.metric === key ? unit : 0)), keep: 1 - sign * margin, starves: false }]
  })
}

/** The test of one side against an arm; α is shared by so many comparisons. */
export function ask(source: GateSource, asked: Asked & Sides, comparisons: number): GateTest | Unknown {
  const { of, slots, keep, margin, arm, against, side, starves } = asked
  const { settings, scores, level, fromDays, harmFromDay, allocation } = source
  const { arms, plan } = settings
  const coefficients = arms.map((_, place) => (place === arm ? 1 : place === against ? -keep : 0))
  const days = [arm, against].flatMap((place) => (place === null ? harmFromDay : fromDays[place]) ?? [])
  const fromDay = days.length > 0 ? Math.max(...days) : null
  const strata =
    arm === null ? { uniform: 0, bandit: 1 } : starves ? starvedStrata(arms.length, allocation.floor) : { uniform: 1, bandit: 1 }
  const planned = (1 - allocation.uniformShare) * (strata.bandit ** 2 / allocation.floor) + allocation.uniformShare * strata.uniform ** 2
  const result = gateTest(
    scores,
    { arms: coefficients, realised: arm === null ? 1 : 0, strata, slots, fromDay },
    { level, comparisons, side, plannedDecisions: plan.unitsPerArm * arms.length, plannedInversePropensity: arms.length * planned },
  )
  if (isUnknown(result)) return result
  const { kind: _, ...numbers } = result
  return {
    ...{ of, arm: arm === null ? null : arms[arm]!.key, against: arms[against]!.key },
    ...(margin === undefined ? {} : { margin }),
    ...(fromDay === null ? {} : { fromDay }),
    ...numbers,
  }
}

/** What a decision tells of an arm that is drawn at its floor beside a leader, against one that is drawn evenly. Fixed with the epoch. */
function starvedStrata(arms: number, floor: number): StratumWeights {
  const starved = arms / floor + 1 / (1 - floor + floor / arms)
  return { uniform: 1, bandit: (2 * arms) / starved }
}

/** The test, when it shows that the side is worse; null otherwise. With a margin also the test without it has to, for a margin of a negative figure would be a demand. */
export function shownWorse(source: GateSource, sides: Asked & Omit<Sides, 'side'>, comparisons: number): GateTest | null {
  const asked = { ...sides, side: 'below' } as const
  const test = ask(source, asked, comparisons)
  if (isUnknown(test) || test.direction !== 'below') return null
  if (asked.keep === 1) return test
  const plain = ask(source, { ...asked, keep: 1 }, comparisons)
  return !isUnknown(plain) && plain.direction === 'below' ? test : null
}
