/**
 * Learning: strategies are trained in a worker thread, by one node at a time (an advisory lock), and what passes is published at once.
 *
 *     due (asked, settings, growth, schedule, drift) ─▶ train ─▶ gate ─▶ publish ─▶ every node hears of it and opens the new models
 *                                                            └▶ refused: noted with its reasons, the live model stays
 *
 * A pinned policy is left alone until somebody asks for its training.
 */
import type pg from 'pg'
import type { PolicyDefinition } from '../policies/definition.ts'
import { kinds } from '../policies/registry.ts'
import type { Database } from '../store/database.ts'
import type { ModelStore } from '../store/model-store.ts'
import { type TrainingCause, type TrainingStore, trainingStore } from '../store/training-store.ts'
import { openTrainer, type Trained, type TrainedModel, type Trainer, type TrainProgress } from '../training/trainer.ts'

export interface LearningWorld {
  readonly database: Database
  readonly models: ModelStore
  policies(): Promise<readonly PolicyDefinition[]>
  readonly memoryMb?: number
  /** File in which the rows of the log are kept from one training to the next. */
  readonly knownFile?: string
  readonly log: { info(message: string): void; warn(message: string): void }
}

export interface TrainRequest {
  /** 'asked' unless said otherwise: pins of what is published end then. */
  readonly because?: TrainingCause
  /** Keys of policies; all that learn when it is left out. */
  readonly only?: readonly string[]
  /** shadow: kept beside the live model and scored, not served. */
  readonly as?: 'live' | 'shadow'
  /** Publish, too, what the gate finds worse than the live model. */
  readonly overrule?: boolean
  readonly onProgress?: (progress: TrainProgress) => void
}

export interface Learning {
  /** Trains and publishes what passed its tests. Null when another node is at it. */
  train(request?: TrainRequest): Promise<readonly TrainedModel[] | null>
  /** The same, but resolves as soon as the training has begun. */
  begin(request?: TrainRequest): Promise<{ readonly done: Promise<readonly TrainedModel[]> } | null>
  readonly trainings: TrainingStore
  close(): Promise<void>
}

const LOCK = "hashtext('croupier training')"

export function openLearning(world: LearningWorld): Learning {
  const { database, log } = world
  const trainings = trainingStore(database)
  let trainer: Trainer | undefined

  const trainHere = async (request: TrainRequest): Promise<readonly TrainedModel[]> => {
    const { because = 'asked', only, onProgress } = request
    const { memoryMb, knownFile } = world
    trainer ??= openTrainer({
      databaseUrl: database.url,
      onNote: (note) => log.warn(note),
      ...(memoryMb && { memoryMb }),
      ...(knownFile && { knownFile }),
    })
    const policies = await world.policies()
    const pinned = because === 'asked' ? new Map() : await world.models.pinned()
    const wanted = learningAmong(policies).filter(({ key }) => (only?.includes(key) ?? true) && !pinned.has(key))
    const started = performance.now()
    const trained = await trainer.train({ policies, only: wanted.map(({ key }) => key), ...(onProgress && { onProgress }) })
    const published = await publish(world, trained, request)
    if (request.as !== 'shadow') await record(trainings, trained, { because, wanted })
    const ms = Math.round(performance.now() - started)
    log.info(`Trained (${because}) ${trained.models.length} models in ${ms} ms and published ${published.length}`)
    return trained.models
  }

  const begin = async (request: TrainRequest = {}) => {
    const client = await database.learner.connect()
    const isOurs = await locked(client).catch((error: unknown) => {
      client.release(true)
      throw error
    })
    if (!isOurs) {
      client.release()
      return null
    }
    const done = trainHere(request).finally(() => unlocked(client))
    return { done }
  }

  return {
    begin,
    async train(request) {
      const begun = await begin(request)
      return begun ? begun.done : null
    },
    trainings,
    close: async () => trainer?.close(),
  }
}

/** Whether policies of a kind learn from the log. */
export function learnsFrom(kind: string): boolean {
  return kinds[kind]?.train !== undefined
}

/** Policies of kinds that learn from the log. */
export function learningAmong(policies: readonly PolicyDefinition[]): readonly PolicyDefinition[] {
  return policies.filter(({ kind }) => learnsFrom(kind))
}

/** What a training depends on besides the log, as text, by policy. */
export function settingsTexts(policies: readonly PolicyDefinition[]): Readonly<Record<string, string>> {
  return Object.fromEntries(policies.map(({ key, kind, parameters }) => [key, JSON.stringify([kind, parameters])]))
}

async function locked(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query(`SELECT pg_try_advisory_lock(${LOCK}) AS ours`)
  return rows[0].ours
}

/** The lock is the session's: a connection that cannot say so is ended, which frees it as well. */
async function unlocked(client: pg.PoolClient): Promise<void> {
  const freed = await client.query(`SELECT pg_advisory_unlock(${LOCK})`).then(
    () => true,
    () => false,
  )
  client.release(!freed)
}

/** Publishes what passed, notes what did not; tells what was published. */
async function publish(world: LearningWorld, { models, at }: Trained, request: TrainRequest): Promise<readonly TrainedModel[]> {
  const { because = 'asked', as = 'live', overrule = false } = request
  const passes = ({ refused }: TrainedModel) => refused === null || (refused.kind === 'worse' && (overrule || as === 'shadow'))
  const whole = (model: TrainedModel) => ({ ...model, summary: { ...model.summary, because, watermark: at.watermark } })
  const passed = models.filter(passes).map(whole)
  const refused = models.filter((model) => !passes(model))
  for (const { policy, refused: refusal } of refused) {
    world.log.warn(`The model of ${policy} was not published: ${refusal!.reasons.join(' ')}`)
  }
  await world.models.refuse(refused.map((model) => ({ ...whole(model), reasons: model.refused!.reasons })))
  if (as === 'shadow') {
    const shadows = passed.filter(({ policy }) => isPolicy(policy))
    for (const model of shadows) await world.models.publishShadow(model)
    return shadows
  }
  await (because === 'asked' ? world.models.publishAndUnpin : world.models.publish)(...passed)
  return passed
}

/** Histories go with the models, but are no policy's. */
function isPolicy(key: string): boolean {
  return !key.startsWith('$')
}

async function record(
  trainings: TrainingStore,
  { models, at, reference }: Trained,
  { because, wanted }: { readonly because: TrainingCause; readonly wanted: readonly PolicyDefinition[] },
): Promise<void> {
  const before = await trainings.last()
  await trainings.record({
    ...{ because, watermark: at.watermark, interactionsTo: at.interactionsTo, reference },
    readAt: new Date(at.seconds * 1000),
    summary: { rows: models[0]?.summary.rows ?? 0, settings: { ...before?.summary.settings, ...settingsTexts(wanted) } },
  })
}
