/**
 * Which noun needs which: a surface its policies, a combining policy the others, an experiment its surface, policies and metrics.
 *
 * One list read in both directions: what a body needs has to be there before it is written, and what somebody needs is not removed.
 */
import type { Knex } from 'knex'
import type { Experiment } from '../experiments/experiment.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import { kinds } from '../policies/registry.ts'
import type { Surface } from '../policies/surface.ts'
import type { Bodies, NounTable } from './noun.ts'

export interface Reference {
  readonly table: Exclude<NounTable, 'experiments'>
  readonly key: string
  /** A kind of policy that cannot stand here, and why. */
  readonly unfit?: Unfit
}

export interface Unfit {
  readonly kind: string
  readonly because: string
}

/** The net under the others has to hold without anybody else. */
export const NO_REMOTE: Unfit = { kind: 'remote', because: 'is a remote strategy; a fallback has to work without anybody else' }

const SINGULAR: Readonly<Record<NounTable, string>> = {
  surfaces: 'surface',
  policies: 'policy',
  metrics: 'metric',
  experiments: 'experiment',
}
/** An experiment that is over needs nothing any more: its epochs hold all that its report is made of. */
const OVER = ['stopped', 'archived']

/** What a body needs; itself does not count. */
export function needsOf<T extends NounTable>(table: T, body: Bodies[T]): readonly Reference[] {
  const policy = (key: string): Reference => ({ table: 'policies', key })
  switch (table) {
    case 'surfaces': {
      const surface = body as Surface
      return [policy(surface.policy), { ...policy(surface.fallback), unfit: NO_REMOTE }]
    }
    case 'policies': {
      const { key, kind, parameters } = body as PolicyDefinition
      const needs = kinds[kind]?.needs?.(parameters) ?? []
      return needs.filter((needed) => needed !== key).map(policy)
    }
    case 'experiments': {
      const { surface, arms, metrics } = body as Experiment
      return [
        { table: 'surfaces', key: surface },
        ...arms.map((arm) => policy(arm.policy)),
        ...metrics.map((key): Reference => ({ table: 'metrics', key })),
      ]
    }
    default:
      return []
  }
}

/** A sentence about the first thing that a body needs and that is not there or cannot serve there, or null. */
export async function missingFor<T extends NounTable>(knex: Knex, table: T, body: Bodies[T]): Promise<string | null> {
  for (const { table: where, key, unfit } of needsOf(table, body)) {
    const found: { body: { kind?: string } } | undefined = await knex(where).where({ key }).first('body')
    if (!found) return `There is no ${SINGULAR[where]} "${key}".`
    if (unfit && found.body.kind === unfit.kind) return `The ${SINGULAR[where]} "${key}" ${unfit.because}.`
  }
  return null
}

/** A sentence about the first noun that needs this one, or null. */
export async function userOf(knex: Knex, needed: { readonly table: NounTable; readonly key: string }): Promise<string | null> {
  for (const table of ['surfaces', 'policies', 'experiments'] as const) {
    const rows: { key: string; body: Bodies[typeof table]; status: string }[] = await knex(table)
      .whereNotIn('status', OVER)
      .orderBy('key')
      .select()
    for (const { key, body, status } of rows) {
      const needs = needsOf(table, body)
      if (needs.some((reference) => reference.table === needed.table && reference.key === needed.key))
        return `The ${table === 'experiments' ? `${status} ` : ''}${SINGULAR[table]} "${key}" needs the ${SINGULAR[needed.table]} "${needed.key}".`
    }
  }
  return null
}
