/**
 * Learning: when the strategies are trained, and by whom. One node at a time (an advisory lock), in worker threads; the models are published
 * through the database and every node hears of them.
 */
import type { PolicyDefinition } from '../policies/definition.ts'
import { kinds } from '../policies/registry.ts'
import type { Database } from '../store/database.ts'
import type { ModelStore } from '../store/model-store.ts'
import { openTrainer, type TrainedModel, type Trainer, type TrainProgress } from '../training/trainer.ts'

export interface LearningWorld {
  readonly database: Database
  readonly models: ModelStore
  policies(): Promise<readonly PolicyDefinition[]>
  readonly log: { info(message: string): void; warn(message: string): void }
}

export interface Learning {
  /** Trains every policy that learns and publishes what passed its test. Null when another node is at it. */
  train(onProgress?: (progress: TrainProgress) => void): Promise<readonly TrainedModel[] | null>
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
  /** What the last training here was about: one that failed is not tried again until something changes. */
  let attempted = ''

  const definitions = async () => (await world.policies()).filter((policy) => kinds[policy.kind]?.train)
  const rowsNow = async () => Number((await database.learner.query(ROWS)).rows[0].rows)

  const trainHere = async (onProgress: (progress: TrainProgress) => void): Promise<readonly TrainedModel[]> => {
    trainer ??= openTrainer({ databaseUrl: database.url })
    const policies = await definitions()
    const logRows = await rowsNow()
    attempted = JSON.stringify([logRows, policies])
    const started = performance.now()
    const trained = await trainer.train(policies, onProgress)
    for (const model of trained) {
      if (model.refused !== null) log.warn(`The model of ${model.policy} was not published: ${model.refused}`)
      else await models.publish({ ...model, summary: { ...model.summary, logRows, parameters: parametersOf(policies, model.policy) } })
    }
    log.info(`Trained ${trained.length} models from ${logRows} rows in ${Math.round(performance.now() - started)} ms`)
    return trained
  }

  return {
    async train(onProgress = () => undefined) {
      const client = await database.learner.connect()
      try {
        const { rows } = await client.query(`SELECT pg_try_advisory_lock(${LOCK}) AS ours`)
        if (!rows[0].ours) return null
        try {
          return await trainHere(onProgress)
        } finally {
          await client.query(`SELECT pg_advisory_unlock(${LOCK})`)
        }
      } finally {
        client.release()
      }
    },
    async isDue() {
      const [policies, notes, rows] = await Promise.all([definitions(), models.list(), rowsNow()])
      if (rows === 0 || attempted === JSON.stringify([rows, policies])) return false
      const newest = new Map(
        notes
          .filter(({ active }) => active)
          .reverse()
          .map(({ policy, summary }) => [policy, summary]),
      )
      return policies.some((policy) => {
        const then = newest.get(policy.key)
        const rowsThen = Number(then?.logRows ?? 0)
        return !then || then.parameters !== JSON.stringify(policy.parameters) || rows >= Math.max(rowsThen * GROWTH, rowsThen + GROWTH_ROWS)
      })
    },
    close: async () => trainer?.close(),
  }
}

function parametersOf(policies: readonly PolicyDefinition[], key: string): string {
  return JSON.stringify(policies.find((policy) => policy.key === key)?.parameters ?? {})
}
