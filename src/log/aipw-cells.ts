/** Scores of a bandit's epoch as the fold keeps them: exact sums by day, stratum and who could be drawn. */
import type { ClientBase } from 'pg'
import type { ScoreMoments } from '../bandits/score-moments.ts'
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'

interface CellRow extends Record<'sums' | 'products' | 'counts' | 'expected' | 'covariance' | 'inverse' | 'weights', readonly string[]> {
  readonly day: number
  readonly stratum: string
  readonly eligible: string
  readonly arms: number
  readonly units: string
  readonly squared_weights: readonly string[]
  readonly outcomes: readonly string[]
  readonly outcome_squares: readonly string[]
  readonly weighted: readonly string[]
  readonly weighted_squares: readonly string[]
}

const BEGIN = "BEGIN READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off"
const CELLS = statement('aipw-cells')

/** By day, stratum and mask. An epoch that is no bandit's has none. Rejects with PostgreSQL's error. */
export function readScores(database: LogDatabase, epochId: number): Promise<readonly ScoreMoments[]> {
  return transaction(database.learner, BEGIN, (client) => scoresOf(client, epochId))
}

/** The same inside a transaction. */
export async function scoresOf(client: ClientBase, epochId: number): Promise<readonly ScoreMoments[]> {
  const { rows } = await client.query<CellRow>(CELLS, [epochId])
  return rows.map(momentsOf)
}

function momentsOf(row: CellRow): ScoreMoments {
  const { day, stratum, units, sums, products, counts, expected, covariance, inverse, weights, outcomes, weighted } = row
  const whole = (values: readonly string[]) => values.map(BigInt)
  const mask = BigInt(row.eligible)
  return {
    ...{ day, stratum, units: BigInt(units) },
    eligible: Array.from({ length: row.arms }, (_, arm) => ((mask >> BigInt(arm)) & 1n) === 1n),
    ...{ sums: whole(sums), products: whole(products), counts: whole(counts), expected: whole(expected) },
    ...{ covariance: whole(covariance), inverse: whole(inverse), weights: whole(weights), squaredWeights: whole(row.squared_weights) },
    ...{ outcomes: whole(outcomes), outcomeSquares: whole(row.outcome_squares) },
    ...{ weighted: whole(weighted), weightedSquares: whole(row.weighted_squares) },
  }
}
