/**
 * croupier report <experiment>: what an experiment was worth, as a page, JSON or CSV.
 *
 * Asks the database that is running, and folds what is new in the log first, so that the page counts everything up to now.
 */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { experimentReport } from '../http/experiment-report.ts'
import { foldAll } from '../log/fold-all.ts'
import { COLOURS, PLAIN } from '../reports/paint.ts'
import { reportCsv } from '../reports/report-csv.ts'
import { reportJson } from '../reports/report-json.ts'
import type { Report } from '../reports/report-shape.ts'
import { reportText } from '../reports/report-text.ts'
import type { Database } from '../store/database.ts'
import { type ExperimentStore, experimentStore } from '../store/experiment-store.ts'

export interface ReportContext {
  openWorld(): Promise<{ readonly database: Database; close(): Promise<void> }>
  /** Where the report goes, and where remarks do; standard output and error when left out. */
  readonly out?: NodeJS.WritableStream
  readonly err?: NodeJS.WritableStream
}

interface Options {
  readonly epoch?: number
  readonly json?: true
  readonly csv?: true
}

export function registerReport(program: Command, context: ReportContext): void {
  program
    .command('report')
    .description('what an experiment was worth: verdict, trust checks, metrics, money, books')
    .addArgument(new Argument('<experiment>', 'key of the experiment'))
    .addOption(new Option('--epoch <n>', 'an earlier epoch; the latest one when left out').argParser(epochNumber))
    .addOption(new Option('--json', 'JSON, as described in docs/report.md').conflicts('csv'))
    .addOption(new Option('--csv', 'a row for each metric and arm, then for each currency and arm'))
    .action((key: string, options: Options) => printReport(context, key, options))
}

async function printReport(
  { openWorld, out = process.stdout, err = process.stderr }: ReportContext,
  key: string,
  options: Options,
): Promise<void> {
  const { database, close } = await openWorld()
  try {
    const { caughtUp } = await foldAll(database)
    if (!caughtUp) err.write('croupier: the newest part of the log is still being written and is not in these numbers.\n')
    const experiments = experimentStore(database)
    const report = await experimentReport({ database, experiments, now: Date.now }, key, options.epoch)
    if (!report) throw new Error(await whyNone(experiments, key))
    const text = rendered(report, options, out)
    await new Promise<void>((resolve, reject) => out.write(text, (error) => (error ? reject(error) : resolve())))
  } finally {
    await close()
  }
}

function rendered(report: Report, { json, csv }: Options, out: NodeJS.WritableStream): string {
  if (json) return reportJson(report)
  return csv ? reportCsv(report) : reportText(report, isColourful(out) ? COLOURS : PLAIN)
}

/** Node knows which terminals have colours, and that NO_COLOR forbids them. */
function isColourful(out: NodeJS.WritableStream & { readonly isTTY?: boolean; hasColors?(): boolean }): boolean {
  return out.isTTY === true && out.hasColors?.() === true
}

async function whyNone(experiments: ExperimentStore, key: string): Promise<string> {
  if (!(await experiments.get(key))) return `There is no experiment "${key}".`
  const epochs = await experiments.epochs(key)
  return epochs.length === 0
    ? `"${key}" has not been started yet, so there is nothing to report.`
    : `"${key}" has epochs 1 to ${epochs.length}.`
}

function epochNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('An epoch is a whole number from 1.')
  return Number(text)
}
