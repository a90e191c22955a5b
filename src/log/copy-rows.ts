/**
 * Exposures as PostgreSQL's binary COPY wants them, written straight into one reused buffer.
 *
 * Most of a row is the same for every unit of an arm: those columns stand together, and their bytes are kept from row to row.
 *
 *     row:  16-bit column count, then for each column  32-bit length, bytes     (big-endian; length −1 is null)
 *     array:  dimensions, has-nulls, element type, length, lower bound, then  length, bytes  of each element
 *
 * decided_at is read from the decision id, so that whoever knows the id finds the row by its primary key.
 * @see PostgreSQL documentation, COPY, "Binary Format"
 */
import { decidedAtOf } from '../decisions/decision-id.ts'
import type { Exposure } from '../decisions/exposure.ts'

/** The columns in the order of `rowsMessage`. */
export const COPY_COLUMNS = [
  'decided_at',
  'decision_id',
  'unit',
  'x',
  'items',
  'pi',
  'mhat',
  'scale',
  'rules',
  'rank_pi',
  'surface',
  'epoch_id',
  'arm_id',
  'stratum',
  'kind',
  'policy',
  'served_policy',
  'model_version',
  'snapshot_id',
  'reason',
] as const

export interface RowsEncoder {
  /** One CopyData and one CopyDone message with all rows. Valid until the next call. */
  rowsMessage(exposures: readonly Exposure[]): Uint8Array
}

/** Seconds from 1970 to 2000, where PostgreSQL counts from. */
const EPOCH_SHIFT_MS = 946_684_800_000
const OID = { int2: 21, int4: 23, float4: 700, float8: 701 }
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const HEADER = Buffer.concat([SIGNATURE, Buffer.alloc(8)])
const COPY_DATA = 0x64
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4])
/** Bytes of a row besides its unit, arrays' elements and constants: count, time, id, and the heads of unit and seven more. */
const ROW_FIXED = 2 + 12 + 20 + 4 + 7 * 24
const FIRST_BYTES = 64 * 1024
const NOTHING = new Uint8Array(0)
const NULL_VALUE = int32(-1)
/** Variants kept of an arm: fallbacks, old snapshots. */
const CONSTANTS_KEPT = 16

interface Constants {
  readonly like: Exposure
  readonly bytes: Uint8Array
}

/** One encoder for each connection: its buffer is in use until the server has answered. */
export function openRowsEncoder(): RowsEncoder {
  let bytes = Buffer.allocUnsafe(FIRST_BYTES)
  let view = viewOf(bytes)
  const known = new Map<number | string, Constants[]>()

  function reserve(used: number, more: number): void {
    if (used + more <= bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * bytes.length, used + more))
    bytes.copy(larger, 0, 0, used)
    bytes = larger
    view = viewOf(bytes)
  }

  function constantsOf(exposure: Exposure): Uint8Array {
    const key = exposure.armId ?? exposure.surface
    const kept = known.get(key)
    const same = kept?.find((each) => alike(each.like, exposure))
    if (same) return same.bytes
    const fresh = { like: exposure, bytes: constantBytes(exposure) }
    known.set(key, [fresh, ...(kept ?? [])].slice(0, CONSTANTS_KEPT))
    return fresh.bytes
  }

  function writeRow(start: number, exposure: Exposure): number {
    const { decisionId, unit, x, items, pi, mhat, scale } = exposure
    const constants = constantsOf(exposure)
    const rules = jsonbBytes(exposure.rules)
    const rankPi = exposure.rankPi ? floatsValue(exposure.rankPi) : NULL_VALUE
    const expected = 8 * ((mhat?.length ?? 0) + (scale?.length ?? 0))
    const varying = unit.length + 6 * x.length + 8 * items.length + 12 * pi.length + rules.length + rankPi.length + expected
    reserve(start, ROW_FIXED + varying + constants.length)
    let at = start
    view.setInt16(at, COPY_COLUMNS.length)
    view.setInt32(at + 2, 8)
    const micros = (decidedAtOf(decisionId) - EPOCH_SHIFT_MS) * 1000
    view.setInt32(at + 6, Math.floor(micros / 0x1_0000_0000))
    view.setUint32(at + 10, micros % 0x1_0000_0000)
    view.setInt32(at + 14, 16)
    bytes.set(decisionId, at + 18)
    view.setInt32(at + 34, unit.length)
    bytes.set(unit, at + 38)
    at = arrayHead(view, at + 38 + unit.length, { length: x.length, elementBytes: 2, oid: OID.int2 })
    for (let i = 0; i < x.length; i++, at += 6) {
      view.setInt32(at, 2)
      view.setInt16(at + 4, x[i]!)
    }
    at = arrayHead(view, at, { length: items.length, elementBytes: 4, oid: OID.int4 })
    for (let i = 0; i < items.length; i++, at += 8) {
      view.setInt32(at, 4)
      view.setInt32(at + 4, items[i]!)
    }
    at = arrayHead(view, at, { length: pi.length, elementBytes: 8, oid: OID.float8 })
    for (let i = 0; i < pi.length; i++, at += 12) {
      view.setInt32(at, 8)
      view.setFloat64(at + 4, pi[i]!)
    }
    at = writeSingles(view, writeSingles(view, at, mhat), scale)
    view.setInt32(at, rules === NOTHING ? -1 : rules.length)
    bytes.set(rules, at + 4)
    at += 4 + rules.length
    bytes.set(rankPi, at)
    at += rankPi.length
    bytes.set(constants, at)
    return at + constants.length
  }

  return {
    rowsMessage(exposures) {
      bytes[0] = COPY_DATA
      bytes.set(HEADER, 5)
      let at = 5 + HEADER.length
      for (const exposure of exposures) at = writeRow(at, exposure)
      reserve(at, 2 + COPY_DONE.length)
      view.setInt16(at, -1)
      view.setInt32(1, at + 2 - 1)
      bytes.set(COPY_DONE, at + 2)
      return bytes.subarray(0, at + 2 + COPY_DONE.length)
    },
  }
}

interface ArrayShape {
  readonly length: number
  readonly elementBytes: number
  readonly oid: number
}

function arrayHead(view: DataView, at: number, { length, elementBytes, oid }: ArrayShape): number {
  const empty = length === 0
  view.setInt32(at, empty ? 12 : 20 + length * (4 + elementBytes))
  view.setInt32(at + 4, empty ? 0 : 1)
  view.setInt32(at + 8, 0)
  view.setInt32(at + 12, oid)
  if (empty) return at + 16
  view.setInt32(at + 16, length)
  view.setInt32(at + 20, 1)
  return at + 24
}

/** A float4[], or null. Returns where it ends. */
function writeSingles(view: DataView, start: number, values: readonly number[] | null | undefined): number {
  if (!values) {
    view.setInt32(start, -1)
    return start + 4
  }
  let at = arrayHead(view, start, { length: values.length, elementBytes: 4, oid: OID.float4 })
  for (const value of values) {
    view.setInt32(at, 4)
    view.setFloat32(at + 4, value)
    at += 8
  }
  return at
}

function alike(a: Exposure, b: Exposure): boolean {
  return (
    a.snapshotId === b.snapshotId &&
    a.epochId === b.epochId &&
    a.armId === b.armId &&
    a.surface === b.surface &&
    a.policy === b.policy &&
    a.servedPolicy === b.servedPolicy &&
    a.modelVersion === b.modelVersion &&
    a.reason === b.reason &&
    a.stratum === b.stratum &&
    a.kind === b.kind
  )
}

function constantBytes(exposure: Exposure): Uint8Array {
  const { surface, epochId, armId, stratum, kind, policy, servedPolicy, modelVersion, snapshotId, reason } = exposure
  return Buffer.concat([
    textValue(surface),
    integerValue(epochId),
    integerValue(armId),
    textValue(stratum),
    textValue(kind),
    ...[policy, servedPolicy, modelVersion, snapshotId, reason].map(textValue),
  ])
}

/** jsonb travels as a version byte and text; nothing for null. */
function jsonbBytes(value: object | null | undefined): Uint8Array {
  return value ? Buffer.from(`\u0001${JSON.stringify(value)}`) : NOTHING
}

function textValue(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([int32(bytes.length), bytes])
}

function integerValue(value: number | null): Buffer {
  return value === null ? int32(-1) : Buffer.concat([int32(4), int32(value)])
}

function floatsValue(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(24 + 12 * values.length)
  const view = viewOf(bytes)
  let at = arrayHead(view, 0, { length: values.length, elementBytes: 8, oid: OID.float8 })
  for (const value of values) {
    view.setInt32(at, 8)
    view.setFloat64(at + 4, value)
    at += 12
  }
  return bytes.subarray(0, at)
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
