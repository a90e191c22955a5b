/** croupier bandit <experiment>: what a bandit believes now, as a page, JSON, or a picture of two objectives. */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { betweenFault, experimentBandit } from '../http/experiment-bandit.ts'
import { askedEpoch } from '../http/handlers/what-if.ts'
import { banditStateSvg } from '../reports/bandit-state-svg.ts'
import { banditStateText } from '../reports/bandit-state-text.ts'
import { experimentStore } from '../store/experiment-store.ts'
import { paintFor } from './paint-for.ts'
import type { CommandContext } from './world.ts'

interface Options {
  readonly between?: string
  readonly svg?: string
  readonly json?: true
}

export function registerBandit(program: Command, context: Pick<CommandContext, 'openWorld'>): void {
  program
    .command('bandit')
    .description('what a bandit believes now: arms, shares of traffic, dominated ones, and whose turn it is at which weight')
    .argument('<experiment>', 'key of the experiment')
    .option('--between <first,second>', 'two objectives to weigh against each other; the first two when left out')
    .option('--svg <file>', 'draws these two')
    .option('--json', 'JSON, as described in docs/bandits.md')
    .action((key: string, options: Options) => printBandit(context, key, options))
}

async function printBandit({ openWorld }: Pick<CommandContext, 'openWorld'>, key: string, options: Options): Promise<void> {
  const { database, close } = await openWorld()
  try {
    const asked = await askedEpoch({ experiments: experimentStore(database) }, key)
    const between = options.between?.split(',') ?? null
    const fault = between && betweenFault(between, asked)
    if (fault) throw new Error(`--between: ${fault}.`)
    const state = await experimentBandit({ database, now: Date.now }, asked, between as [string, string] | null)
    if (options.svg !== undefined) {
      const drawn = banditStateSvg(state)
      if (drawn === null) throw new Error('There is no picture: it takes two objectives, and something learned.')
      await writeFile(options.svg, drawn)
    }
    process.stdout.write(options.json ? `${JSON.stringify(state, null, 2)}\n` : banditStateText(state, paintFor(process.stdout)))
  } finally {
    await close()
  }
}
