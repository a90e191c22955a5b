/**
 * Trained models: all of a training are published at once, one version of a policy serves, some others stay.
 *
 *     live      the pinned version, else the newest active one            frozen    what a running experiment started with
 *     shadow    scored beside the live one, never served                  the rest  kept for going back, the newest few
 *
 * A version is the hash of its bytes. What was refused is noted with its reasons; its bytes are not kept.
 */
import type { Knex } from 'knex'
import type { Calibrated } from '../policies/calibration.ts'
import type { Database } from './database.ts'
import { type ModelBody, type ModelName, readBody, sweepBodies, writeBody } from './model-body.ts'
import { type ModelNote, notesOf } from './model-notes.ts'
import type { PageOf } from './noun.ts'
import { transact } from './transact.ts'

export type { ModelBody, ModelName } from './model-body.ts'
export type { ModelNote, ModelState } from './model-notes.ts'

export interface NewModel extends ModelBody {
  /** What training has to say for itself: rows, items, duration, figures. */
  readonly summary: object
  /** What its ranking means in purchases, or why that is unknown. */
  readonly calibration?: Calibrated
}

export interface RefusedModel extends ModelName {
  readonly summary: object
  readonly reasons: readonly string[]
}

/** A model that nodes keep open, and as what. */
export interface OpenModel extends ModelBody {
  readonly role: 'live' | 'frozen' | 'shadow'
  readonly calibration: Calibrated | null
}

export interface ModelStore {
  /** The live model of every policy. Those in `known` with the same version are handed back as they are, not read again. */
  newest(known?: ReadonlyMap<string, ModelBody>): Promise<readonly ModelBody[]>
  /** Every model that nodes keep open; bodies among `known` are not read again. A live model is not listed as frozen, too. */
  open(known: readonly ModelBody[]): Promise<readonly OpenModel[]>
  /** Makes models the newest of their policies, all at the same moment. A pinned version goes on serving. */
  publish(...models: readonly NewModel[]): Promise<void>
  /** The same, and at that moment their pins end. */
  publishAndUnpin(...models: readonly NewModel[]): Promise<void>
  /** Keeps a model as the shadow of its policy; it does not serve. */
  publishShadow(model: NewModel): Promise<void>
  /** Notes models that were not published, and why. */
  refuse(models: readonly RefusedModel[]): Promise<void>
  /** A version serves until it is unpinned, whatever is published. False when there is no such version. */
  pin(name: ModelName): Promise<boolean>
  /** The newest active version serves again. False when none was pinned. */
  unpin(policy: string): Promise<boolean>
  /** The version to go back to: the newest that can serve and is older than the live one. Null when there is none. */
  before(policy: string): Promise<string | null>
  /** Pinned versions by policy. */
  pinned(): Promise<ReadonlyMap<string, string>>
  /** Makes a version the shadow of its policy, or ends the shadow with null. False when there is no such version, or it is live. */
  shadow(policy: string, version: string | null): Promise<boolean>
  /** Takes a model out of service; the one before serves again. False when there is no such model. */
  withdraw(policy: string, version: string): Promise<boolean>
  /** Versions and refusals without bodies, the newest first; of one policy or of all. */
  list(policy?: string, page?: PageOf): Promise<readonly ModelNote[]>
}

/** Versions of a policy that are kept besides those that have a role. */
const KEPT = 5

const LIVE = 'SELECT l.policy, l.version FROM live_models() l ORDER BY l.policy'

const OPEN = `
SELECT o.policy, o.version, (array_agg(o.role ORDER BY o.rank))[1] AS role, m.calibration
FROM (
  SELECT l.policy, l.version, 'live' AS role, 0 AS rank FROM live_models() l
  UNION ALL
  SELECT f.policy, f.version, 'frozen', 1 FROM frozen_models() f
  UNION ALL
  SELECT r.policy, r.version, 'shadow', 2 FROM model_roles r WHERE r.role = 'shadow'
) o
JOIN models m ON m.policy = o.policy AND m.version = o.version
GROUP BY o.policy, o.version, m.calibration
ORDER BY o.policy, min(o.rank), o.version`

const PRUNE = `
WITH gone AS (
  DELETE FROM models m
  WHERE m.policy = $1
    AND m.version NOT IN (SELECT k.version FROM models k WHERE k.policy = $1 ORDER BY k.trained_at DESC, k.version LIMIT $2)
    AND m.version NOT IN (SELECT l.version FROM live_models() l WHERE l.policy = $1)
    AND m.version NOT IN (SELECT f.version FROM frozen_models() f WHERE f.policy = $1)
    AND m.version NOT IN (SELECT r.version FROM model_roles r WHERE r.policy = $1)
  RETURNING m.policy, m.version
)
DELETE FROM model_parts p USING gone g WHERE p.policy = g.policy AND p.version = g.version`

const PRUNE_REFUSALS = `
DELETE FROM model_refusals r
WHERE r.policy = $1
  AND r.refusal_id NOT IN (SELECT k.refusal_id FROM model_refusals k WHERE k.policy = $1 ORDER BY k.refusal_id DESC LIMIT $2)`

const MODELS = { topic: 'models' } as const
const WHEN_FOUND = { topic: 'models', changed: (found: boolean) => found } as const

/** `kept`: versions of a policy that stay besides those with a role. */
export function modelStore(database: Database, { kept = KEPT }: { readonly kept?: number } = {}): ModelStore {
  const { learner, knex } = database

  async function read(names: readonly ModelName[], known: (name: ModelName) => ModelBody | undefined): Promise<ModelBody[]> {
    const models: ModelBody[] = []
    for (const name of names) models.push(known(name) ?? (await readBody(learner, name)))
    return models
  }

  async function insert(transaction: Knex, { policy, version, summary, calibration }: NewModel, active: boolean): Promise<void> {
    const told = { summary: JSON.stringify(summary), calibration: calibration ? JSON.stringify(calibration) : null }
    const isFrozen = 'EXISTS (SELECT 1 FROM frozen_models() f WHERE f.policy = models.policy AND f.version = models.version)'
    await transaction('models')
      .insert({ policy, version, active, ...told, trained_at: transaction.raw('clock_timestamp()') })
      .onConflict(['policy', 'version'])
      .merge({
        ...{ summary: transaction.raw('excluded.summary'), trained_at: transaction.raw('excluded.trained_at'), active },
        // The same bytes again: what an experiment has frozen keeps its chances as well.
        calibration: transaction.raw(`CASE WHEN ${isFrozen} THEN models.calibration ELSE excluded.calibration END`),
      })
  }

  const publish = async (models: readonly NewModel[], { unpin }: { readonly unpin: boolean }) => {
    const policies = models.map(({ policy }) => policy)
    for (const model of models) await writeBody(learner, model)
    await transact(database, MODELS, async (transaction) => {
      for (const model of models) await insert(transaction, model, true)
      if (unpin) await transaction('model_roles').where({ role: 'pinned' }).whereIn('policy', policies).delete()
    })
    await prune(policies)
  }

  const prune = async (policies: readonly string[]) => {
    for (const policy of policies) await learner.query(PRUNE, [policy, kept])
    await sweepBodies(learner)
  }
  const has = async (transaction: Knex, { policy, version }: ModelName) =>
    (await transaction('models').where({ policy, version }).first('version')) !== undefined

  return {
    async newest(known = new Map()) {
      const { rows } = await learner.query<ModelName>(LIVE)
      return read(rows, ({ policy, version }) => {
        const have = known.get(policy)
        return have?.version === version ? have : undefined
      })
    },
    async open(known) {
      const { rows } = await learner.query<ModelName & Pick<OpenModel, 'role' | 'calibration'>>(OPEN)
      const bodies = await read(rows, ({ policy, version }) => known.find((one) => one.policy === policy && one.version === version))
      return bodies.map(({ policy, version, bytes }, i) => ({ policy, version, bytes, ...rolesOf(rows[i]!) }))
    },
    publish: (...models) => publish(models, { unpin: false }),
    publishAndUnpin: (...models) => publish(models, { unpin: true }),
    async publishShadow(model) {
      await writeBody(learner, model)
      await transact(database, MODELS, async (transaction) => {
        // The very bytes that serve already need no shadow; they stay what they are.
        const isKnown = await has(transaction, model)
        if (!isKnown) await insert(transaction, model, false)
        await setRole(transaction, model, 'shadow')
      })
      await prune([model.policy])
    },
    async refuse(models) {
      for (const { policy, version, summary, reasons } of models) {
        await knex('model_refusals').insert({ policy, version, reasons: [...reasons], summary: JSON.stringify(summary) })
        await learner.query(PRUNE_REFUSALS, [policy, kept])
      }
    },
    pin: (name) =>
      transact(database, WHEN_FOUND, async (transaction) => {
        if (!(await has(transaction, name))) return false
        await transaction('models').where({ policy: name.policy, version: name.version }).update({ active: true })
        await transaction('model_roles').where({ policy: name.policy, version: name.version, role: 'shadow' }).delete()
        await setRole(transaction, name, 'pinned')
        return true
      }),
    unpin: (policy) =>
      transact(
        database,
        WHEN_FOUND,
        async (transaction) => (await transaction('model_roles').where({ policy, role: 'pinned' }).delete()) > 0,
      ),
    async before(policy) {
      const notes = await notesOf(database, policy)
      const older = notes.slice(notes.findIndex(({ state }) => state === 'live') + 1)
      return older.find(({ state }) => state === 'previous')?.version ?? null
    },
    async pinned() {
      const rows: ModelName[] = await knex('model_roles').where({ role: 'pinned' }).select('policy', 'version')
      return new Map(rows.map(({ policy, version }) => [policy, version]))
    },
    shadow: (policy, version) =>
      transact(database, WHEN_FOUND, async (transaction) => {
        if (version === null) return (await transaction('model_roles').where({ policy, role: 'shadow' }).delete()) > 0
        const live = await transaction.raw('SELECT 1 FROM live_models() l WHERE l.policy = ? AND l.version = ?', [policy, version])
        if (live.rows.length > 0 || !(await has(transaction, { policy, version }))) return false
        await setRole(transaction, { policy, version }, 'shadow')
        return true
      }),
    withdraw: (policy, version) =>
      transact(database, WHEN_FOUND, async (transaction) => {
        await transaction('model_roles').where({ policy, version, role: 'pinned' }).delete()
        return (await transaction('models').where({ policy, version }).update({ active: false })) > 0
      }),
    list: (policy, page) => notesOf(database, policy, page),
  }
}

function rolesOf({ role, calibration }: Pick<OpenModel, 'role' | 'calibration'>) {
  return { role, calibration }
}

async function setRole(transaction: Knex, { policy, version }: ModelName, role: 'pinned' | 'shadow'): Promise<void> {
  await transaction('model_roles')
    .insert({ policy, version, role, since: transaction.fn.now() })
    .onConflict(['policy', 'role'])
    .merge(['version', 'since'])
}
