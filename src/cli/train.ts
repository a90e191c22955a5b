/** croupier train: the strategies learn from the log now; every node of the service takes the new models at once. */
import type { Command } from 'commander'
import { storesOf } from '../service/stores.ts'
import { openStudies } from '../service/studies.ts'
import type { TrainedModel, TrainProgress } from '../training/trainer.ts'
import { openProgress } from './progress.ts'
import { type CommandContext, QUIET } from './world.ts'

interface Options {
  readonly only?: readonly string[]
  readonly shadow?: true
  readonly overrule?: boolean
  readonly json?: true
}

export function registerTrain(program: Command, context: CommandContext): void {
  program
    .command('train')
    .description('train the strategies from the log, test them, hold them against the live ones, and publish what passed')
    .option('--only <policy...>', 'keys of the policies to train; all that learn otherwise')
    .option('--shadow', 'keep the models as shadows: scored beside the live ones, not served')
    .option('--overrule', 'publish, too, what is found worse than the live model')
    .option('--json', 'for machines')
    .action(async ({ only, shadow, overrule = false, json }: Options) => {
      const { database, close } = await context.openWorld()
      try {
        const config = context.config()
        const stores = storesOf(database, 'croupier train', { modelsKept: config.CROUPIER_MODELS_KEPT })
        for (const key of only ?? []) if (!(await stores.policies.get(key))) throw new Error(`There is no policy "${key}".`)
        const { learning } = openStudies(config, { database, stores, log: QUIET })
        const request = { overrule, as: shadow ? 'shadow' : 'live', ...(only && { only }) } as const
        const trained = await shown((onProgress) => learning.train({ ...request, onProgress }))
        await learning.close()
        if (trained === null) throw new Error('Another node is training just now.')
        console.log(json ? JSON.stringify(trained.map(({ bytes: _, ...model }) => model)) : trained.map(lineOf).join('\n'))
        const isRefused = ({ refused }: TrainedModel) => refused !== null && !(refused.kind === 'worse' && (overrule || shadow))
        if (trained.some(isRefused)) process.exitCode = 1
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
    return await train(({ policy, done, doing }) => {
      const name = doing === 'comparing' ? `${policy} against the live one` : (policy ?? doing)
      if (name !== phase) progress.phase(name)
      phase = name
      progress.at(done, 1)
    })
  } finally {
    progress.stop()
  }
}

function lineOf({ policy, version, summary, refused }: TrainedModel): string {
  if (refused !== null) return `${policy}  ${refused.kind === 'worse' ? 'WORSE' : 'NOT PUBLISHED'}: ${refused.reasons.join(' ')}`
  const size = `${Math.round(summary.trainMs)} ms, ${Math.round(summary.bytes / 1024)} KiB`
  return `${policy}  ${version}  ${summary.rows} rows, ${summary.items} items, ${summary.shoppers} shoppers, ${size}${gateText(summary)}`
}

function gateText({ gate }: TrainedModel['summary']): string {
  if (gate?.kind !== 'compared') return ''
  const { ndcg, questions } = gate.heldOut
  return `, NDCG@10 ${ndcg.model.toFixed(4)} against ${ndcg.live.toFixed(4)} on ${questions} questions`
}
