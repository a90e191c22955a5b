/** The findings as a page of text: figures, ratios, and the goals beside them. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BanditBench } from './bandit.ts'
import type { DecisionFoldBench } from './decision-fold.ts'
import type { DecisionsBench } from './decisions.ts'
import { medianOf } from './figures.ts'
import type { FoldBench } from './fold.ts'
import type { ImportBench } from './import.ts'
import type { LearningFigures } from './learning.ts'
import type { Findings } from './main.ts'
import type { MemoryBench } from './memory.ts'
import type { ServerFigures, SlatesBench } from './slates.ts'
import type { SetFigures } from './training.ts'
import type { VectorFigures } from './vectors.ts'

/** What the figures depend on besides us. */
export interface Machine {
  readonly cores: number
  readonly node: string
  /** Processes that wanted a core in the minute before; other work on the machine shows here. */
  readonly loadBefore: number
  /** Milliseconds until the disk has 8 kB for sure, median: no durable answer can be quicker. */
  readonly syncMs: number
}

const SYNCS = 200
const PAGE_BYTES = 8192

export function machineNow(): Machine {
  return { cores: availableParallelism(), node: process.version, loadBefore: loadavg()[0]!, syncMs: syncMsNow() }
}

function syncMsNow(): number {
  const path = join(tmpdir(), `croupier-bench-sync-${process.pid}`)
  const file = openSync(path, 'w')
  try {
    writeSync(file, Buffer.alloc(SYNCS * PAGE_BYTES))
    fdatasyncSync(file)
    const times = Array.from({ length: SYNCS }, (_, i) => {
      const started = performance.now()
      writeSync(file, Buffer.alloc(PAGE_BYTES, 1), 0, PAGE_BYTES, i * PAGE_BYTES)
      fdatasyncSync(file)
      return performance.now() - started
    })
    return medianOf(times)
  } finally {
    closeSync(file)
    rmSync(path)
  }
}

const GOALS = { toExpress: 2.3, durableToUnlogged: 0.6, durableToSingle: 3, p99ToExpress: 0.6 }

/** The whole page. */
export function pageOf({
  machine,
  slates,
  stages,
  bandit,
  fold,
  decisionFold,
  learning,
  import: imported,
  memory,
  decisions,
  training,
  vectors,
}: Findings): string {
  const head = `Croupier, ${machine.cores} cores, Node ${machine.node}, load before ${machine.loadBefore.toFixed(1)}, fdatasync ${machine.syncMs.toFixed(2)} ms`
  const parts = [
    head,
    slates && slatesPart(slates),
    stages && `Stages of a request, alone in one process, µs\n${stagesTable(stages)}`,
    bandit && banditPart(bandit),
    fold && foldPart(fold),
    decisionFold && decisionFoldPart(decisionFold),
    learning && learningPart(learning),
    imported && importPart(imported),
    memory && memoryPart(memory),
    decisions && decisionsPart(decisions),
    training && trainingPart(training),
    vectors && vectorsPart(vectors),
  ]
  return parts.filter(Boolean).join('\n\n')
}

function slatesPart({ closedLoop, toExpress, durableToUnlogged, durableToSingle, openLoop }: SlatesBench): string {
  const rows = Object.entries(closedLoop).map(([name, figures]) => [
    name,
    whole(figures.requestsPerSecond),
    toExpress[name as keyof typeof toExpress].toFixed(2),
    ...costs(figures),
  ])
  const head = ['server', 'requests/s', 'to Express', 'p50 ms', 'p99 ms', 'CPU µs', 'PostgreSQL µs']
  const { servers, p99ToExpress } = openLoop
  const open = Object.entries(servers).map(([name, figures]) => [name, ...costs(figures)])
  return [
    `Slates over HTTP, 32 connections\n${table([head, ...rows])}`,
    table([
      ['ratio', 'measured', 'goal'],
      ['durable to bare Express, popularity', toExpress['durable popularity'].toFixed(2), `≥ ${GOALS.toExpress}`],
      ['durable to bare Express, hybrid', toExpress['durable hybrid'].toFixed(2), `≥ ${GOALS.toExpress}`],
      ['durable to unlogged, popularity', durableToUnlogged.popularity.toFixed(2), `≥ ${GOALS.durableToUnlogged}`],
      ['durable to unlogged, hybrid', durableToUnlogged.hybrid.toFixed(2), `≥ ${GOALS.durableToUnlogged}`],
      ['durable to one INSERT a request', durableToSingle.toFixed(2), `≥ ${GOALS.durableToSingle}`],
      ...(['durable popularity', 'durable hybrid'] as const).map((name) => [
        `p99 at ${openLoop.requestsPerSecond}/s to bare Express, ${name.split(' ')[1]}`,
        p99ToExpress[name].toFixed(2),
        `≤ ${GOALS.p99ToExpress}`,
      ]),
    ]),
    `Open loop, ${openLoop.requestsPerSecond} requests a second\n${table([['server', ...head.slice(3)], ...open])}`,
  ].join('\n\n')
}

function banditPart({ surfaces, microsToFixed }: BanditBench): string {
  const head = ['popularity slates', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'PostgreSQL µs']
  const rows = Object.entries(surfaces).map(([kind, figures]) => [kind, whole(figures.requestsPerSecond), ...costs(figures)])
  return `A bandit beside fixed shares, over HTTP, 32 connections; CPU to fixed ${maybe(microsToFixed, 2)}\n${table([head, ...rows])}`
}

function costs({ p50Ms, p99Ms, serverMicros, postgresMicros }: ServerFigures): string[] {
  return [p50Ms.toFixed(2), p99Ms.toFixed(2), maybe(serverMicros, 0), maybe(postgresMicros, 0)]
}

function stagesTable({ popularity, hybrid }: NonNullable<Findings['stages']>): string {
  const rows = Object.keys(popularity).map((stage) => [stage, popularity[stage]!.toFixed(2), hybrid[stage]!.toFixed(2)])
  const sum = (stages: Readonly<Record<string, number>>) => Object.values(stages).reduce((total, one) => total + one, 0)
  return table([['stage', 'popularity', 'hybrid'], ...rows, ['together', sum(popularity).toFixed(2), sum(hybrid).toFixed(2)]])
}

function foldPart({ exposures, outcomes, covariates }: FoldBench): string {
  const lines = {
    exposures,
    outcomes,
    'exposures, with covariates': covariates.exposures,
    'outcomes, with covariates': covariates.outcomes,
  }
  const rows = Object.entries(lines).map(([name, { rows: count, foldedPerSecond, copiedPerSecond, ratio }]) => [
    name,
    whole(count),
    whole(foldedPerSecond),
    whole(copiedPerSecond),
    ratio.toFixed(2),
  ])
  return `Folding into moments against raw COPY of the same rows\n${table([['', 'rows', 'folded/s', 'copied/s', 'ratio'], ...rows])}`
}

function decisionFoldPart(bench: DecisionFoldBench): string {
  const rows = Object.entries(bench).flatMap(([backlog, tables]) =>
    Object.entries(tables).map(([name, figures]) => [
      `${name}, a ${backlog}`,
      whole(figures.rows),
      whole(figures.banditPerSecond),
      whole(figures.fixedPerSecond),
      whole(figures.copiedPerSecond),
      figures.nodeMicros.toFixed(1),
      maybe(figures.postgresMicros, 1),
    ]),
  )
  const head = ['', 'rows', 'bandit/s', 'fixed/s', 'copied/s', 'Node µs', 'PostgreSQL µs']
  return `Folding a bandit’s epoch (4 arms, 16 features, 3 objectives) against the same rows without a bandit, and against raw COPY\n${table([head, ...rows])}`
}

function learningPart({ outcomesPerSecond, p50Ms, p99Ms, mostMs, foldedP50Ms }: LearningFigures): string {
  const row = [whole(outcomesPerSecond), ...[p50Ms, p99Ms, mostMs, foldedP50Ms].map(whole)]
  const head = ['outcomes/s', 'p50 ms', 'p99 ms', 'most ms', 'until folded, p50 ms']
  return `From an outcome on one node to beliefs that another one draws from\n${table([head, row])}`
}

function importPart({ file, rows, importRowsPerSecond, copyRowsPerSecond, ratio }: ImportBench): string {
  const row = [file, whole(rows), whole(importRowsPerSecond), whole(copyRowsPerSecond), ratio.toFixed(2)]
  return `Importing against raw COPY of the same file\n${table([['file', 'rows', 'imported/s', 'copied/s', 'ratio'], row])}`
}

function memoryPart({ afterStart, afterLoad, atRest }: MemoryBench): string {
  const rows = Object.entries({ 'after the start': afterStart, 'after a load': afterLoad, 'at rest': atRest }).map(
    ([when, { service, postgres }]) => [when, maybe(service, 0), maybe(postgres, 0)],
  )
  return `Memory, MB\n${table([['', 'service', 'PostgreSQL'], ...rows])}`
}

function decisionsPart(rows: DecisionsBench): string {
  const cells = rows.map(({ what, micros, goal, error, promised }) => [
    what,
    micros.toFixed(1),
    goal === null ? '' : `≤ ${goal}`,
    error.toExponential(1),
    promised === null ? '' : `≤ ${promised.toExponential(0)}`,
  ])
  return `A decision, in one process: from features to a drawn arm and its propensities\n${table([['', 'µs', 'goal', 'error', 'promised'], ...cells])}`
}

function trainingPart(sets: readonly SetFigures[]): string {
  return sets
    .map(({ name, items, rows, seconds, memoryMb, policies }) => {
      const lines = policies.map(({ policy, trainSeconds, modelMb, ranked, assembled, onCarts }) => [
        policy,
        trainSeconds.toFixed(2),
        modelMb.toFixed(1),
        ...[ranked, assembled, onCarts].flatMap(({ p50Ms, p99Ms, cpuMs }) => [p50Ms, p99Ms, cpuMs].map((ms) => ms.toFixed(3))),
      ])
      const head = `Training, ${name}: ${whole(items)} items, ${whole(rows)} interactions, ${seconds.toFixed(0)} s in one thread, ${whole(memoryMb)} MB`
      const times = ['ranked', 'assembled', 'on carts'].flatMap((what) => [`${what} p50`, 'p99', 'CPU'])
      return `${head}\n${table([['policy', 'learns s', 'model MB', ...times], ...lines])}`
    })
    .join('\n\n')
}

function vectorsPart(sizes: readonly VectorFigures[]): string {
  const rows = sizes.map(({ items, buildSeconds, share, recall, exact, index, sameItems }) => [
    whole(items),
    buildSeconds.toFixed(1),
    maybe(share, 2),
    maybe(recall, 3),
    `${exact.p50Ms.toFixed(2)} · ${exact.p99Ms.toFixed(2)}`,
    `${index.p50Ms.toFixed(2)} · ${index.p99Ms.toFixed(2)}`,
    sameItems.toFixed(3),
  ])
  const head = ['items', 'index s', 'looked at', 'recall', 'scan p50 · p99 ms', 'index p50 · p99 ms', 'same items']
  return `Slates of ten by vectors of 64 numbers\n${table([head, ...rows])}`
}

/** The first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')
  return rows.map(line).join('\n')
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function maybe(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits)
}
