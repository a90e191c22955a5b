/**
 * The actions of the gate: recorded once, with their evidence, in one transaction with what they cause, and told to every node.
 *
 *     record   epoch still open and running, arm not treated alike already → row (+ the experiment stops) → NOTIFY
 *     unmask   a row for every action on the arm that still stands → NOTIFY
 *
 * Writers of settings come one after the other, so what was checked still holds at the commit, and of two nodes with the same finding the
 * second records nothing.
 */
import type { Knex } from 'knex'
import { type GateKind, type GateStep, standing } from '../experiments/gate.ts'
import type { Database } from './database.ts'
import { openEpochOf } from './epoch.ts'
import { act } from './experiment-store.ts'
import { readNoun } from './noun-row.ts'
import { transact } from './transact.ts'

export interface GateAction extends GateStep {
  readonly epochId: number
  /** Number of the epoch within the experiment. */
  readonly epoch: number
  /** Key of the arm; null for a stop. */
  readonly arm: string | null
  readonly at: Date
  /** JSON: what the action rested on. */
  readonly evidence: Readonly<Record<string, unknown>>
  /** `gate`, or the name of the key of the person who did it. */
  readonly by: string
}

export interface GateFinding {
  readonly kind: Exclude<GateKind, 'unmask'>
  readonly armId: number | null
  readonly evidence: object
}

export interface GateStore {
  /** Newest first; `before`: an action's id, for the next page. */
  list(experiment: string, page: { readonly limit: number; readonly before?: number }): Promise<readonly GateAction[]>
  /** Of one epoch, oldest first. */
  ofEpoch(epochId: number): Promise<readonly GateAction[]>
  /** Records what is new among the findings about an experiment's open epoch; returns the ids. Nothing when it is over or paused. */
  record(of: { readonly experiment: string; readonly epochId: number }, findings: readonly GateFinding[]): Promise<readonly number[]>
  /** Takes back all that stands against or for an arm of the open epoch. Ids; empty when there is nothing; null without such an arm. */
  unmask(experiment: string, arm: string, word: { readonly by: string; readonly because: string }): Promise<readonly number[] | null>
}

const SETTINGS = { topic: 'settings' } as const
const SELECT = `
SELECT g.id, g.kind, g.arm_id AS "armId", g.undoes, g.epoch_id AS "epochId", p.no AS epoch, a.key AS arm, g.at, g.evidence, g.by
FROM gate_actions g
JOIN epochs p ON p.id = g.epoch_id
LEFT JOIN arms a ON a.id = g.arm_id`
const PAGE = `${SELECT}
JOIN experiments e ON e.id = p.experiment_id
WHERE e.key = $1 AND ($2::integer IS NULL OR g.id < $2) ORDER BY g.id DESC LIMIT $3`
const EPOCH = `${SELECT} WHERE g.epoch_id = $1 ORDER BY g.id`

export function gateStore(database: Database): GateStore {
  const changed = (ids: readonly number[] | null) => ids !== null && ids.length > 0
  return {
    list: async (experiment, { limit, before }) => (await database.admin.query<GateAction>(PAGE, [experiment, before ?? null, limit])).rows,
    ofEpoch: async (epochId) => (await database.admin.query<GateAction>(EPOCH, [epochId])).rows,
    record: ({ experiment, epochId }, findings) =>
      transact(database, { ...SETTINGS, changed }, async (knex) => {
        const noun = await readNoun(knex, 'experiments', experiment)
        const epoch = noun && (await openEpochOf(knex, noun.id))
        if (noun?.status !== 'running' || epoch?.id !== epochId) return []
        const known = standing(await stepsOf(knex, epochId))
        const fresh = findings.filter(({ kind, armId }) => !known.some((step) => step.kind === kind && step.armId === armId))
        if (fresh.length === 0) return []
        const rows = fresh.map(({ kind, armId, evidence }) => ({ kind, armId, evidence, by: 'gate', undoes: null }))
        const ids = await insert(knex, epochId, rows)
        if (fresh.some(({ kind }) => kind === 'stop')) await act(knex, noun, 'stop')
        return ids
      }),
    unmask: (experiment, arm, { by, because }) =>
      transact<readonly number[] | null>(database, { ...SETTINGS, changed }, async (knex) => {
        const noun = await readNoun(knex, 'experiments', experiment)
        const epoch = noun && (await openEpochOf(knex, noun.id))
        const place = epoch?.settings.arms.findIndex(({ key }) => key === arm) ?? -1
        if (!epoch || place === -1) return null
        const armId = epoch.armIds[place]!
        const held = standing(await stepsOf(knex, epoch.id)).filter((step) => step.armId === armId)
        if (held.length === 0) return []
        const evidence = { kind: 'person', because }
        return insert(
          knex,
          epoch.id,
          held.map(({ id }) => ({ kind: 'unmask', armId, evidence, by, undoes: id })),
        )
      }),
  }
}

async function stepsOf(knex: Knex, epochId: number): Promise<readonly GateStep[]> {
  return knex('gate_actions').where({ epoch_id: epochId }).orderBy('id').select('id', 'kind', 'arm_id as armId', 'undoes')
}

type Row = Pick<GateAction, 'kind' | 'armId' | 'undoes' | 'by'> & { readonly evidence: object }

async function insert(knex: Knex, epochId: number, rows: readonly Row[]): Promise<readonly number[]> {
  const inserted: { id: number }[] = await knex('gate_actions')
    .insert(
      rows.map(({ kind, armId, undoes, by, evidence }) => ({
        ...{ epoch_id: epochId, arm_id: armId, kind, undoes, by },
        evidence: JSON.stringify(evidence),
      })),
    )
    .returning('id')
  return inserted.map(({ id }) => id)
}
