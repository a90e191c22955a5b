/** Waits until no exposure waits on this machine's disk: what is there would otherwise be unknown to the table that answers repetitions. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DurableExposureLog } from '../log/exposure-log.ts'

const LOOK_MS = 50
const PATIENCE_MS = 30_000

/** Rejects with a sentence when the database does not take them. */
export async function settledSpool(log: Pick<DurableExposureLog, 'backlogBytes'>, patienceMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + patienceMs
  while (log.backlogBytes() > 0) {
    if (performance.now() > end)
      throw new Error('Exposures wait on this machine’s disk and the database does not take them. Run the same command again when it does.')
    await sleep(LOOK_MS)
  }
}
