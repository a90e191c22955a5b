/**
 * npm run bench: what Croupier costs, as ratios of things measured side by side in one run.
 *
 *     npm run bench -- [--only slates|bandit|fold|learning|import|memory|decisions|training|vectors] [--rounds n] [--quick] [--json]
 *
 * Progress goes to standard error, the table (or with --json the figures) to standard output. Everything that is started ends with the run.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type BanditBench, benchBandit } from './bandit.ts'
import { runToEnd } from './child.ts'
import { benchDecisionFold, type DecisionFoldBench } from './decision-fold.ts'
import { benchDecisions, type DecisionsBench } from './decisions.ts'
import { benchFold, type FoldBench } from './fold.ts'
import { type Ground, openGround } from './ground.ts'
import type { ImportBench } from './import.ts'
import { benchLearning, type LearningFigures } from './learning.ts'
import { benchMemory, type MemoryBench } from './memory.ts'
import { openShop, type Shop } from './shop.ts'
import { benchSlates, type SlatesBench } from './slates.ts'
import { benchStages, type Stages } from './stages.ts'
import { type Machine, machineNow, pageOf } from './table.ts'
import { benchTraining, type SetFigures } from './training.ts'
import { benchVectors, type VectorFigures } from './vectors.ts'

const SECTIONS = ['slates', 'bandit', 'fold', 'learning', 'import', 'memory', 'decisions', 'training', 'vectors'] as const
type Section = (typeof SECTIONS)[number]
/** Sections that need the shop, and those that need a database. */
const IN_SHOP: readonly Section[] = ['slates', 'bandit', 'memory']
const ON_GROUND: readonly Section[] = [...IN_SHOP, 'fold', 'learning']

/** What a run found out; sections that were not asked for are missing. */
export interface Findings {
  readonly machine: Machine
  readonly slates?: SlatesBench
  readonly stages?: Readonly<Record<'popularity' | 'hybrid', Stages>>
  readonly bandit?: BanditBench
  readonly fold?: FoldBench
  readonly decisionFold?: DecisionFoldBench
  readonly learning?: LearningFigures
  readonly import?: ImportBench
  readonly memory?: MemoryBench
  readonly decisions?: DecisionsBench
  readonly training?: readonly SetFigures[]
  readonly vectors?: readonly VectorFigures[]
}

interface Plan {
  readonly sections: readonly Section[]
  readonly rounds: number
  readonly isQuick: boolean
  readonly asJson: boolean
}

const FULL = { rounds: 5, seconds: 3, exposures: 200_000, restSeconds: 30, learningSeconds: 10 }
const QUICK = { rounds: 1, seconds: 1, exposures: 20_000, restSeconds: 3, learningSeconds: 3 }
/** Outcomes a second while another node's learning is timed. */
const LEARNING_RATE = 3_000

function planOf(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, rounds: { type: 'string' }, quick: { type: 'boolean' }, json: { type: 'boolean' } },
  })
  const isQuick = values.quick ?? false
  const sections = values.only === undefined ? SECTIONS : SECTIONS.filter((section) => section === values.only)
  if (sections.length === 0) throw new Error(`--only takes one of ${SECTIONS.join(', ')}.`)
  const rounds = Number(values.rounds ?? (isQuick ? QUICK : FULL).rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1.')
  return { sections, rounds, isQuick, asJson: values.json ?? false }
}

async function run({ sections, rounds, isQuick }: Plan, tell: (what: string) => void): Promise<Findings> {
  const size = isQuick ? QUICK : FULL
  const wants = (section: Section) => sections.includes(section)
  const machine = machineNow()
  const onGround = ON_GROUND.some(wants) ? await openGround() : null
  const found = onGround ? await measuredOn(onGround, { wants, size: { ...size, rounds }, tell }) : {}
  if (wants('decisions')) tell('decisions')
  const inProcess = {
    ...(wants('decisions') && { decisions: benchDecisions() }),
    ...(wants('training') && { training: await benchTraining(tell) }),
    ...(wants('vectors') && { vectors: benchVectors(tell) }),
  }
  if (!wants('import')) return { machine, ...found, ...inProcess }
  tell('import')
  // A process of its own: what it prints besides the figures stays away from ours.
  const printed = await runToEnd(join(import.meta.dirname, 'import.ts'), '')
  return { machine, ...found, ...inProcess, import: JSON.parse(printed.trim().split('\n').at(-1)!) as ImportBench }
}

interface Measuring {
  wants(section: Section): boolean
  readonly size: typeof FULL
  tell(what: string): void
}

async function measuredOn(ground: Ground, { wants, size, tell }: Measuring): Promise<Omit<Findings, 'machine'>> {
  const stop = () => void ground.close().finally(() => process.exit(130))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    const shop: Shop | null = IN_SHOP.some(wants) ? await openShop(ground, tell) : null
    if (shop && wants('slates')) tell('stages of a request')
    return {
      ...(shop && wants('slates') && { stages: await benchStages(shop), slates: await benchSlates(ground, shop, { ...size, tell }) }),
      ...(shop && wants('bandit') && { bandit: await benchBandit(ground, shop, { ...size, tell }) }),
      ...(wants('fold') && {
        fold: await benchFold(ground, { ...size, tell }),
        decisionFold: await benchDecisionFold(ground, { ...size, tell }),
      }),
      ...(wants('learning') && { learning: await benchLearning(ground, { seconds: size.learningSeconds, rate: LEARNING_RATE, tell }) }),
      ...(shop && wants('memory') && { memory: await benchMemory(ground, shop, { ...size, tell }) }),
    }
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await ground.close()
  }
}

const started = performance.now()
const plan = planOf(process.argv.slice(2))
const tell = (what: string) =>
  void process.stderr.write(`${String(Math.round((performance.now() - started) / 1000)).padStart(4)} s  ${what}\n`)
const findings = await run(plan, tell)
console.log(plan.asJson ? JSON.stringify(findings, null, 2) : pageOf(findings))
