/** An exposure as it waits in the spool: JSON, so that people can read it in a disaster and a later release can take it over. */
import type { Exposure } from '../decisions/exposure.ts'
import { hexOf, type KeyedExposure } from './keyed-rows.ts'

export function spooledOf({ exposure, key }: KeyedExposure): Buffer {
  const { decisionId, unit, x, ...rest } = exposure
  const text = JSON.stringify({
    ...rest,
    decisionId: hexOf(decisionId),
    unit: hexOf(unit),
    x: Array.from(x),
    key: key && { key: hexOf(key.key), bodyHash: hexOf(key.bodyHash), response: base64Of(key.response) },
  })
  return Buffer.from(text)
}

/** Throws on what `spooledOf` did not write; the frame's checksum was right, so that would be a bug of ours. */
export function exposureFrom(payload: Buffer): KeyedExposure {
  const { key, decisionId, unit, x, ...rest } = JSON.parse(payload.toString())
  const exposure: Exposure = {
    mhat: null,
    scale: null,
    ...rest,
    decisionId: bytesOf(decisionId),
    unit: bytesOf(unit),
    x: Int16Array.from(x),
  }
  if (!key) return { exposure, key: undefined }
  return {
    exposure,
    key: { key: bytesOf(key.key), bodyHash: bytesOf(key.bodyHash), response: new Uint8Array(Buffer.from(key.response, 'base64')) },
  }
}

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
