/**
 * Our own server for the benchmark, a process of its own: `node bench/service.ts <variant>` with DATABASE_URL set.
 *
 *     durable   as it is sold                    unlogged  batched replies and no log: the fair control
 *     single    one INSERT a request
 */
import { readConfig } from '../src/config.ts'
import type { DurableExposureLog } from '../src/log/exposure-log.ts'
import type { ExposureLog } from '../src/log/log.ts'
import { serve } from '../src/main.ts'
import { openDatabase } from '../src/store/database.ts'
import { endWithParent } from './child.ts'

const [, , variant = 'durable'] = process.argv
const config = readConfig()

/** Answers everything of one turn of the event loop together, as a commit would. */
function unloggedLog(): ExposureLog {
  let waiting: (() => void)[] = []
  return {
    append: () =>
      new Promise((resolve) => {
        if (waiting.length === 0)
          setImmediate(() => {
            const batch = waiting
            waiting = []
            for (const answer of batch) answer()
          })
        waiting.push(() => resolve({ kind: 'table' }))
      }),
    close: async () => undefined,
  }
}

/** The usual way: a pool of eight connections and one prepared INSERT a request. */
function singleInsertLog(url: string): ExposureLog {
  const database = openDatabase(url, { connections: { hot: 8 } })
  const text = `INSERT INTO exposures (decided_at, decision_id, unit, surface, epoch_id, arm_id, stratum, kind, pi, x, policy, served_policy, model_version, snapshot_id, items, reason)
    VALUES (to_timestamp($1 / 1000.0), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
  return {
    append: async (one) => {
      const id = Buffer.from(one.decisionId).toString('hex')
      const values = [
        one.decidedAt,
        id,
        Buffer.from(one.unit),
        one.surface,
        one.epochId,
        one.armId,
        one.stratum,
        one.kind,
        one.pi,
        [...one.x],
      ]
      await database.hot.query({
        name: 'single',
        text,
        values: [...values, one.policy, one.servedPolicy, one.modelVersion, one.snapshotId, one.items, one.reason],
      })
      return { kind: 'table' }
    },
    close: () => database.close(),
  }
}

/** The log's shape around a log that is none: nothing is spooled, nothing is counted. */
function standIn(log: ExposureLog): DurableExposureLog {
  const counters = {
    rows: 0,
    batches: 0,
    flushMsMax: 0,
    flushMsSum: 0,
    overdue: 0,
    failed: 0,
    spooled: 0,
    lost: 0,
    repeated: 0,
    conflicts: 0,
  }
  return {
    ...log,
    counters,
    drainCounters: { drained: 0, torn: 0, rejected: 0, failures: 0 },
    connected: () => true,
    backlogBytes: () => 0,
  }
}

const log = variant === 'unlogged' ? unloggedLog() : variant === 'single' ? singleInsertLog(config.DATABASE_URL ?? '') : undefined
const service = await serve(config, log ? { exposures: standIn(log) } : {})
console.log(`listening ${service.url}`)
endWithParent(() => service.close())
