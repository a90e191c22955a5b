/**
 * Learning: when the strategies are trained, and by whom. One node at a time (an advisory lock), in worker threads; the models are published
 * through the database and every node hears of them.
 */
import type { PolicyDefinition } from '../policies/definition.ts'
import { kinds } from '../policies/registry.ts'
import type { Database } from '../store/database.ts'
import type { ModelStore } from '../store/model-store.ts'
import { openTrainer, type Trainer, type TrainProgress } from '../training/trainer.ts'

export interface LearningWorld {
  readonly database: Database
  readonly models: ModelStore
  policies(): Promise<readonly PolicyDefinition[]>
  readonly log: { info(message: string): void; warn(message: string): void }
}

export interface Learning {
  /** Trains every policy that learns and publishes the models. False when another node is at it. */
  train(onProgress?: (progress: TrainProgress) => void): Promise<boolean>
  /** Whether history has grown enough since the last training, or a policy has changed, to learn again. */
  isDue(): Promise<boolean>
  close(): Promise<void>
}

const LOCK = "hashtext('croupier training')"
/** History has grown: a twentieth, and a thousand rows at least. */
const GROWTH = 1.05
const GROWTH_ROWS = 1_000
const ROWS = 'SELECT (SELECT count(*) FROM interactions) + (SELECT count(*) FROM outcomes o WHERE o.item_no IS NOT NULL) AS rows'

export function openLearning(world: LearningWorld): Learning {
  const { database, models, log } = world
  let trainer: Trainer | undefined
  let rowsThen = -1
  let definitionsThen = ''

  const definitions = async () => (await world.policies()).filter((policy) => kinds[policy.kind]?.train)
  const rowsNow = async () => Number((await database.learner.query(ROWS)).rows[0].rows)

  const trainHere = async (onProgress: (progress: TrainProgress) => void): Promise<void> => {
    trainer ??= openTrainer({ databaseUrl: database.url })
    const policies = await definitions()
    const rows = await rowsNow()
    const started = performance.now()
    const trained = await trainer.train(policies, onProgress)
    for (const model of trained) {
      if (model.refused) log.warn(`The model of ${model.policy} was not published: ${model.refused}`)
      else await models.publish(model)
    }
    rowsThen = rows
    definitionsThen = JSON.stringify(policies)
    log.info(`Trained ${trained.length} models from ${rows} rows in ${Math.round(performance.now() - started)} ms`)
  }

  return {
    async train(onProgress = () => undefined) {
      const client = await database.learner.connect()
      try {
        const { rows } = await client.query(`SELECT pg_try_advisory_lock(${LOCK}) AS ours`)
        if (!rows[0].ours) return false
        try {
          await trainHere(onProgress)
          return true
        } finally {
          await client.query(`SELECT pg_advisory_unlock(${LOCK})`)
        }
      } finally {
        client.release()
      }
    },
    async isDue() {
      if (JSON.stringify(await definitions()) !== definitionsThen) return true
      return (await rowsNow()) >= Math.max(rowsThen * GROWTH, rowsThen + GROWTH_ROWS)
    },
    close: async () => trainer?.close(),
  }
}
