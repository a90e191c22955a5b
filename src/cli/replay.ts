/**
 * croupier replay open-bandit <csv>: what another policy would have earned on the requests of a log, or why the log cannot say.
 *
 * The file is read twice, row by row: once to see what there is and whether all of it can be read, once to weigh it.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import { type ItemPolicy, policyOfJson, tableOfPolicy } from '../analysis/open-bandit-policy.ts'
import { openReplay } from '../analysis/open-bandit-replay.ts'
import { ITEMS_MAX } from '../analysis/open-bandit-row.ts'
import { openSurvey } from '../analysis/open-bandit-survey.ts'
import { replayAnswer, unseenShare } from '../analysis/replay-answer.ts'
import type { ReplayAnswer } from '../analysis/replay-shape.ts'
import { replayText } from '../analysis/replay-text.ts'
import { valuationOf } from '../bandits/off-policy-valuation.ts'
import { identify } from '../importing/text-source.ts'
import { readRows } from './csv-rows.ts'
import { between, notNegative, wholeNumberTo } from './option-numbers.ts'
import { paintFor } from './paint-for.ts'
import { openProgress, type Progress } from './progress.ts'

export interface ReplayContext {
  /** Where the answer goes; standard output when left out. */
  readonly out?: NodeJS.WritableStream
  /** Where progress is shown; standard error when left out. */
  readonly err?: NodeJS.WriteStream
}

interface Options {
  readonly policy: string
  readonly items?: number
  readonly folds: number
  readonly switch: number
  readonly level: number
  readonly delimiter: string
  readonly encoding: string
  readonly json?: true
}

/** λ of SwitchDR: rows whose weight is above it are left to the model. */
const SWITCH = 10
const FOLDS_MAX = 100

/** Adds the command to the program. */
export function registerReplay(program: Command, context: ReplayContext = {}): void {
  program
    .command('replay')
    .description('what another policy would have earned on a log')
    .command('open-bandit')
    .description('a log in the form of the Open Bandit Dataset: item_id, position, click, propensity_score')
    .argument('<csv>', 'file with a header, also gzip')
    .option('--policy <policy>', '"uniform", or a JSON file with the probabilities of each item by position', 'uniform')
    .addOption(
      new Option('--items <n>', 'items that a uniform policy chooses from; those up to the largest seen when left out').argParser(
        wholeNumberTo(ITEMS_MAX),
      ),
    )
    .addOption(
      new Option('--folds <n>', 'parts in which the model of DM and DR is cross-fitted; 1 fits it in sample')
        .argParser(wholeNumberTo(FOLDS_MAX))
        .default(1),
    )
    .addOption(new Option('--switch <weight>', 'SwitchDR leaves heavier rows to the model').argParser(notNegative).default(SWITCH))
    .addOption(new Option('--level <level>', 'confidence level').argParser(between('A level', 0.5, 1)).default(0.95))
    .addOption(new Option('--delimiter <character>', 'between cells; found out when left out').default('auto'))
    .addOption(new Option('--encoding <label>', 'of the file').default('utf-8'))
    .option('--json', 'JSON')
    .action((path: string, options: Options) => replay(path, options, context))
}

async function replay(path: string, options: Options, { out = process.stdout, err = process.stderr }: ReplayContext): Promise<void> {
  const progress = openProgress({ stream: err })
  try {
    const answer = await readAnswer(path, options, progress)
    const text = options.json ? `${JSON.stringify(answer, null, 2)}\n` : replayText(answer, paintFor(out))
    await new Promise<void>((resolve, reject) => out.write(text, (error) => (error ? reject(error) : resolve())))
  } finally {
    progress.stop()
  }
}

async function readAnswer(path: string, options: Options, progress: Progress): Promise<ReplayAnswer> {
  const policy = await policyOf(options.policy)
  progress.phase('checking')
  const identity = await identify(path, 'Nothing was estimated.', (done, total) => progress.at(done, total))
  const file = { path, identity, delimiter: options.delimiter, encoding: options.encoding }
  progress.phase('surveying')
  const surveyor = await readRows(file, progress, ({ columns, commaAllowed }) =>
    openSurvey(columns, { policy, folds: options.folds, commaAllowed }),
  )
  const survey = surveyor.finish()
  const items = itemsOf(policy, { asked: options.items, seen: survey.items })
  const question = { policy, items, folds: options.folds, switchAt: options.switch }
  progress.phase('weighing')
  const weighing = await readRows(file, progress, ({ columns, commaAllowed }) => openReplay(columns, { question, survey, commaAllowed }))
  const positions = survey.shown.length
  return replayAnswer(valuationOf(weighing.finish(), { level: options.level }), {
    settings: {
      ...{ policy: options.policy === 'uniform' ? options.policy : basename(options.policy), items, positions },
      ...{ level: options.level, folds: options.folds, switchAt: options.switch },
    },
    unseen: unseenShare(tableOfPolicy(policy, { items, positions }), survey),
  })
}

async function policyOf(asked: string): Promise<ItemPolicy> {
  if (asked === 'uniform') return { kind: 'uniform' }
  const text = await readFile(asked, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Error(`--policy is "uniform" or a JSON file; there is no file ${asked}.`, { cause: error })
    throw new Error(`${asked} cannot be read: ${error.message}.`, { cause: error })
  })
  try {
    return policyOfJson(text)
  } catch (error) {
    throw new Error(`${asked}: ${(error as Error).message}`, { cause: error })
  }
}

function itemsOf(policy: ItemPolicy, { asked, seen }: { readonly asked: number | undefined; readonly seen: number }): number {
  if (policy.kind === 'table') {
    if (asked !== undefined) throw new Error('--items is for a uniform policy; a file says itself how many items there are.')
    return policy.probabilities.length
  }
  if (asked !== undefined && asked < seen) throw new Error(`--items is ${asked}, and the log has items up to ${seen - 1}, counted from 0.`)
  return asked ?? seen
}
