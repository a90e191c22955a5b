/** Trained models: published whole, the newest active one of a policy serves, a few old ones stay for replay and for going back. */
import type { Database } from './database.ts'
import { transact } from './transact.ts'

export interface ModelBody {
  readonly policy: string
  /** Hash of the bytes. */
  readonly version: string
  readonly bytes: Uint8Array
}

export interface NewModel extends ModelBody {
  /** What training has to say for itself: rows, items, duration. */
  readonly summary: object
}

export interface ModelNote {
  readonly policy: string
  readonly version: string
  readonly summary: Readonly<Record<string, unknown>>
  readonly trainedAt: Date
  readonly active: boolean
}

export interface ModelStore {
  /** The serving model of every policy. Those in `known` with the same version are handed back as they are, not read again. */
  newest(known?: ReadonlyMap<string, ModelBody>): Promise<readonly ModelBody[]>
  /** Makes a model the serving one of its policy. */
  publish(model: NewModel): Promise<void>
  /** Takes a model out of service; the one before serves again. False when there is no such model. */
  withdraw(policy: string, version: string): Promise<boolean>
  /** Without bodies, the newest first. */
  list(): Promise<readonly ModelNote[]>
}

/** Versions of a policy that are kept. */
const KEPT = 5

const NEWEST = `
SELECT DISTINCT ON (m.policy) m.policy, m.version
FROM models m
WHERE m.active
ORDER BY m.policy, m.trained_at DESC, m.version`

const PRUNE = `
DELETE FROM models m
WHERE m.policy = ? AND m.version NOT IN (
  SELECT k.version FROM models k WHERE k.policy = ? ORDER BY k.trained_at DESC, k.version LIMIT ${KEPT}
)`

export function modelStore(database: Database): ModelStore {
  const { learner } = database

  async function read({ policy, version }: { policy: string; version: string }): Promise<ModelBody> {
    const { rows } = await learner.query<{ body: Uint8Array }>('SELECT m.body FROM models m WHERE m.policy = $1 AND m.version = $2', [
      policy,
      version,
    ])
    if (!rows[0]) throw new Error(`The model ${version} of ${policy} was removed while it was read.`)
    return { policy, version, bytes: rows[0].body }
  }

  return {
    async newest(known = new Map()) {
      const { rows } = await learner.query<{ policy: string; version: string }>(NEWEST)
      const models: ModelBody[] = []
      for (const row of rows) {
        const have = known.get(row.policy)
        models.push(have?.version === row.version ? have : await read(row))
      }
      return models
    },
    publish: ({ policy, version, bytes, summary }) =>
      transact(database, { topic: 'models' }, async (transaction) => {
        const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        await transaction('models')
          .insert({ policy, version, body, summary: JSON.stringify(summary), trained_at: transaction.raw('clock_timestamp()') })
          .onConflict(['policy', 'version'])
          .merge(['summary', 'trained_at', 'active'])
        await transaction.raw(PRUNE, [policy, policy])
      }),
    withdraw: (policy, version) =>
      transact(database, { topic: 'models', changed: (found) => found }, async (transaction) => {
        return (await transaction('models').where({ policy, version }).update({ active: false })) > 0
      }),
    async list() {
      return database
        .knex('models')
        .select('policy', 'version', 'summary', 'trained_at as trainedAt', 'active')
        .orderBy('trained_at', 'desc')
    },
  }
}
