/**
 * croupier evaluate: how good the strategies would have been on what shoppers bought next.
 *
 * From a file it needs no database. The same log, options and seed give the same numbers.
 */
import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { type EvaluationOptions, evaluate } from '../evaluation/evaluate.ts'
import { DEEPEST_CUT } from '../evaluation/ranking-metrics.ts'
import { askedOf } from '../importing/mapping.ts'
import { presets } from '../importing/presets.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import { kinds } from '../policies/registry.ts'
import { COLOURS, PLAIN } from '../reports/paint.ts'
import { type CheckedChances, checkChances } from '../training/calibration-check.ts'
import { chancesPage } from './chances-page.ts'
import { collected, definitionsWith, levelOf, list, moment, policyOption, whole } from './evaluate-options.ts'
import { registerEvaluateSession } from './evaluate-session.ts'
import { evaluationPage } from './evaluation-page.ts'
import { databaseSource, type EvaluationSource, fileSource } from './evaluation-source.ts'
import { evaluationSvg } from './evaluation-svg.ts'
import { openProgress } from './progress.ts'
import type { CommandContext } from './world.ts'

interface Options {
  readonly file?: string
  readonly preset?: string
  readonly map: readonly string[]
  readonly split?: number
  readonly testDays?: number
  readonly validation?: true
  readonly policies?: readonly string[]
  readonly define: readonly PolicyDefinition[]
  readonly baseline: string
  readonly leastShoppers: number
  readonly size: number
  readonly bootstrap: number
  readonly level: number
  readonly seed: number
  readonly chances?: true
  readonly json?: true
  readonly svg?: string
}

const DAY_SECONDS = 86_400
const BASELINE = 'popularity'
const TEST_DAYS = 30
/** Of a log that is shorter than four test periods. */
const TEST_PART = 1 / 4

export function registerEvaluate(program: Command, context: CommandContext): void {
  const command = program
    .command('evaluate [file]')
    .description('how good the strategies would have been on what shoppers bought next')
    .option('--file <file>', 'interactions from CSV or NDJSON, plain or gzip, instead of the database; the same as [file]')
    .addOption(new Option('--preset <name>', 'read a well-known file by stated rules').choices(Object.keys(presets)))
    .option('--map <field=column>', 'which column fills a field; repeat it', collected, [])
    .addOption(new Option('--split <date>', 'the test begins here (UTC); its last days are taken when left out').argParser(moment))
    .addOption(new Option('--test-days <n>', 'how long the test lasts (30, or a quarter of a shorter log)').argParser(whole(1, 3650)))
    .option('--validation', 'the period before instead: choose parameters here, never on the test')
    .addOption(new Option('--policies <keys>', 'a,b: which ones; all that are defined when left out').argParser(list))
    .addOption(policyOption())
    .option('--baseline <key>', 'the policy that the others are compared with', BASELINE)
    .addOption(
      new Option('--least-shoppers <n>', 'only items that so many shoppers bought before are recommended')
        .argParser(whole(0, 1e6))
        .default(5),
    )
    .addOption(
      new Option('--size <n>', 'places of a slate for coverage, novelty and the like').argParser(whole(1, DEEPEST_CUT)).default(10),
    )
    .addOption(new Option('--bootstrap <n>', 'how often the shoppers are resampled').argParser(whole(100, 100_000)).default(1000))
    .addOption(new Option('--level <share>', 'of the intervals').argParser(levelOf).default(0.95))
    .addOption(new Option('--seed <n>', 'of the resampling').argParser(whole(0, 2 ** 32)).default(1))
    .option('--chances', 'how true learned chances of a purchase are, on the last week of the log; trains everything twice more')
    .option('--json', 'for machines')
    .option('--svg <file>', 'draws NDCG@10 with its intervals')
    .action((file: string | undefined, options: Options) => run({ ...options, ...(file !== undefined && { file }) }, context))
  // Options behind the name of a subcommand are its own; commander wants to hear it on both.
  program.enablePositionalOptions()
  command.enablePositionalOptions()
  registerEvaluateSession(command)
}

async function run(options: Options, context: CommandContext): Promise<void> {
  const progress = openProgress()
  try {
    const source = await sourceOf(options, context, progress)
    const defined = definitionsWith(source.policies, options.define)
    const wanted = wantedOf(options, defined, source.policies)
    let phase = ''
    const evaluation = evaluate(source.data, {
      ...periodOf(source, options),
      ...{ catalogue: source.catalogue, defined, wanted, baseline: options.baseline },
      ...{
        leastShoppers: options.leastShoppers,
        size: options.size,
        replicates: options.bootstrap,
        level: options.level,
        seed: options.seed,
      },
      progress: (name, done) => {
        if (name !== phase) progress.phase(name)
        phase = name
        progress.at(done, 1)
      },
    })
    const checked = options.chances ? chancesOf(source, { defined, wanted }, progress) : null
    progress.stop()
    const told = { source: source.name, currency: source.currency, remarks: source.remarks }
    if (options.svg !== undefined) await writeFile(options.svg, evaluationSvg(evaluation))
    const paint = process.stdout.isTTY && process.stdout.hasColors() ? COLOURS : PLAIN
    console.log(
      options.json
        ? JSON.stringify({ format: 'croupier-evaluation/1', ...told, ...evaluation, ...(checked && { chances: checked }) })
        : evaluationPage(evaluation, told, paint),
    )
    if (checked && !options.json) console.log(`\n${chancesPage(checked, paint)}`)
  } finally {
    progress.stop()
  }
}

/** Of what learns from the log, in the order wanted. */
function chancesOf(
  { reading }: EvaluationSource,
  { defined, wanted }: { readonly defined: readonly PolicyDefinition[]; readonly wanted: readonly string[] },
  progress: ReturnType<typeof openProgress>,
): readonly CheckedChances[] {
  const asked = wanted.map((key) => defined.find((policy) => policy.key === key)!).filter(({ kind }) => kinds[kind]?.train)
  return checkChances(reading, { policies: defined, wanted: asked }, (policy) => progress.phase(`checking chances of ${policy}`))
}

function sourceOf(options: Options, context: CommandContext, progress: ReturnType<typeof openProgress>): Promise<EvaluationSource> {
  const { file, preset, map } = options
  if (file === undefined) {
    if (preset !== undefined || map.length > 0) throw new Error('--preset and --map say how a --file is read; there is none.')
    return databaseSource(context, progress)
  }
  const asked = askedOf(map)
  if ('because' in asked) throw new Error(asked.because)
  const reading = { path: file, preset: preset ?? null, asked, format: 'auto', delimiter: 'auto', encoding: 'utf-8' } as const
  return fileSource({ ...reading, decimal: 'point', currency: context.config().CROUPIER_CURRENCY }, progress)
}

function wantedOf(
  { policies, baseline, define }: Options,
  defined: readonly PolicyDefinition[],
  known: readonly PolicyDefinition[],
): readonly string[] {
  const added = define.map(({ key }) => key).filter((key) => !known.some((policy) => policy.key === key))
  const wanted = policies ? [...policies, ...added] : defined.map(({ key }) => key)
  return [...new Set([baseline, ...wanted])]
}

/** The test period in seconds since 1970: whole days of UTC, the last ones of the log unless a split is given. */
function periodOf({ data }: EvaluationSource, { split, testDays, validation }: Options): Pick<EvaluationOptions, 'at' | 'until'> {
  const lastMidnight = Math.floor(data.seconds.at(-1)! / DAY_SECONDS) * DAY_SECONDS
  const daysOfLog = (lastMidnight - data.seconds[0]!) / DAY_SECONDS
  const days = testDays ?? Math.min(TEST_DAYS, Math.max(1, Math.floor(daysOfLog * TEST_PART)))
  const begins = split ?? lastMidnight - days * DAY_SECONDS
  const at = validation ? begins - days * DAY_SECONDS : begins
  return { at, until: at + days * DAY_SECONDS }
}
