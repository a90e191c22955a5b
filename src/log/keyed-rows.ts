/** Exposures with their request keys as the parameters of sql/append-idempotent.sql: one array a column. */

import { decidedAtOf } from '../decisions/decision-id.ts'
import type { Exposure } from '../decisions/exposure.ts'
import type { RequestKey } from './log.ts'

export interface KeyedExposure {
  readonly exposure: Exposure
  readonly key: RequestKey | undefined
}

/**
 * Rows in the order of their keys, so that two batches never wait for each other in a circle. `shown`: their slates were answered already,
 * so they belong in the log whoever has their key.
 */
export function keyedParameters(rows: readonly KeyedExposure[], shown = false): readonly string[] {
  const ordered = rows
    .map(({ exposure, key }) => ({ exposure, key, sort: key ? hexOf(key.key) : '' }))
    .sort((a, b) => (a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : 0))
  const column = <Value>(of: (exposure: Exposure) => Value) => ordered.map((row) => of(row.exposure))
  const ofKey = (of: (key: RequestKey) => Uint8Array) => ordered.map(({ key }) => (key ? of(key) : null))
  const columns = [
    column(({ decisionId }) => decidedAtOf(decisionId)),
    column(({ decisionId }) => hexOf(decisionId)),
    column(({ unit }) => unit),
    column(({ x }) => `{${x.join()}}`),
    column(({ items }) => `{${items.join()}}`),
    column(({ surface }) => surface),
    column(({ epochId }) => epochId),
    column(({ armId }) => armId),
    column(({ stratum }) => stratum),
    column(({ kind }) => kind),
    column(({ pi }) => `{${pi.join()}}`),
    column(({ policy }) => policy),
    column(({ servedPolicy }) => servedPolicy),
    column(({ modelVersion }) => modelVersion),
    column(({ snapshotId }) => snapshotId),
    column(({ reason }) => reason),
    column(({ mhat }) => (mhat ? `{${mhat.join()}}` : null)),
    column(({ scale }) => (scale ? `{${scale.join()}}` : null)),
    column(({ rules }) => (rules ? JSON.stringify(rules) : null)),
    column(({ rankPi }) => (rankPi ? `{${rankPi.join()}}` : null)),
    ofKey(({ key }) => key),
    ofKey(({ bodyHash }) => bodyHash),
    ofKey(({ response }) => response),
  ]
  return [...columns.map(arrayLiteral), String(shown)]
}

/** An array as PostgreSQL reads it in text. */
export function arrayLiteral(values: readonly (string | number | Uint8Array | null)[]): string {
  return `{${values.map(elementOf).join()}}`
}

function elementOf(value: string | number | Uint8Array | null): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return `"\\\\x${hexOf(value)}"`
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
