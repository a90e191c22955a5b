/** An outcome as it waits in the spool: JSON, with bytes in hex and money as text. */
import { hexOf } from './keyed-rows.ts'
import type { OutcomeRecord } from './log.ts'
import { bytesOf } from './spooled-exposure.ts'

export function spooledOutcomeOf(record: OutcomeRecord): Buffer {
  const { bodyHash, unit, decisionId, valueMinor, ...rest } = record
  const text = JSON.stringify({
    ...rest,
    bodyHash: hexOf(bodyHash),
    unit: unit && hexOf(unit),
    decisionId: decisionId && hexOf(decisionId),
    valueMinor: valueMinor === null ? null : String(valueMinor),
  })
  return Buffer.from(text)
}

export function outcomeFrom(payload: Buffer): OutcomeRecord {
  const { bodyHash, unit, decisionId, valueMinor, ...rest } = JSON.parse(payload.toString())
  return {
    ...rest,
    bodyHash: bytesOf(bodyHash),
    unit: unit && bytesOf(unit),
    decisionId: decisionId && bytesOf(decisionId),
    valueMinor: valueMinor === null ? null : BigInt(valueMinor),
  }
}
