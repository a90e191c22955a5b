/**
 * How long an epoch's bandit should remember, by evidence (memory-choice): every ended day foretold by those before it.
 *
 * A chain of 120 days with four arms and sixteen features costs a tenth of a second. So the chain is kept, and goes on from the first day whose
 * moments or maturity are others than before: the same number as from scratch, in a few milliseconds.
 */
import { type ArmDay, partsOf } from './epoch-parts.ts'
import { interceptOf, type LearningRule, newestOf } from './epoch-posterior.ts'
import { sharesOf } from './matured-models.ts'
import { type MaturePart, maturedMoments } from './matured-moments.ts'
import { bestMemoryOf, type MemoryState, noMemory, remembered } from './memory-choice.ts'

/** The longest chain of days that is looked through for the best memory. */
const EVIDENCE_DAYS = 120

export type MemoryRule = Omit<LearningRule, 'memory' | 'window'>

/**
 * The memory under which every ended day was foretold best, in days; Infinity until there is evidence for less. The newest day goes on.
 * Young days count for what they could show, or each would look like a slump; classes of maturity add their evidence up.
 */
export type BestMemory = (days: readonly ArmDay[], rule: MemoryRule) => number

/** From scratch. */
export const bestMemory: BestMemory = (days, rule) => openBestMemory()(days, rule)

interface Link {
  readonly day: number
  readonly parts: readonly MaturePart[]
  readonly state: MemoryState
}

/** For one epoch, keeping what it went through. */
export function openBestMemory(): BestMemory {
  let chains = new Map<string, readonly Link[]>()
  return (days, rule) => {
    if (days.length === 0) return Number.POSITIVE_INFINITY
    const now = newestOf(days)
    const first = Math.max(
      days.reduce((least, { day }) => Math.min(least, day), now),
      now - EVIDENCE_DAYS,
    )
    const { parts, classes } = partsOf(days, rule.arms, rule.observed)
    const byDay = Array.from({ length: now - first }, () => [] as MaturePart[])
    for (const part of parts) byDay[part.day - first]?.push(part)
    const next = new Map<string, readonly Link[]>()
    const everything = rule.weights.map((_, slot) => slot)
    for (const [at, slots] of (classes ?? [everything]).entries()) {
      const weights = sharesOf(rule.weights, slots)
      if (weights.every((weight) => weight === 0)) continue
      const name = JSON.stringify([weights, at, rule.context, rule.features, rule.arms])
      next.set(name, chainOf(byDay, { first, at, now, weights, rule, known: chains.get(name) ?? [] }))
    }
    chains = next
    const evidence = [...next.values()].map((chain) => chain.at(-1)?.state.evidence).filter((one) => one !== undefined)
    if (evidence.length === 0) return Number.POSITIVE_INFINITY
    return bestMemoryOf(evidence.reduce((sum, more) => sum.map((one, i) => one + more[i]!)))
  }
}

interface Chain {
  readonly first: number
  /** Class of maturity. */
  readonly at: number
  readonly now: number
  readonly weights: readonly number[]
  readonly rule: MemoryRule
  readonly known: readonly Link[]
}

function chainOf(byDay: readonly (readonly MaturePart[])[], { first, at, now, weights, rule, known }: Chain): readonly Link[] {
  const whole = { now, memory: Number.POSITIVE_INFINITY, window: Number.POSITIVE_INFINITY, features: rule.features, classAt: at }
  const chain: Link[] = []
  let state = noMemory(rule.context ? rule.features : 1, rule.arms)
  let isSame = true
  byDay.forEach((parts, i) => {
    const link = known[i]
    isSame &&= link !== undefined && link.day === first + i && areSame(link.parts, parts, at)
    if (isSame) state = link!.state
    else {
      const bucket = Array.from({ length: rule.arms }, (_, arm) => {
        const own = parts.filter((part) => part.arm === arm)
        const moments = maturedMoments(own, weights, whole)
        return rule.context ? moments : interceptOf(moments)
      })
      state = remembered(state, bucket)
    }
    chain.push({ day: first + i, parts, state })
  })
  return chain
}

function areSame(before: readonly MaturePart[], now: readonly MaturePart[], at: number): boolean {
  return (
    before.length === now.length &&
    now.every(({ arm, moments, arrived }, i) => {
      const other = before[i]!
      return other.arm === arm && other.moments === moments && other.arrived[at] === arrived[at]
    })
  )
}
