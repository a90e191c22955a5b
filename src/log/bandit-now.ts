/** What a bandit knew when it decided last, whom it served lately, and for which requests: read for people, in one picture of the log. */
import type { StoredBelief } from '../decisions/snapshot-body.ts'
import { statement } from './statement.ts'
import { type LogDatabase, transaction } from './transaction.ts'
import { smallintsOf } from './wholes.ts'

export interface BanditNow {
  /** The snapshot that served last, of those that are kept; null before the first decision. */
  readonly served: { readonly id: string; readonly served_at: Date; readonly belief: StoredBelief | null } | null
  /** By arm id: decisions of the bandit stratum in the last hour and day. */
  readonly traffic: ReadonlyMap<number, { readonly hour: number; readonly day: number }>
  /** Feature vectors of the newest decisions of the bandit stratum, in units of 1/1024. */
  readonly contexts: readonly Int16Array[]
}

export interface BanditQuestion {
  readonly epochId: number
  readonly features: number
  /** At most so many. */
  readonly contexts: number
  readonly asOf: Date
}

const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off"
const SQL = { served: statement('bandit-served'), traffic: statement('bandit-traffic'), contexts: statement('learned-contexts') }

/** Rejects with PostgreSQL's error. */
export function readBanditNow(database: LogDatabase, { epochId, features, contexts, asOf }: BanditQuestion): Promise<BanditNow> {
  return transaction(database.learner, BEGIN, async (client) => {
    const served = await client.query<NonNullable<BanditNow['served']>>(SQL.served, [epochId])
    const traffic = await client.query<{ arm_id: number; hour: number; day: number }>(SQL.traffic, [epochId, asOf])
    const vectors = await client.query<{ x: string }>(SQL.contexts, [[epochId], features, contexts])
    return {
      served: served.rows[0] ?? null,
      traffic: new Map(traffic.rows.map(({ arm_id, hour, day }) => [arm_id, { hour, day }])),
      contexts: vectors.rows.map(({ x }) => smallintsOf(x)),
    }
  })
}
