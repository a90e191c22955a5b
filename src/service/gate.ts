/** The gate of this service: its parts put together. */

import { slotsOf } from '../experiments/slot.ts'
import { type Gate, openGate } from '../jobs/gate.ts'
import { readOutcomeSums } from '../log/outcome-sums.ts'
import { gateScoresOf } from '../reports/gate-scores.ts'
import type { Database } from '../store/database.ts'
import type { Logger } from '../store/logger.ts'
import type { Stores } from './stores.ts'

export function gateOf({ database, stores, log }: { readonly database: Database; readonly stores: Stores; readonly log: Logger }): Gate {
  return openGate({
    epochs: stores.experiments.runningEpochs,
    actions: stores.gates.ofEpoch,
    record: stores.gates.record,
    async scores({ epochId, armIds, settings }) {
      const slots = slotsOf(settings.metricBodies).filter(({ daysBefore }) => daysBefore === null)
      const reading = await readOutcomeSums(database, epochId, slots.length)
      return reading && { watermark: reading.watermark, scores: gateScoresOf(reading.sums, armIds) }
    },
    log,
  })
}
