/** Learning and when it is due, put together from the configuration: the same for the service and for commands. */
import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import type { Database } from '../store/database.ts'
import { type DueTraining, openDueTraining } from './due-training.ts'
import { type Learning, type LearningWorld, openLearning } from './learning.ts'
import { allOf, type Stores } from './stores.ts'

export interface Studies {
  readonly learning: Learning
  readonly due: DueTraining
}

interface StudiesWorld {
  readonly database: Database
  readonly stores: Stores
  readonly log: LearningWorld['log']
}

/** Rows of the log that the last training read. It holds pseudonyms; removing it costs one reading of everything. */
const KNOWN_FILE = join('training', 'known-rows')

export function openStudies(config: Config, { database, stores, log }: StudiesWorld): Studies {
  const { models } = stores
  const policies = () => allOf(stores.policies)
  const knownFile = join(resolve(config.CROUPIER_DATA_DIR), KNOWN_FILE)
  const learning = openLearning({ database, models, policies, log, knownFile, memoryMb: config.CROUPIER_TRAIN_MEMORY_MB })
  const [everyMinutes, driftPauseMinutes] = [config.CROUPIER_TRAIN_EVERY_MINUTES, config.CROUPIER_DRIFT_PAUSE_MINUTES]
  return { learning, due: openDueTraining({ trainings: learning.trainings, models, policies, everyMinutes, driftPauseMinutes }) }
}
