/** The log's upkeep: partitions for the months to come, and request keys that have served their seven days. To be called daily or more often. */
import { statement } from './statement.ts'
import type { LogDatabase } from './transaction.ts'

const ENSURE = "SELECT ensure_partitions(now() - interval '1 month', now() + interval '2 months') AS made"
const PRUNE = statement('prune-request-keys')
/** One transaction's worth: an open writing transaction holds the fold back. */
const PRUNE_ROWS = 5_000

/** Makes the partitions around now; rows that fell into the default partition move along. Resolves with how many were made. */
export async function ensurePartitions(database: LogDatabase): Promise<number> {
  const { rows } = await database.learner.query<{ made: number }>(ENSURE)
  return rows[0]!.made
}

/** Resolves with how many keys were forgotten. */
export async function pruneRequestKeys(database: LogDatabase): Promise<number> {
  for (let pruned = 0; ; ) {
    const { rowCount } = await database.learner.query(PRUNE, [PRUNE_ROWS])
    pruned += rowCount ?? 0
    if ((rowCount ?? 0) < PRUNE_ROWS) return pruned
  }
}
