/**
 * croupier replay what-if <experiment>: what other weights, another floor, one arm or fixed shares would have been worth on a bandit's log.
 *
 * Asks the database that is running and folds what is new first, as the report does; the same answer as `POST …/what-if`.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type EvidentModel, evidentModelSchema } from '../experiments/allocation.ts'
import { experimentWhatIf, whatIfFaults } from '../http/experiment-what-if.ts'
import { askedEpoch } from '../http/handlers/what-if.ts'
import { ROWS_MAX, type WhatIfRequest, whatIfRequestSchema } from '../http/what-if-request.ts'
import { foldAll } from '../log/fold-all.ts'
import { whatIfText } from '../reports/what-if-text.ts'
import { experimentStore } from '../store/experiment-store.ts'
import { between, notNegative, wholeNumberTo } from './option-numbers.ts'
import { paintFor } from './paint-for.ts'
import { openProgress } from './progress.ts'
import type { CommandContext } from './world.ts'

interface Options {
  readonly weights?: Readonly<Record<string, number>>
  readonly floor?: number
  readonly scale?: number
  readonly mode?: 'earn' | 'learn'
  readonly model?: EvidentModel
  readonly arm?: string
  readonly shares?: Readonly<Record<string, number>>
  readonly epoch?: number
  readonly from?: string
  readonly to?: string
  readonly mature?: true
  readonly level: number
  readonly rows?: number
  readonly json?: true
}

/** Needs the command `replay`. */
export function registerReplayWhatIf(program: Command, context: Pick<CommandContext, 'openWorld'>): void {
  const replay = program.commands.find((each) => each.name() === 'replay') ?? program.command('replay')
  replay
    .command('what-if')
    .description('the decisions of a bandit, seen from another policy: its value with interval, or why the log cannot say')
    .argument('<experiment>', 'key of the experiment')
    .addOption(new Option('--weights <metric=weight,…>', 'other weights of the objectives').argParser(namedNumbers))
    .addOption(new Option('--floor <share>', 'another floor').argParser(notNegative))
    .addOption(new Option('--scale <factor>', 'another Thompson scale').argParser(notNegative))
    .addOption(new Option('--mode <mode>', 'another mode').choices(['earn', 'learn']))
    .addOption(new Option('--model <model>', 'another model').choices(evidentModelSchema.options))
    .option('--arm <arm>', 'this arm, always')
    .addOption(new Option('--shares <arm=share,…>', 'the same shares for everybody').argParser(namedNumbers))
    .addOption(new Option('--epoch <n>', 'an earlier epoch; the latest one when left out').argParser(wholeNumberTo(1_000_000)))
    .option('--from <time>', 'only decisions from then on, as 2026-11-20T00:00:00Z')
    .option('--to <time>', 'only decisions before then')
    .option('--mature', 'only decisions whose longest window has ended')
    .addOption(new Option('--level <level>', 'confidence level').argParser(between('A level', 0.5, 1)).default(0.95))
    .addOption(new Option('--rows <n>', 'the newest so many decisions').argParser(wholeNumberTo(ROWS_MAX)))
    .option('--json', 'JSON, as described in docs/replay.md')
    .action((key: string, options: Options) => printWhatIf(context, key, options))
}

async function printWhatIf({ openWorld }: Pick<CommandContext, 'openWorld'>, key: string, options: Options): Promise<void> {
  const request = requestOf(options)
  const { database, close } = await openWorld()
  const progress = openProgress()
  try {
    const { caughtUp } = await foldAll(database)
    if (!caughtUp) console.error('croupier: the newest part of the log is still being written and is not in these numbers.')
    const asked = await askedEpoch({ experiments: experimentStore(database) }, key, request.epoch)
    const faults = whatIfFaults(request, asked)
    if (faults.length > 0) throw new Error(faults.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '))
    progress.phase('deciding again')
    const answer = await experimentWhatIf({ database, now: Date.now }, asked, {
      request,
      onProgress: (done, total) => progress.at(done, total, done),
    })
    progress.stop()
    process.stdout.write(options.json ? `${JSON.stringify(answer, null, 2)}\n` : whatIfText(answer, paintFor(process.stdout)))
  } finally {
    progress.stop()
    await close()
  }
}

/** What the options ask, in the words of the API. */
export function requestOf({ weights, floor, scale, mode, model, arm, shares, mature, json: _, ...rest }: Options): WhatIfRequest {
  const allocation = { floor, scale, mode, model }
  const given = {
    ...rest,
    ...(weights ? { objectives: Object.entries(weights).map(([metric, weight]) => ({ metric, weight })) } : {}),
    ...(Object.values(allocation).some((value) => value !== undefined) ? { allocation } : {}),
    ...{ arm, shares, maturity: mature ? 'mature' : 'so-far' },
  }
  const parsed = whatIfRequestSchema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '))
}

/** "a=1,b=2" */
function namedNumbers(text: string): Readonly<Record<string, number>> {
  const entries = text.split(',').map((part) => {
    const [name = '', value = ''] = part.split('=').map((each) => each.trim())
    if (name === '' || value === '' || !Number.isFinite(Number(value))) throw new InvalidArgumentError('It is a list as a=1,b=0.5.')
    return [name, Number(value)] as const
  })
  return Object.fromEntries(entries)
}
