/**
 * Evidence: what an arm has learned, aged and added up, before anybody weighs one outcome against another.
 *
 *     n = Σγn_b      A = ΣγA_b      B = ΣγB_b      C = ΣγC_b          γ as in aging; numbers in the units of decision-moments
 *
 * A snapshot keeps it beside its models, so that other weights can be asked about afterwards: `modelsOf` it (epoch-posterior) is what would have
 * served with them, bit for bit. Without memory the sums are whole numbers, added as such first.
 */

import { ageWeight } from './aging.ts'
import { type DecisionMoments, mergeDecisions, triangle } from './decision-moments.ts'

/** Of one arm; plain numbers, which survive JSON bit for bit. */
export interface ArmEvidence {
  readonly features: number
  readonly outcomes: number
  readonly n: number
  /** d(d+1)/2. */
  readonly a: readonly number[]
  /** d·m. */
  readonly b: readonly number[]
  /** m(m+1)/2. */
  readonly c: readonly number[]
}

/** Moments of one arm on one day; days are numbered in time. */
export interface DayMoments {
  readonly day: number
  readonly moments: DecisionMoments
}

export interface EvidenceRule {
  readonly features: number
  readonly outcomes: number
  /** False: every request is alike, and of x only the intercept is kept. */
  readonly context: boolean
  /** The newest day that anything is known of. */
  readonly now: number
  /** In days, ≥ 1; Infinity forgets nothing. */
  readonly memory: number
  /** Days that count, the newest included; Infinity for all. */
  readonly window: number
}

/** The evidence of one arm, at most one entry a day, in any order. */
export function armEvidence(days: readonly DayMoments[], rule: EvidenceRule): ArmEvidence {
  const { now, memory } = rule
  const counted = days.filter(({ day }) => ageWeight(now - day, rule) > 0).sort((a, b) => a.day - b.day)
  if (counted.length === 0) return kept(nothing(rule), rule)
  if (memory === Number.POSITIVE_INFINITY) return kept(numbersOf(counted.map(({ moments }) => moments).reduce(mergeDecisions)), rule)
  return kept(counted.map(({ day, moments }) => times(numbersOf(moments), ageWeight(now - day, rule))).reduce(plus), rule)
}

function numbersOf({ features, outcomes, n, a, b, c }: DecisionMoments): ArmEvidence {
  return { features, outcomes, n: Number(n), a: a.map(Number), b: b.map(Number), c: c.map(Number) }
}

function nothing({ features, outcomes }: EvidenceRule): ArmEvidence {
  const zeros = (count: number) => new Array<number>(count).fill(0)
  return { features, outcomes, n: 0, a: zeros(triangle(features)), b: zeros(features * outcomes), c: zeros(triangle(outcomes)) }
}

function times({ features, outcomes, n, a, b, c }: ArmEvidence, factor: number): ArmEvidence {
  const scaled = (values: readonly number[]) => values.map((value) => factor * value)
  return { features, outcomes, n: factor * n, a: scaled(a), b: scaled(b), c: scaled(c) }
}

function plus(one: ArmEvidence, other: ArmEvidence): ArmEvidence {
  const both = (left: readonly number[], right: readonly number[]) => left.map((value, i) => value + right[i]!)
  return { ...one, n: one.n + other.n, a: both(one.a, other.a), b: both(one.b, other.b), c: both(one.c, other.c) }
}

function kept(evidence: ArmEvidence, { context, outcomes }: EvidenceRule): ArmEvidence {
  return context ? evidence : { ...evidence, features: 1, a: evidence.a.slice(0, 1), b: evidence.b.slice(0, outcomes) }
}
