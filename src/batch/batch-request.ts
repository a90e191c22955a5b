/**
 * From a line of the file to a slate request with a name of its own.
 *
 *     requestId = "batch <batch> <hash of unit>"
 *
 * The same unit of the same batch therefore always asks under one id: the log answers a repetition with what was dealt the first time.
 */
import { createHash } from 'node:crypto'
import { readJson } from '../http/json.ts'
import { Problem } from '../http/problems.ts'
import { type SlateRequest, slateRequestSchema } from '../http/slate-request.ts'
import { validated } from '../http/validation.ts'
import type { UnitLine } from './units-file.ts'

export interface Batch {
  readonly batch: string
  readonly surface: string
  /** Places of every slate; null: the surface's own, or what the line says. */
  readonly size: number | null
}

export type Asked =
  | { readonly kind: 'request'; readonly unit: string; readonly request: SlateRequest; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly because: string }

/** The request of a line, or why there is none. */
export function requestOf(line: UnitLine, { batch, surface, size }: Batch): Asked {
  if (line.kind === 'broken') return { kind: 'refused', because: line.because }
  const { wish } = line
  const { unit } = wish
  if (typeof unit !== 'string' || unit === '') return { kind: 'refused', because: 'the line names no unit (a text)' }
  const given = { ...(size === null ? {} : { size }), ...wish, surface, requestId: requestIdOf(batch, unit) }
  const bytes = Buffer.from(JSON.stringify(given))
  try {
    return { kind: 'request', unit, request: validated(slateRequestSchema, readJson(bytes)), bytes }
  } catch (error) {
    if (error instanceof Problem) return { kind: 'refused', because: error.message }
    throw error
  }
}

function requestIdOf(batch: string, unit: string): string {
  return `batch ${batch} ${createHash('sha256').update(unit).digest('base64url').slice(0, 22)}`
}
