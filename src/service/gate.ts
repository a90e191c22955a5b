/** The gate of this service: its parts put together. */
import { type Gate, openGate } from '../jobs/gate.ts'
import { readGateScores } from '../log/gate-reading.ts'
import { gateScoresOf } from '../reports/gate-scores.ts'
import type { Database } from '../store/database.ts'
import type { Logger } from '../store/logger.ts'
import type { Stores } from './stores.ts'

export function gateOf({ database, stores, log }: { readonly database: Database; readonly stores: Stores; readonly log: Logger }): Gate {
  return openGate({
    epochs: stores.experiments.runningEpochs,
    actions: stores.gates.ofEpoch,
    record: stores.gates.record,
    async scores({ epochId, armIds }) {
      const reading = await readGateScores(database, epochId)
      return reading && { watermark: reading.watermark, scores: gateScoresOf(reading.cells, armIds.length) }
    },
    log,
  })
}
