/**
 * A model of rewards for logs that bring none: the mean reward of each arm, drawn towards a prior, cross-fitted.
 *
 *     m̂(a) = (Σr + s₀)/(n_a + n₀)                      all rows
 *     m̂_f(a)                                            the same without fold f: what rows of fold f are told
 *     e = n·π̄(a)/(n_a + n₀)·(r − m̂(a))                 what a row of arm a does to Σ_a π̄(a)·m̂(a), the value that DM reads off
 *
 * A row must not be explained by a model that has seen it: DR would then be a little too sure. With one fold the model is fitted in
 * sample, as published figures often are. Sums by (fold, arm) merge in any order.
 * @see Chernozhukov et al. (2018), doi:10.1111/ectj.12097
 */
import { assert } from '../stats/assert.ts'

/** Σr and n by fold and arm; an arm beyond the end of a list was never played. */
export interface ArmSums {
  readonly counts: readonly (readonly number[])[]
  readonly rewards: readonly (readonly number[])[]
}

export interface ArmSumsFold {
  add(row: { readonly fold: number; readonly arm: number; readonly reward: number }): void
  sums(): ArmSums
}

/** s₀ in n₀ rows, the same for every arm. */
export interface Prior {
  readonly reward: number
  readonly rows: number
}

export interface ArmModel {
  /** n_a over all folds. */
  count(arm: number): number
  /** m̂ as a row of this fold is told. */
  predict(arm: number, fold: number): number
  /** How strongly m̂(a) hangs on one row: 1/(n_a + n₀). */
  sway(arm: number): number
}

/** Opens empty sums. */
export function openArmSums(folds: number): ArmSumsFold {
  assert(Number.isSafeInteger(folds) && folds >= 1, `there is at least one fold, got ${folds}`)
  const counts = Array.from({ length: folds }, () => [] as number[])
  const rewards = Array.from({ length: folds }, () => [] as number[])
  return {
    add({ fold, arm, reward }) {
      const [n, sum] = [counts[fold]!, rewards[fold]!]
      while (n.length <= arm) {
        n.push(0)
        sum.push(0)
      }
      n[arm]! += 1
      sum[arm]! += reward
    },
    sums: () => ({ counts, rewards }),
  }
}

/** Sums of two disjoint logs with the same folds. */
export function mergeArmSums(a: ArmSums, b: ArmSums): ArmSums {
  assert(a.counts.length === b.counts.length, 'sums with different folds do not merge')
  return {
    counts: a.counts.map((list, fold) => added(list, b.counts[fold]!)),
    rewards: a.rewards.map((list, f) => added(list, b.rewards[f]!)),
  }
}

/** The model of arms 0 … arms−1. */
export function armModel({ counts, rewards }: ArmSums, { arms, prior }: { readonly arms: number; readonly prior: Prior }): ArmModel {
  const inSample = counts.length === 1
  const without = (lists: ArmSums['counts'], fold: number): readonly number[] =>
    totals(
      lists.filter((_, other) => inSample || other !== fold),
      arms,
    )
  const all = totals(counts, arms)
  const predictions = counts.map((_, fold) => {
    const [n, sum] = [without(counts, fold), without(rewards, fold)]
    return n.map((count, arm) => (sum[arm]! + prior.reward) / (count + prior.rows))
  })
  return {
    count: (arm) => all[arm]!,
    predict: (arm, fold) => predictions[fold]![arm]!,
    sway: (arm) => 1 / (all[arm]! + prior.rows),
  }
}

function totals(lists: readonly (readonly number[])[], arms: number): readonly number[] {
  return Array.from({ length: arms }, (_, arm) => lists.reduce((sum, list) => sum + (list[arm] ?? 0), 0))
}

function added(a: readonly number[], b: readonly number[]): readonly number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0))
}
