/**
 * croupier simulate classification: progressive error on classification sets, the bake-off's measure of contextual bandits.
 *
 * A row is a context, a class an arm; the reward is 1 for the right class, and only the chosen arm's is seen. One setting for all sets.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Command, Option } from 'commander'
import type { HeadKind } from '../bandits/scoring-head.ts'
import { PLAIN } from '../reports/paint.ts'
import { heading, tableOf, wrapped } from '../reports/text-table.ts'
import { type ClassificationSet, classificationSet } from '../simulation/classification-set.ts'
import { progressiveError, SETTINGS } from '../simulation/progressive-error.ts'
import { meanOf } from '../simulation/summary.ts'
import { openProgress } from './progress.ts'
import type { SimulateContext } from './simulate.ts'
import { wholeNumber } from './whole-number.ts'

interface Options {
  readonly shuffles: number
  readonly seed: number
  readonly head: HeadKind
  readonly json?: true
}

interface SetError {
  readonly name: string
  readonly rows: number
  readonly arms: number
  readonly features: number
  /** Mean over the shuffles, and each of them. */
  readonly error: number
  readonly errors: readonly number[]
}

/** Adds the command below `simulate`. */
export function registerClassification(simulate: Command, context: SimulateContext): void {
  simulate
    .command('classification')
    .description('progressive error of a contextual bandit on classification sets')
    .argument('<files...>', 'tab-separated, plain or gzip, with a header; the column "target" is the class')
    .option('--shuffles <n>', 'seeded orders of the rows', wholeNumber, 3)
    .option('--seed <n>', 'the first seed', wholeNumber, 1)
    .addOption(new Option('--head <kind>', 'how scores are learned').choices(['linear', 'logistic']).default('logistic'))
    .option('--json', 'JSON')
    .action((files: readonly string[], _: unknown, command: Command) => classify(files, command.optsWithGlobals<Options>(), context))
}

function classify(
  files: readonly string[],
  { shuffles, seed, head, json }: Options,
  { out = process.stdout, err = process.stderr }: SimulateContext,
): void {
  const progress = openProgress({ stream: err })
  const sets: SetError[] = []
  try {
    for (const file of files) {
      const set = readSet(file)
      const { name, rows, arms, features } = set
      progress.phase(name)
      const errors = Array.from({ length: shuffles }, (_, shuffle) =>
        progressiveError(set, SETTINGS[head], seed + shuffle, (done) =>
          progress.at(shuffle * rows + done, shuffles * rows, shuffle * rows + done),
        ),
      )
      sets.push({ name, rows, arms, features, error: meanOf(errors), errors })
    }
  } finally {
    progress.stop()
  }
  const meanError = meanOf(sets.map(({ error }) => error))
  const { thompsonScale, scoreVariance } = SETTINGS[head]
  const answer = { format: 'croupier-classification/1', head, thompsonScale, scoreVariance, shuffles, seed, sets, meanError }
  out.write(json ? `${JSON.stringify(answer, null, 2)}\n` : textOf(answer))
}

/** The text of a file, plain or gzip. */
function textOfFile(file: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    throw new Error(code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${message}.`, { cause })
  }
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) return bytes.toString('utf8')
  try {
    return gunzipSync(bytes).toString('utf8')
  } catch (cause) {
    throw new Error(`${file} is damaged: ${(cause as Error).message}.`, { cause })
  }
}

function readSet(file: string): ClassificationSet {
  const [header = [], ...rows] = textOfFile(file)
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
  const name = basename(file).replace(/\.tsv(\.gz)?$/, '')
  const odd = rows.findIndex((row) => row.length !== header.length)
  if (odd >= 0) throw new Error(`${file}, row ${odd + 1}: ${rows[odd]!.length} columns instead of ${header.length}.`)
  try {
    return classificationSet(name, header, rows)
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`, { cause })
  }
}

interface Answer {
  readonly head: HeadKind
  readonly thompsonScale: number
  readonly scoreVariance: number
  readonly shuffles: number
  readonly sets: readonly SetError[]
  readonly meanError: number
}

function textOf({ head, thompsonScale, scoreVariance, shuffles, sets, meanError }: Answer): string {
  const note = `${head} head, Thompson scale ${thompsonScale}, prior variance of a score ${scoreVariance}; mean of ${shuffles} shuffles, one setting for all sets.`
  const columns = ['set', 'rows', 'arms', 'features', 'error'].map((title, i) => ({
    title,
    align: i === 0 ? ('left' as const) : ('right' as const),
  }))
  const rows = sets.map(({ name, rows: count, arms, features, error }) => [
    name,
    ...[count, arms, features].map((value) => value.toLocaleString('en')),
    error.toFixed(4),
  ])
  const table = tableOf(columns, [...rows, ['mean', '', '', '', meanError.toFixed(4)]])
  return `${[heading('Progressive error', '', PLAIN), '', ...table, '', ...wrapped(note)].join('\n')}\n`
}
