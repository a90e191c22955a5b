/**
 * Evidence: what an arm has learned, aged and added up, before anybody weighs one outcome against another.
 *
 *     n = Σγn_b      A = ΣγA_b      B = ΣγB_b      C = ΣγC_b          γ as in aging; numbers in the units of decision-moments
 *     and for each class of maturity n = ΣγGn_b, A = ΣγGA_b           G the share that has come (delay-classes)
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
  /** By class of maturity, the quickest first; left out when everything counts as come. */
  readonly matured?: readonly MaturedSums[]
}

/** n and A as a class counts them. */
export interface MaturedSums {
  /** Outcomes of the class, by their position in y. */
  readonly slots: readonly number[]
  readonly n: number
  readonly a: readonly number[]
}

/** Moments of one arm on one day, or a part of it; days are numbered in time. */
export interface DayMoments {
  readonly day: number
  readonly moments: DecisionMoments
  /** G by class. */
  readonly arrived: readonly number[]
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
  /** Slots by class of maturity; null when everything counts as come. */
  readonly classes: readonly (readonly number[])[] | null
}

/** Below this share a decision has shown next to nothing. */
const ARRIVED_MIN = 1e-6

/** The evidence of one arm, its days in the order of time. */
export function armEvidence(days: readonly DayMoments[], rule: EvidenceRule): ArmEvidence {
  const came = asItCame(days, rule)
  if (!rule.classes) return came
  const matured = rule.classes.map((slots, k) => ({ slots, ...maturedSums(days, k, rule) }))
  return { ...came, matured }
}

function asItCame(days: readonly DayMoments[], rule: EvidenceRule): ArmEvidence {
  const { now, memory } = rule
  const counted = days.filter(({ day }) => ageWeight(now - day, rule) > 0)
  if (counted.length === 0) return kept(nothing(rule), rule)
  if (memory === Number.POSITIVE_INFINITY) return kept(numbersOf(counted.map(({ moments }) => moments).reduce(mergeDecisions)), rule)
  return kept(counted.map(({ day, moments }) => times(numbersOf(moments), ageWeight(now - day, rule))).reduce(plus), rule)
}

/** What has wholly come is added as whole numbers where nothing is forgotten. */
function maturedSums(days: readonly DayMoments[], k: number, rule: EvidenceRule): { readonly n: number; readonly a: readonly number[] } {
  const isRipe = ({ arrived }: DayMoments) => arrived[k] === 1
  const size = triangle(rule.context ? rule.features : 1)
  const whole = asItCame(days.filter(isRipe), rule)
  const a = whole.a.slice(0, size)
  let { n } = whole
  for (const part of days) {
    const weight = ageWeight(rule.now - part.day, rule)
    if (weight === 0 || isRipe(part)) continue
    const share = weight * Math.max(part.arrived[k]!, ARRIVED_MIN)
    n += share * Number(part.moments.n)
    for (let i = 0; i < size; i++) a[i] = a[i]! + share * Number(part.moments.a[i]!)
  }
  return { n, a }
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
