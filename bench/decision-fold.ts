/**
 * Folding an epoch of a bandit: both grains in one transaction, as it runs in the service, with scores and delays.
 *
 * First all exposures, then all outcomes of the shop (decision-fold-shop); each round has databases of its own. Beside it the same rows in
 * an epoch without a bandit, and the same rows by binary COPY into a table without any index. Processor time is told apart, since other
 * work on the machine shows in it less than in seconds.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { type Backlog, makeDecisions, makeOutcomes } from './decision-fold-shop.ts'
import { medianOf } from './figures.ts'
import { copySeconds, type FoldOptions, foldSeconds } from './fold.ts'
import { type Ground, withClient } from './ground.ts'
import { processorMs } from './processes.ts'

export interface DecisionFoldFigures {
  readonly rows: number
  /** With the decision grain. */
  readonly banditPerSecond: number
  /** The same rows, unit grain only. */
  readonly fixedPerSecond: number
  readonly copiedPerSecond: number
  /** Processor microseconds a row of the bandit's fold; null where the system does not tell. */
  readonly nodeMicros: number
  readonly postgresMicros: number | null
}

export type DecisionFoldBench = Readonly<Record<Backlog, Readonly<Record<Table, DecisionFoldFigures>>>>
type Table = 'exposures' | 'outcomes'

const BACKLOGS = ['day', 'fortnight'] as const
const TABLES = ['exposures', 'outcomes'] as const
const ENDING_MS = 300

interface Measured {
  readonly rows: number
  readonly seconds: number
  readonly copySeconds: number
  readonly nodeMs: number
  readonly postgresMs: number | null
}

/** Measures; a round takes half a minute for 100,000 exposures. */
export async function benchDecisionFold(ground: Ground, { rounds, exposures, tell }: FoldOptions): Promise<DecisionFoldBench> {
  const found = { day: { bandit: noRounds(), fixed: noRounds() }, fortnight: { bandit: noRounds(), fixed: noRounds() } }
  for (let round = 1; round <= rounds; round++) {
    for (const backlog of BACKLOGS) {
      for (const kind of ['bandit', 'fixed'] as const) {
        tell(`round ${round} of ${rounds}: folding ${exposures} exposures and their outcomes, a ${backlog}, ${kind}`)
        const url = await ground.database('bench_decision_fold')
        await withClient(url, async (client) => {
          await makeDecisions(client, { backlog, exposures, isBandit: kind === 'bandit' })
          const step = { client, url, postmaster: ground.postmaster }
          found[backlog][kind].exposures.push(await measure(step, 'exposures', exposures))
          found[backlog][kind].outcomes.push(await measure(step, 'outcomes', await makeOutcomes(client)))
        })
      }
    }
  }
  const figures = (backlog: Backlog) =>
    Object.fromEntries(TABLES.map((table) => [table, figuresOf(found[backlog].bandit[table], found[backlog].fixed[table])])) as Record<
      Table,
      DecisionFoldFigures
    >
  return { day: figures('day'), fortnight: figures('fortnight') }
}

function noRounds(): Record<Table, Measured[]> {
  return { exposures: [], outcomes: [] }
}

interface Step {
  readonly client: pg.Client
  readonly url: string
  readonly postmaster: number
}

async function measure({ client, url, postmaster }: Step, table: Table, rows: number): Promise<Measured> {
  const copied = await copySeconds(client, table)
  const before = { node: process.cpuUsage(), postgres: processorMs(postmaster, { tree: true }) }
  const seconds = await foldSeconds(url, table, rows)
  const { user, system } = process.cpuUsage(before.node)
  // A server process that is just ending is in nobody's account.
  await pause(ENDING_MS)
  const after = processorMs(postmaster, { tree: true })
  const postgresMs = after === null || before.postgres === null ? null : after - before.postgres
  return { rows, seconds, copySeconds: copied, nodeMs: (user + system) / 1000, postgresMs }
}

function figuresOf(bandit: readonly Measured[], fixed: readonly Measured[]): DecisionFoldFigures {
  const median = (of: (one: Measured) => number, all = bandit) => medianOf(all.map(of))
  return {
    rows: bandit[0]!.rows,
    banditPerSecond: median(({ rows, seconds }) => rows / seconds),
    fixedPerSecond: median(({ rows, seconds }) => rows / seconds, fixed),
    copiedPerSecond: median(({ rows, copySeconds }) => rows / copySeconds),
    nodeMicros: median(({ rows, nodeMs }) => (1000 * nodeMs) / rows),
    postgresMicros: bandit.some(({ postgresMs }) => postgresMs === null)
      ? null
      : median(({ rows, postgresMs }) => (1000 * postgresMs!) / rows),
  }
}
