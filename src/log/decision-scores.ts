/** From a row of the fold's questions to the score of a decision, and from the sums of a step to the table of cells. */
import type { ClientBase } from 'pg'
import { type DecisionScore, scoreOf } from '../bandits/decision-score.ts'
import type { ScoreCell } from '../bandits/score-cell.ts'
import { squareTotals } from '../stats/exact-squares.ts'
import { type ExactSums, totalsOf } from '../stats/exact-sums.ts'
import { doublesOf } from './doubles.ts'
import type { Bandit } from './objectives.ts'
import type { UnitPeriod } from './score-sums.ts'
import { statement } from './statement.ts'

/** How a decision was drawn, as SQL sends it: arrays as texts. */
export interface LoggedDraw {
  readonly epochId: number
  readonly armId: number
  readonly stratum: string
  readonly unit: string
  readonly day: number
  readonly pi: string
}

const ADD = statement('aipw-cells-add')

export function scoredDraw(
  { epochId, armId, stratum, unit, day, pi }: LoggedDraw,
  { armIds, objectives }: Bandit,
): { readonly at: UnitPeriod; readonly score: DecisionScore } {
  const score = scoreOf(doublesOf(pi), armIds.indexOf(armId), { arms: armIds.length, slots: objectives.length })
  return { at: { epochId, day, stratum, unit, eligible: score.eligible }, score }
}

/** One upsert a cell. */
export async function storeScores(client: ClientBase, cells: readonly ScoreCell[]): Promise<void> {
  const text = (sums: ExactSums) => `{${totalsOf(sums).join()}}`
  for (const cell of cells) {
    const { epochId, day, stratum, eligible, units } = cell
    await client.query(ADD, [
      ...[epochId, day, stratum, eligible, units],
      ...[text(cell.sums), `{${squareTotals(cell.products).join()}}`],
      ...[cell.counts, cell.expected, cell.covariance, cell.inverse].map(text),
      ...[cell.weights, cell.squaredWeights, cell.outcomes, cell.outcomeSquares, cell.weighted, cell.weightedSquares].map(text),
    ])
  }
}
