/**
 * croupier simulate: what a bandit would cost and earn in worlds whose truth is known, and how it classifies while it learns.
 *
 *     croupier simulate                                 all scenarios
 *     croupier simulate switches delayed --svg out.svg  some of them, with a picture of the regret
 *     croupier simulate classification *.tsv.gz         progressive error
 */
import { writeFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { COLOURS, PLAIN } from '../reports/paint.ts'
import { CONTEXTUAL_SCENARIOS, contextualStudy } from '../simulation/contextual.ts'
import { SCENARIOS } from '../simulation/scenarios.ts'
import { runsOf, type Study, type StudyOptions, studyOf } from '../simulation/study.ts'
import { openProgress } from './progress.ts'
import { registerClassification } from './simulate-classification.ts'
import { regretDrawing } from './simulate-drawing.ts'
import { studiesText } from './simulate-text.ts'
import { wholeNumber } from './whole-number.ts'

export interface SimulateContext {
  /** Where the answer goes; standard output when left out. */
  readonly out?: NodeJS.WritableStream
  /** Where progress goes; standard error when left out. */
  readonly err?: NodeJS.WriteStream
}

interface Options extends StudyOptions {
  readonly svg?: string
  readonly json?: true
}

/** Of an allocation, too. */
const SCALE_MOST = 10

/** One scenario as the command line sees it. */
interface Entry {
  readonly name: string
  readonly about: string
  runs(seeds: number): number
  study(options: StudyOptions, tell: () => void): Study
}

const ENTRIES: readonly Entry[] = [
  ...SCENARIOS.map((scenario) => ({
    ...{ name: scenario.name, about: scenario.about },
    runs: (seeds: number) => runsOf(scenario, seeds),
    study: (options: StudyOptions, tell: () => void) => studyOf(scenario, options, tell),
  })),
  ...CONTEXTUAL_SCENARIOS.map((scenario) => ({
    ...{ name: scenario.name, about: scenario.about },
    runs: (seeds: number) => scenario.learners.length * seeds,
    study: (options: StudyOptions, tell: () => void) => contextualStudy(scenario, options, tell),
  })),
]

/** Adds the command to the program. */
export function registerSimulate(program: Command, context: SimulateContext = {}): void {
  const command = program
    .command('simulate')
    .description('regret of bandits in worlds whose truth is known')
    .argument('[scenarios...]', `which of them, all when left out: ${ENTRIES.map(({ name }) => name).join(', ')}`)
    .option('--seeds <n>', 'runs of every learner', wholeNumber, 20)
    .option('--seed <n>', 'the first seed', wholeNumber, 1)
    .option('--floor <share>', 'ε: the share of traffic that is spread evenly', share, 0)
    .option('--scale <v>', 'how much doubt widens a draw; what is served unless given', scale)
    .option('--svg <file>', 'draw the regret over time')
    .option('--json', 'JSON')
    .action((names: readonly string[], options: Options) => simulate(names, options, context))
  registerClassification(command, context)
}

function simulate(names: readonly string[], options: Options, { out = process.stdout, err = process.stderr }: SimulateContext): void {
  const unknown = names.find((name) => !ENTRIES.some((entry) => entry.name === name))
  if (unknown !== undefined) throw new Error(`There is no scenario "${unknown}". There are ${ENTRIES.map(({ name }) => name).join(', ')}.`)
  const chosen = names.length === 0 ? ENTRIES : ENTRIES.filter(({ name }) => names.includes(name))
  const progress = openProgress({ stream: err })
  const { seeds, seed, floor, scale } = options
  const asked = { seeds, seed, floor, ...(scale === undefined ? {} : { scale }) }
  const studies: Study[] = []
  try {
    for (const entry of chosen) {
      progress.phase(entry.name)
      let done = 0
      studies.push(entry.study(asked, () => progress.at(++done, entry.runs(seeds))))
    }
  } finally {
    progress.stop()
  }
  if (options.svg) writeFileSync(options.svg, regretDrawing(studies))
  const isColourful = (out as { isTTY?: boolean }).isTTY === true && (out as { hasColors?(): boolean }).hasColors?.() === true
  out.write(
    options.json
      ? `${JSON.stringify({ format: 'croupier-simulation/1', ...asked, studies }, null, 2)}\n`
      : studiesText(studies, asked, isColourful ? COLOURS : PLAIN),
  )
}

function scale(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0 && value <= SCALE_MOST))
    throw new InvalidArgumentError(`It is a number above 0, at most ${SCALE_MOST}.`)
  return value
}

function share(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It is a share, from 0 to 1.')
  return value
}
