/** croupier train: the strategies learn from the log now; every node of the service takes the new models at once. */
import type { Command } from 'commander'
import { openLearning } from '../service/learning.ts'
import { allOf, storesOf } from '../service/stores.ts'
import type { TrainedModel, TrainProgress } from '../training/trainer.ts'
import { openProgress } from './progress.ts'
import type { CommandContext } from './world.ts'

export function registerTrain(program: Command, context: CommandContext): void {
  program
    .command('train')
    .description('train the strategies from the log, test and publish them')
    .option('--json', 'for machines')
    .action(async ({ json }: { json?: true }) => {
      const { database, close } = await context.openWorld()
      try {
        const stores = storesOf(database, 'croupier train')
        const log = { info: () => undefined, warn: (message: string) => console.error(`croupier: ${message}`) }
        const learning = openLearning({ database, models: stores.models, policies: () => allOf(stores.policies), log })
        const trained = await shown((onProgress) => learning.train(onProgress))
        await learning.close()
        if (trained === null) throw new Error('Another node is training just now.')
        console.log(json ? JSON.stringify(trained.map(({ bytes: _, ...model }) => model)) : trained.map(lineOf).join('\n'))
        if (trained.some((model) => model.refused !== null)) process.exitCode = 1
      } finally {
        await close()
      }
    })
}

/** Runs a training with its progress on standard error. */
export async function shown<Result>(train: (onProgress: (progress: TrainProgress) => void) => Promise<Result>): Promise<Result> {
  const progress = openProgress()
  let phase = ''
  try {
    return await train(({ policy, done }) => {
      const name = policy ?? 'reading'
      if (name !== phase) progress.phase(name)
      phase = name
      progress.at(done, 1)
    })
  } finally {
    progress.stop()
  }
}

function lineOf({ policy, version, summary, refused }: TrainedModel): string {
  if (refused !== null) return `${policy}  NOT PUBLISHED: ${refused}`
  return `${policy}  ${version}  ${summary.rows} rows, ${summary.items} items, ${summary.shoppers} shoppers, ${Math.round(summary.trainMs)} ms, ${Math.round(summary.bytes / 1024)} KiB`
}
