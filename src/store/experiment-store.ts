/**
 * Experiments: nouns with a life. Each step is one transaction that leaves epochs, arms and status in agreement.
 *
 *     start   checks all references, opens the first epoch       pause, resume   keep the epoch
 *     replace while running or paused: what allocation or analysis rests on changed → the epoch ends and the next begins, with its masks
 *     stop    ends the epoch                                     archive         hides it
 */
import type { Knex } from 'knex'
import { type Allocation, modelFaults, ratioFaults } from '../experiments/allocation.ts'
import type { Experiment } from '../experiments/experiment.ts'
import { type GateStep, type Gates, gatesOf } from '../experiments/gate.ts'
import { type Action, after, type Status } from '../experiments/lifecycle.ts'
import type { Database } from './database.ts'
import { beginEpoch, type Epoch, endEpoch, epochsOf, type FrozenSettings, hasChanged, metricsOf, openEpochOf } from './epoch.ts'
import { unfreezable } from './frozen-models.ts'
import { carryMasks } from './gate-carry.ts'
import { isDone, type NounChange, refused, type Stored } from './noun.ts'
import { readNoun, readNouns, updateNoun } from './noun-row.ts'
import { createNoun, type NounStore } from './noun-store.ts'
import { missingFor } from './references.ts'
import { transact } from './transact.ts'

/** The open epoch of a running experiment: what a decision needs of it. */
export interface RunningEpoch {
  readonly epochId: number
  readonly experimentId: number
  readonly key: string
  /** As they were frozen. */
  readonly settings: FrozenSettings
  /** As the experiment has it now: what is applied when moments are read may have changed since. */
  readonly allocation: Allocation
  readonly armIds: readonly number[]
  /** What the gate did to the arms; left out while it did nothing. */
  readonly gates?: Gates
  /** When the experiment's first epoch began: a new epoch does not change who comes first. */
  readonly startedAt: Date
}

export interface ExperimentStore extends NounStore<Experiment> {
  /** A step of its life; `revision` only when the caller insists on one. */
  act(key: string, action: Action, revision?: number): Promise<NounChange<Experiment>>
  /** The earliest started first. */
  runningEpochs(): Promise<readonly RunningEpoch[]>
  /** All epochs, the first one first; empty for an unknown experiment or one that never started. */
  epochs(key: string): Promise<readonly Epoch[]>
}

type ExperimentChange = NounChange<Experiment>

const SETTINGS = { topic: 'settings', changed: isDone } as const
const RUNNING = `
SELECT p.id AS "epochId", e.id AS "experimentId", e.key, p.settings, e.body -> 'allocation' AS allocation, p.arm_ids AS "armIds", f.started_at AS "startedAt",
  ARRAY(
    SELECT jsonb_build_object('id', g.id, 'kind', g.kind, 'armId', g.arm_id, 'undoes', g.undoes)
    FROM gate_actions g
    WHERE g.epoch_id = p.id
    ORDER BY g.id
  ) AS steps
FROM experiments e
JOIN epochs p ON p.experiment_id = e.id AND p.ended_at IS NULL
JOIN epochs f ON f.experiment_id = e.id AND f.no = 1
WHERE e.status = 'running'
ORDER BY f.started_at, e.id`

export function experimentStore(database: Database): ExperimentStore {
  return {
    list: (page) => readNouns(database.knex, 'experiments', page),
    get: (key) => readNoun(database.knex, 'experiments', key),
    create: (body) => transact<ExperimentChange>(database, SETTINGS, (knex) => createNoun(knex, 'experiments', body)),
    replace: (key, body, revision) =>
      transact<ExperimentChange>(database, SETTINGS, (knex) =>
        withNoun(knex, { key, revision }, (current) => replace(knex, current, body)),
      ),
    remove: (key, revision) =>
      transact<ExperimentChange>(database, SETTINGS, (knex) => withNoun(knex, { key, revision }, (current) => remove(knex, current))),
    act: (key, action, revision) =>
      transact<ExperimentChange>(database, SETTINGS, (knex) => withNoun(knex, { key, revision }, (current) => act(knex, current, action))),
    async runningEpochs() {
      const { rows } = await database.admin.query<RunningEpoch & { readonly steps: readonly GateStep[] }>(RUNNING)
      return rows.map(({ steps, ...epoch }) => {
        const gates = gatesOf(steps)
        return gates ? { ...epoch, gates } : epoch
      })
    },
    async epochs(key) {
      const noun = await readNoun(database.knex, 'experiments', key)
      return noun ? epochsOf(database.knex, noun.id) : []
    },
  }
}

async function withNoun(
  knex: Knex,
  wanted: { readonly key: string; readonly revision: number | undefined },
  work: (current: Stored<Experiment>) => Promise<ExperimentChange>,
): Promise<ExperimentChange> {
  const current = await readNoun(knex, 'experiments', wanted.key)
  if (!current) return { kind: 'missing' }
  if (wanted.revision !== undefined && wanted.revision !== current.revision) return { kind: 'conflict', current }
  return work(current)
}

async function replace(knex: Knex, { id, key, status }: Stored<Experiment>, body: Experiment): Promise<ExperimentChange> {
  if (status === 'stopped' || status === 'archived') return refused('status', `"${key}" is ${status}: its answer has been seen.`)
  const because = await obstacleTo(knex, body)
  if (because) return refused('missing', because)
  const epoch = await openEpochOf(knex, id)
  if (epoch && hasChanged(epoch, body)) {
    const bare = await unfreezable(knex, body)
    if (bare) return refused('missing', bare)
    await endEpoch(knex, id)
    await carryMasks(knex, epoch, { epochId: await beginEpoch(knex, id, body), body })
  }
  return { kind: 'done', noun: await updateNoun(knex, 'experiments', { id, body }) }
}

/** A sentence about what is missing, or what no bandit can learn from. */
async function obstacleTo(knex: Knex, body: Experiment): Promise<string | null> {
  const missing = await missingFor(knex, 'experiments', body)
  if (missing) return missing
  const { allocation } = body
  if (allocation.kind === 'fixed') return null
  const metrics = await metricsOf(knex, body.metrics)
  const [fault] = [...ratioFaults(allocation, metrics), ...modelFaults(allocation, metrics)]
  return fault ? `${fault.path.join('/')} ${fault.message}.` : null
}

/** A step of an experiment's life, inside a transaction on its topic. */
export async function act(knex: Knex, { id, key, body, status }: Stored<Experiment>, action: Action): Promise<ExperimentChange> {
  const next = after(status as Status, action)
  if (next === null) return refused('status', `"${key}" is ${status} and cannot ${action}.`)
  if (action === 'start') {
    const because = (await obstacleTo(knex, body)) ?? (await unfreezable(knex, body))
    if (because) return refused('missing', because)
    await beginEpoch(knex, id, body)
  }
  if (action === 'stop') await endEpoch(knex, id)
  return { kind: 'done', noun: await updateNoun(knex, 'experiments', { id, status: next }) }
}

async function remove(knex: Knex, current: Stored<Experiment>): Promise<ExperimentChange> {
  const [epoch] = await epochsOf(knex, current.id)
  if (epoch) return refused('in-use', `"${current.key}" has been started: its log stays. Archive it instead.`)
  await knex('experiments').where({ id: current.id }).delete()
  return { kind: 'done', noun: current }
}
