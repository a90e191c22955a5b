/** How long an epoch's bandit should remember, by evidence (memory-choice): every ended day foretold by those before it. */
import { type ArmDay, partsOf } from './epoch-parts.ts'
import { interceptOf, type LearningRule, newestOf } from './epoch-posterior.ts'
import { sharesOf } from './matured-models.ts'
import { maturedMoments } from './matured-moments.ts'
import { bestMemoryOf, openMemoryChooser } from './memory-choice.ts'

/** The longest chain of days that is looked through for the best memory. */
const EVIDENCE_DAYS = 120

/**
 * The memory under which every ended day was foretold best, in days; Infinity until there is evidence for less. The newest day goes on.
 * Young days count for what they could show, or each would look like a slump; classes of maturity add their evidence up.
 */
export function bestMemory(days: readonly ArmDay[], rule: Omit<LearningRule, 'memory' | 'window'>): number {
  if (days.length === 0) return Number.POSITIVE_INFINITY
  const now = newestOf(days)
  const first = Math.max(
    days.reduce((least, { day }) => Math.min(least, day), now),
    now - EVIDENCE_DAYS,
  )
  const { parts, classes } = partsOf(days, rule.arms, rule.observed)
  const everything = rule.weights.map((_, slot) => slot)
  const whole = { now, memory: Number.POSITIVE_INFINITY, window: Number.POSITIVE_INFINITY, features: rule.features }
  const evidence = (classes ?? [everything]).flatMap((slots, at) => {
    const weights = sharesOf(rule.weights, slots)
    if (weights.every((weight) => weight === 0)) return []
    const chooser = openMemoryChooser(rule.context ? rule.features : 1, rule.arms)
    for (let day = first; day < now; day++) {
      const today = parts.filter((part) => part.day === day)
      chooser.push(
        Array.from({ length: rule.arms }, (_, arm) => {
          const own = today.filter((part) => part.arm === arm)
          const moments = maturedMoments(own, weights, { ...whole, classAt: at })
          return rule.context ? moments : interceptOf(moments)
        }),
      )
    }
    return [chooser.evidence()]
  })
  return bestMemoryOf(evidence.reduce((sum, more) => sum.map((one, i) => one + more[i]!)))
}
