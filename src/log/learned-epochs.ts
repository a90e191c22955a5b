/**
 * What a bandit's epoch learns from: its own decisions, and those of the epochs of its experiment that it goes on from.
 *
 *     epoch 1: popular, hybrid      epoch 2: popular, hybrid, new      ─▶ in epoch 2 popular and hybrid know what they knew, new knows the prior
 *
 * An epoch keeps verdicts apart, because allocation changed; what an arm sells did not change with it. So an arm that was added or dropped, another
 * floor or plan, costs nothing that was learned. An arm whose policy is another one begins anew.
 */
import type { ClientBase } from 'pg'
import { statement } from './statement.ts'

/** Epochs and their arms, side by side as the statements want them; null for all arms. */
export interface Sources {
  readonly epochIds: readonly number[]
  /** PostgreSQL's text of an array of arm ids. */
  readonly arms: readonly (string | null)[]
}

/** Earlier epochs that are looked at, at most: who changes arms every day is served by the newest weeks. */
const EARLIER_MAX = 20
const EPOCHS = statement('learned-epochs')

/** The epoch itself comes first. Rejects with PostgreSQL's error. */
export async function readSources(client: ClientBase, epochId: number): Promise<Sources> {
  const { rows } = await client.query<{ epoch_id: number; arms: string }>(EPOCHS, [epochId, EARLIER_MAX])
  return { epochIds: [epochId, ...rows.map(({ epoch_id }) => epoch_id)], arms: [null, ...rows.map(({ arms }) => arms)] }
}
