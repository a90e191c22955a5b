/**
 * A segment of the spool: a file of framed records.
 *
 *     "croupier spool 1\n"   then for each record   32-bit length · 32-bit CRC · payload      (big-endian)
 *
 * A crash may tear the last record: reading goes on at the next frame that is whole, or stops, and counts what it left out. What was
 * acknowledged was fsynced before, so a torn tail was never promised to anybody.
 */
import { crc32 } from 'node:zlib'

export const SEGMENT_HEADER = Buffer.from('croupier spool 1\n')
export const FRAME_HEAD_BYTES = 8
/** No record of ours is larger; a length beyond it is damage. */
export const PAYLOAD_BYTES_MAX = 16 * 1024 * 1024

export interface SegmentContent {
  readonly payloads: readonly Buffer[]
  /** Frames that were damaged or cut off. */
  readonly torn: number
}

/** The payloads as frames in one buffer. */
export function framesOf(payloads: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.allocUnsafe(payloads.reduce((sum, payload) => sum + FRAME_HEAD_BYTES + payload.length, 0))
  let at = 0
  for (const payload of payloads) {
    bytes.writeUInt32BE(payload.length, at)
    bytes.writeUInt32BE(crc32(payload), at + 4)
    bytes.set(payload, at + FRAME_HEAD_BYTES)
    at += FRAME_HEAD_BYTES + payload.length
  }
  return bytes
}

/** Reads a segment's bytes; damage is counted, never thrown. */
export function readSegment(bytes: Buffer): SegmentContent {
  if (!bytes.subarray(0, SEGMENT_HEADER.length).equals(SEGMENT_HEADER)) return { payloads: [], torn: bytes.length > 0 ? 1 : 0 }
  const payloads: Buffer[] = []
  let torn = 0
  let at = SEGMENT_HEADER.length
  while (at < bytes.length) {
    if (at + FRAME_HEAD_BYTES > bytes.length) return { payloads, torn: torn + 1 }
    const length = bytes.readUInt32BE(at)
    const end = at + FRAME_HEAD_BYTES + length
    if (length > PAYLOAD_BYTES_MAX || end > bytes.length) return { payloads, torn: torn + 1 }
    const payload = bytes.subarray(at + FRAME_HEAD_BYTES, end)
    if (crc32(payload) === bytes.readUInt32BE(at + 4)) payloads.push(payload)
    else torn += 1
    at = end
  }
  return { payloads, torn }
}
