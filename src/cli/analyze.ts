/**
 * croupier analyze <file>: any file of an A/B test, judged by the engine of the live report.
 *
 * The file is read once for its identity and once for its rows, block by block, so it may be larger than memory.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Analysis, openAnalysis } from '../analysis/analysis.ts'
import type { Answer } from '../analysis/answer-shape.ts'
import { answerText } from '../analysis/answer-text.ts'
import { type Method, type MetricAsked, metricOf, type Question, weightsOf } from '../analysis/question.ts'
import { identify } from '../importing/text-source.ts'
import { readRows } from './csv-rows.ts'
import { between, wholeNumber } from './option-numbers.ts'
import { paintFor } from './paint-for.ts'
import { openProgress, type Progress } from './progress.ts'

export interface AnalyzeContext {
  /** Where the answer goes; standard output when left out. */
  readonly out?: NodeJS.WritableStream
  /** Where progress is shown; standard error when left out. */
  readonly err?: NodeJS.WriteStream
}

interface Options {
  readonly arm: string
  readonly control: string
  readonly metric: readonly MetricAsked[]
  readonly unit?: string
  readonly covariate?: string
  readonly segment?: string
  readonly weights?: ReadonlyMap<string, number>
  readonly method: Method
  readonly level: number
  readonly cap?: number
  readonly plannedUnits?: number
  readonly priorSd?: number
  readonly lessIsBetter?: readonly string[]
  readonly delimiter: string
  readonly encoding: string
  readonly json?: true
}

/** Adds the command to the program. */
export function registerAnalyze(program: Command, context: AnalyzeContext = {}): void {
  program
    .command('analyze')
    .description('any file of an A/B test (CSV, also gzip), judged by the engine of the live report')
    .argument('<file>', 'CSV with a header; comma, semicolon, tab or bar between cells')
    .requiredOption('--arm <column>', 'column that says which arm a row is of')
    .requiredOption('--control <value>', 'value of that column for the control')
    .addOption(
      new Option('--metric <metric>', '<column>:proportion, <column>:mean or <numerator>/<denominator>:ratio; repeat for more')
        .argParser(collect(metric))
        .makeOptionMandatory(),
    )
    .option('--unit <column>', 'who was randomised; rows of one unit are summed first')
    .option('--covariate <column>', 'a number from before the experiment that takes noise out (CUPED)')
    .option('--segment <column>', 'post-stratify by this column, and show its segments')
    .addOption(new Option('--weights <shares>', 'planned shares of the arms, a=1,b=1; even when left out').argParser(weights))
    .addOption(
      new Option('--method <method>', 'how p-values and intervals are made')
        .choices(['fixed', 'always-valid', 'bayesian'])
        .default('fixed'),
    )
    .addOption(new Option('--level <level>', 'confidence level').argParser(between('A level', 0.5, 1)).default(0.95))
    .addOption(new Option('--cap <quantile>', 'cap unit totals of means at this quantile of all arms').argParser(between('A cap', 0.5, 1)))
    .addOption(new Option('--planned-units <n>', 'units of an arm that were planned').argParser(wholeNumber))
    .addOption(
      new Option('--prior-sd <sd>', 'bayesian: relative uplifts to expect, 0.05 unless said; "flat" for any').argParser(priorDeviation),
    )
    .addOption(
      new Option('--less-is-better <metric>', 'a metric of which less is better; repeat for more').argParser(collect((text) => text)),
    )
    .addOption(new Option('--delimiter <character>', 'between cells; found out when left out').default('auto'))
    .addOption(new Option('--encoding <label>', 'of the file').default('utf-8'))
    .option('--json', 'JSON')
    .action((path: string, options: Options) => analyze(path, options, context))
}

async function analyze(path: string, options: Options, { out = process.stdout, err = process.stderr }: AnalyzeContext): Promise<void> {
  const progress = openProgress({ stream: err })
  try {
    const answer = await readAnswer(path, options, progress)
    const text = options.json ? `${JSON.stringify(answer, null, 2)}\n` : answerText(answer, paintFor(out))
    await new Promise<void>((resolve, reject) => out.write(text, (error) => (error ? reject(error) : resolve())))
  } finally {
    progress.stop()
  }
}

async function readAnswer(path: string, options: Options, progress: Progress): Promise<Answer> {
  progress.phase('checking')
  const identity = await identify(path, 'Nothing was analysed.', (done, total) => progress.at(done, total))
  progress.phase('reading')
  const opened: { analysis?: Analysis } = {}
  try {
    const file = { path, identity, delimiter: options.delimiter, encoding: options.encoding }
    const analysis = await readRows(file, progress, ({ columns, commaAllowed }) => {
      opened.analysis = openAnalysis(questionOf(options), columns, { commaAllowed })
      return opened.analysis
    })
    return analysis.finish()
  } finally {
    opened.analysis?.close()
  }
}

function questionOf(options: Options): Question {
  const { metric, priorSd, lessIsBetter, ...rest } = options
  const known = new Set(metric.map(({ name }) => name))
  const unknown = lessIsBetter?.find((name) => !known.has(name))
  if (unknown !== undefined) throw new Error(`--less-is-better ${unknown}: there is no such --metric.`)
  return {
    ...rest,
    metrics: metric,
    ...(priorSd === undefined ? {} : { priorDeviation: priorSd }),
    ...(lessIsBetter ? { lessIsBetter: new Set(lessIsBetter) } : {}),
  }
}

function collect<Value>(parse: (text: string) => Value): (text: string, before?: readonly Value[]) => readonly Value[] {
  return (text, before = []) => [...before, parse(text)]
}

function metric(text: string): MetricAsked {
  return refusing(() => metricOf(text))
}

function weights(text: string): ReadonlyMap<string, number> {
  return refusing(() => weightsOf(text))
}

function refusing<Value>(read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

function priorDeviation(text: string): number {
  if (text === 'flat') return Number.POSITIVE_INFINITY
  const value = Number(text)
  if (text.trim() === '' || !(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It is a positive number, or "flat".')
  return value
}
