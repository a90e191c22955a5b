/**
 * Ranking metrics of one shopper: how much of what was bought stood in the slate, and how high.
 *
 *     hits@k   = |{slate₁ … slateₖ} ∩ bought|
 *     HR@k     = [hits@k > 0]
 *     recall@k = hits@k / |bought|
 *     NDCG@k   = Σ_{r ≤ k, slateᵣ bought} 1/log₂(r + 1)  /  Σ_{r ≤ min(k, |bought|)} 1/log₂(r + 1)
 *
 * All items that may be sold compete: no sampled negatives, which can reverse an order of policies.
 * @see Järvelin & Kekäläinen (2002), doi:10.1145/582415.582418; Krichene & Rendle (2020), doi:10.1145/3394486.3403226
 */

export const CUTS = [5, 10, 20] as const
export type Cut = (typeof CUTS)[number]
export type RankingMetric = `${'hr' | 'recall' | 'ndcg'}@${Cut}`
export const RANKING_METRICS: readonly RankingMetric[] = CUTS.flatMap((cut) => [`hr@${cut}`, `recall@${cut}`, `ndcg@${cut}`] as const)

export const DEEPEST_CUT = 20
const DISCOUNTS = Float64Array.from({ length: DEEPEST_CUT }, (_, rank) => 1 / Math.log2(rank + 2))

/** The metrics of a slate, in the order of RANKING_METRICS. `bought` is not empty. */
export function rankingMetrics(slate: readonly number[], bought: ReadonlySet<number>): Float64Array {
  const values = new Float64Array(RANKING_METRICS.length)
  CUTS.forEach((cut, i) => {
    let hits = 0
    let gain = 0
    for (let rank = 0; rank < Math.min(cut, slate.length); rank++) {
      if (!bought.has(slate[rank]!)) continue
      hits++
      gain += DISCOUNTS[rank]!
    }
    let ideal = 0
    for (let rank = 0; rank < Math.min(cut, bought.size); rank++) ideal += DISCOUNTS[rank]!
    values[3 * i] = hits > 0 ? 1 : 0
    values[3 * i + 1] = hits / bought.size
    values[3 * i + 2] = gain / ideal
  })
  return values
}
