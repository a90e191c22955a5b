/**
 * What one batch of a bandit says of two arms: least squares with the context beside the arm, from exact moments.
 *
 *     y = x·β + δ·1{treatment} + ε        [ A    s ] [β]   [ Σxy  ]        A, Σxy: both arms       s, n: treatment alone
 *                                         [ sᵀ   n ] [δ] = [ Σ₁y  ]        σ² = (Σy² − θᵀh)/(rows − rank)     Var δ̂ = σ²·(G⁻¹)_δδ
 *
 * Where arms are drawn by context, plain means compare phones with desks; here the context has its own say, as far as it acts along a
 * line. Feature 0 is the intercept. An arm that the context decides alone says nothing.
 * @see Zhang, Janson & Murphy (2020), arXiv:2002.03217, for batches that are tested together
 */
import type { BatchEffect } from '../stats/adaptive-batched-ols.ts'
import { solveSymmetric } from '../stats/normal-equations.ts'
import { type DecisionMoments, mergeDecisions } from './decision-moments.ts'
import { rewardMomentsOf } from './reward-moments.ts'

/** Fewer draws of an arm, or fewer rows to spare, make no standard error to speak of. */
const DRAWS_MIN = 5

/** δ̂ of Σ wₖyₖ and its standard error; null when the batch cannot tell. */
export function batchEffect(
  { control, treatment }: { readonly control: DecisionMoments; readonly treatment: DecisionMoments },
  weights: readonly number[],
): BatchEffect | null {
  if (control.n < DRAWS_MIN || treatment.n < DRAWS_MIN) return null
  const both = rewardMomentsOf(mergeDecisions(control, treatment), weights)
  const own = rewardMomentsOf(treatment, weights)
  const d = both.features
  const matrix = Array.from({ length: d + 1 }, (_, i) =>
    Array.from({ length: d + 1 }, (_, j) => {
      if (i < d && j < d) return both.a[i * d + j]!
      if (i === d && j === d) return own.n
      return own.a[Math.min(i, j)]!
    }),
  )
  const side = [...both.b, own.b[0]!]
  const { x: theta, used } = solveSymmetric(matrix, side)
  const rest = both.n - used.filter(Boolean).length
  if (!used[d] || rest < DRAWS_MIN) return null
  const residual = both.c - theta.reduce((sum, value, i) => sum + value * side[i]!, 0)
  const inverse = solveSymmetric(
    matrix,
    side.map((_, i) => (i === d ? 1 : 0)),
  ).x[d]!
  const variance = (Math.max(0, residual) / rest) * inverse
  return variance > 0 ? { difference: theta[d]!, error: Math.sqrt(variance) } : null
}
