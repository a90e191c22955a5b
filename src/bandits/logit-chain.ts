/**
 * The chain of a logistic bandit: what one day leaves behind is what the next one starts from.
 *
 *     day t:   F ← γᵍ·F    f ← γᵍ·f                      what was learned fades, g days after the one before
 *              Λ = Λ₀ + Fₐ    Λθ = Λ₀θ₀ + fₐ              (Λ₀, θ₀): the prior, from all arms up to that day
 *              (Fₐ, fₐ) += what the day's cells of arm a add (logit-fit)
 *     prior:   θ₀ = (logit r, 0, …)    Λ₀ = n₀·r(1 − r)·diag(x²̄)    r the rate of all arms, n₀ worth five events (beta-bernoulli)
 *
 * The prior is not part of what is carried on, so that it may be that of everything seen when the belief is read. Days are taken in their order,
 * cells in theirs: whoever has the same cells has the same bits, whatever order they were folded in.
 */

import type { Pieces } from '../stats/pieces.ts'
import { priorTrials } from './beta-bernoulli.ts'
import { COARSE_STEPS } from './coarse-features.ts'
import { type LogitCells, logitFactor, type NaturalGaussian } from './logit-fit.ts'

/** All numbers age. Never changed, so that a chain of them can be kept. */
export interface LogitState {
  /** By arm, without the prior. */
  readonly learned: readonly NaturalGaussian[]
  /** Of all arms together. */
  readonly trials: number
  readonly successes: number
  /** Σ m·x², by feature. */
  readonly squares: Float64Array
}

/** Half a success in one trial more: the rate of the prior is never 0 or 1. */
const HALF = 0.5
/** A feature that was hardly seen is held at 0 as if it had been seen this often. */
const UNSEEN = 1e-3

export function noLogits(features: number, arms: number): LogitState {
  const learned = Array.from({ length: arms }, () => ({
    precision: new Float64Array(features * features),
    pull: new Float64Array(features),
  }))
  return { learned, trials: 0, successes: 0, squares: new Float64Array(features) }
}

/** After one day more, `factor` = γᵍ after the one before; cells by arm. Null when a belief is no Gaussian any more. */
export function* learnedDay(before: LogitState, factor: number, day: readonly LogitCells[]): Pieces<LogitState | null> {
  const squares = before.squares.map((value) => factor * value)
  let trials = factor * before.trials
  let successes = factor * before.successes
  for (const cells of day) {
    for (let cell = 0, from = 0; cell < cells.trials.length; cell++, from += cells.features) {
      const m = cells.trials[cell]!
      trials += m
      successes += cells.successes[cell]!
      for (let i = 0; i < cells.features; i++) squares[i] = squares[i]! + m * (cells.x[from + i]! / COARSE_STEPS) ** 2
    }
  }
  const aged = { ...before, trials, successes, squares }
  const prior = logitPrior(aged)
  const learned: NaturalGaussian[] = []
  for (const [arm, { precision, pull }] of before.learned.entries()) {
    const kept = { precision: precision.map((value) => factor * value), pull: pull.map((value) => factor * value) }
    const cells = day[arm]!
    const added = cells.trials.length === 0 ? null : logitFactor(cells, sumOf(prior, kept))
    if (cells.trials.length > 0 && !added) return null
    learned.push(added ? sumOf(kept, added) : kept)
    yield
  }
  return { ...aged, learned }
}

/** The belief about an arm: the prior and what was learned. */
export function logitBelief(state: LogitState, arm: number): NaturalGaussian {
  return sumOf(logitPrior(state), state.learned[arm]!)
}

/** Of every arm: what all of them together look like, worth five events. */
function logitPrior({ trials, successes, squares, learned }: LogitState): NaturalGaussian {
  const d = squares.length
  const shown = Math.max(trials, successes)
  const rate = (successes + HALF) / (shown + 1)
  const rows = priorTrials({ trials: shown + 1, successes: successes + HALF }, learned.length)
  const precision = new Float64Array(d * d)
  for (let i = 0; i < d; i++) {
    const seen = trials > 0 ? squares[i]! / trials : 0
    precision[i * d + i] = rows * rate * (1 - rate) * Math.max(seen, UNSEEN)
  }
  const pull = new Float64Array(d)
  pull[0] = precision[0]! * Math.log(rate / (1 - rate))
  return { precision, pull }
}

function sumOf(one: NaturalGaussian, other: NaturalGaussian): NaturalGaussian {
  return {
    precision: one.precision.map((value, i) => value + other.precision[i]!),
    pull: one.pull.map((value, i) => value + other.pull[i]!),
  }
}
