/**
 * Epochs: the stretches of an experiment during which nothing changed that allocation or analysis rests on.
 *
 * An epoch freezes what it needs, the bodies of its metrics included, so that its report can be made again when all of it has been edited
 * since. An arm's id belongs to the arm's key in its experiment for ever.
 */
import { hash } from 'node:crypto'
import type { Knex } from 'knex'
import { FEATURE_VERSION } from '../bandits/features.ts'
import type { FrozenModel } from '../decisions/snapshot.ts'
import { type EpochSettings, type Experiment, epochSettingsOf } from '../experiments/experiment.ts'
import type { Metric } from '../experiments/metric.ts'
import { slotsOf } from '../experiments/slot.ts'
import { canonicalJson } from './canonical-json.ts'
import { modelsToFreeze } from './frozen-models.ts'

/** As it is kept in the table. */
export type FrozenSettings = EpochSettings & { readonly metricBodies: readonly Metric[]; readonly frozenModels?: readonly FrozenModel[] }

export interface Epoch {
  readonly id: number
  readonly experimentId: number
  /** Counts from 1 within the experiment. */
  readonly no: number
  /** In the order of `settings.arms`. */
  readonly armIds: readonly number[]
  readonly settings: FrozenSettings
  readonly settingsHash: string
  readonly startedAt: Date
  readonly endedAt: Date | null
}

interface EpochRow {
  readonly id: number
  readonly experiment_id: number
  readonly no: number
  readonly arm_ids: readonly number[]
  readonly settings: FrozenSettings
  readonly settings_hash: string
  readonly started_at: Date
  readonly ended_at: Date | null
}

/** All epochs of an experiment, the first one first. */
export async function epochsOf(knex: Knex, experimentId: number): Promise<readonly Epoch[]> {
  const rows: EpochRow[] = await knex('epochs').where({ experiment_id: experimentId }).orderBy('no').select()
  return rows.map(epochOf)
}

/** The epoch that goes on, or null. */
export async function openEpochOf(knex: Knex, experimentId: number): Promise<Epoch | null> {
  const [row] = (await knex('epochs').where({ experiment_id: experimentId }).whereNull('ended_at').select()) as EpochRow[]
  return row ? epochOf(row) : null
}

/** Opens the next epoch, with its arms and slots, and returns its id. All metrics have to exist. */
export async function beginEpoch(knex: Knex, experimentId: number, experiment: Experiment): Promise<number> {
  const metrics = await metricsOf(knex, experiment.metrics)
  // A request is never seen before.
  const metricBodies = experiment.unit === 'request' ? metrics.map((metric) => ({ ...metric, covariate: null })) : metrics
  const frozen = experiment.freezeModels ? { frozenModels: await modelsToFreeze(knex, experiment) } : {}
  const settings: FrozenSettings = { ...epochSettingsOf(experiment), metricBodies, ...frozen }
  const [row] = (await knex('epochs')
    .insert({
      experiment_id: experimentId,
      no: knex.raw('(SELECT count(*) + 1 FROM epochs WHERE experiment_id = ?)', [experimentId]),
      arm_ids: await armIdsOf(knex, experimentId, experiment),
      settings: JSON.stringify(settings),
      settings_hash: hash('sha256', canonicalJson(settings), 'hex'),
      feature_version: FEATURE_VERSION,
    })
    .returning('id')) as { id: number }[]
  await knex('epoch_slots').insert(
    slotsOf(metricBodies).map(({ metric, part, aggregate, types, windowHours, daysBefore, currency, capMinor }, slot) => ({
      ...{ epoch_id: row!.id, slot, metric, part, aggregate, types, currency, cap: capMinor },
      window_span: `${windowHours * 3600} seconds`,
      past_span: daysBefore === null ? null : `${daysBefore * 24} hours`,
    })),
  )
  return row!.id
}

/** Ends the open epoch. */
export async function endEpoch(knex: Knex, experimentId: number): Promise<void> {
  await knex('epochs').where({ experiment_id: experimentId }).whereNull('ended_at').update({ ended_at: knex.fn.now() })
}

/** Whether an epoch's settings are no longer those of the experiment. The bodies of metrics stay as they were frozen. */
export function hasChanged({ settings: { metricBodies: _, frozenModels: __, ...frozen } }: Epoch, experiment: Experiment): boolean {
  return canonicalJson(frozen) !== canonicalJson(epochSettingsOf(experiment))
}

/** The metrics of these keys, in their order; all have to exist. */
export async function metricsOf(knex: Knex, keys: readonly string[]): Promise<readonly Metric[]> {
  const rows: { key: string; body: Metric }[] = await knex('metrics')
    .whereIn('key', [...keys])
    .select('key', 'body')
  const byKey = new Map(rows.map(({ key, body }) => [key, body]))
  return keys.map((key) => byKey.get(key)!)
}

/** Database ids of the arms, in their order; new arms get new ids. */
async function armIdsOf(knex: Knex, experimentId: number, { arms }: Experiment): Promise<number[]> {
  const read = async () => {
    const rows: { id: number; key: string }[] = await knex('arms').where({ experiment_id: experimentId }).select('id', 'key')
    return new Map(rows.map(({ id, key }) => [key, id]))
  }
  const known = await read()
  const fresh = arms.filter(({ key }) => !known.has(key)).map(({ key }) => ({ experiment_id: experimentId, key }))
  if (fresh.length > 0) await knex('arms').insert(fresh)
  const all = await read()
  return arms.map(({ key }) => all.get(key)!)
}

function epochOf(row: EpochRow): Epoch {
  const { id, no, settings } = row
  return {
    ...{ id, no, settings, experimentId: row.experiment_id, armIds: row.arm_ids, settingsHash: row.settings_hash },
    ...{ startedAt: row.started_at, endedAt: row.ended_at },
  }
}
