/**
 * Slates over HTTP: 32 connections, 300 bytes of JSON in, about a kilobyte out; one process a server, all on the same two or more cores.
 *
 * Servers take turns within a round, and ratios are taken round by round, so that whatever else the machine does hits all of them. Processor
 * time per request comes from the system's own books and depends less on the neighbours than requests per second do.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Child, runToEnd, startListening } from './child.ts'
import { medianOf, ratioOf } from './figures.ts'
import type { Ground } from './ground.ts'
import type { LoadJob, LoadResult } from './load.ts'
import { processorMs } from './processes.ts'
import { type Arm, type Shop, SLATE_SIZE } from './shop.ts'

export interface SlatesOptions {
  readonly rounds: number
  /** Of each measurement. */
  readonly seconds: number
  tell(what: string): void
}

/** Medians over the rounds; processor microseconds a request are null where the system keeps no such books. */
export interface ServerFigures {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly serverMicros: number | null
  readonly postgresMicros: number | null
}

export interface SlatesBench {
  readonly closedLoop: Readonly<Record<ContestantName, ServerFigures>>
  /** Against bare Express, round by round. */
  readonly toExpress: Readonly<Record<ContestantName, number>>
  readonly durableToUnlogged: Readonly<Record<Arm, number>>
  readonly durableToSingle: number
  readonly openLoop: OpenLoop
}

export interface OpenLoop {
  readonly requestsPerSecond: number
  readonly servers: Readonly<Record<OpenLoopName, ServerFigures>>
  /** p99 against that of bare Express, round by round. */
  readonly p99ToExpress: Readonly<Record<OpenLoopName, number>>
}

const CONTESTANTS = {
  express: { server: 'express', arm: 'hybrid' },
  'node:http': { server: 'http', arm: 'hybrid' },
  'durable popularity': { server: 'durable', arm: 'popularity' },
  'durable hybrid': { server: 'durable', arm: 'hybrid' },
  'unlogged popularity': { server: 'unlogged', arm: 'popularity' },
  'unlogged hybrid': { server: 'unlogged', arm: 'hybrid' },
  'single popularity': { server: 'single', arm: 'popularity' },
} as const
export type ContestantName = keyof typeof CONTESTANTS
type ServerName = (typeof CONTESTANTS)[ContestantName]['server']
type PerContestant<Value> = Record<ContestantName, Value>

const OPEN_LOOP = ['express', 'node:http', 'unlogged popularity', 'durable popularity', 'durable hybrid'] as const
type OpenLoopName = (typeof OPEN_LOOP)[number]

const NAMES = Object.keys(CONTESTANTS) as ContestantName[]
const CONNECTIONS = 32
const OPEN_LOOP_RATE = 3_000
const WARM_UP_SECONDS = 3
/** The fold of what was logged so far is over by then. */
const SETTLE_MS = 1_500
/** One service folds for all of them, as in a cluster; the others' clocks would only disturb. */
const NO_FOLD = { CROUPIER_FOLD_EVERY_MS: '3600000' }
const LOAD = join(import.meta.dirname, 'load.ts')

/** Measures everything about slates. */
export async function benchSlates(ground: Ground, shop: Shop, options: SlatesOptions): Promise<SlatesBench> {
  const servers = await startServers(shop)
  try {
    const run = (name: ContestantName, rate?: number) => measure({ name, servers, shop, ground }, options.seconds, rate)
    for (const name of NAMES) {
      options.tell(`warming up ${name}`)
      await load({ name, servers, shop, ground }, WARM_UP_SECONDS)
    }
    const rounds: PerContestant<ServerFigures>[] = []
    for (let round = 1; round <= options.rounds; round++) {
      const figures: Partial<PerContestant<ServerFigures>> = {}
      for (const name of NAMES) {
        options.tell(`round ${round} of ${options.rounds}: ${name}`)
        figures[name] = await run(name)
      }
      rounds.push(figures as PerContestant<ServerFigures>)
    }
    const openRounds: Record<OpenLoopName, ServerFigures>[] = []
    for (let round = 1; round <= options.rounds; round++) {
      options.tell(`round ${round} of ${options.rounds}: ${OPEN_LOOP_RATE} requests a second`)
      const figures: Partial<Record<OpenLoopName, ServerFigures>> = {}
      for (const name of OPEN_LOOP) figures[name] = await run(name, OPEN_LOOP_RATE)
      openRounds.push(figures as Record<OpenLoopName, ServerFigures>)
    }
    return summaryOf(rounds, openRounds)
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()))
  }
}

async function startServers(shop: Shop): Promise<Record<ServerName, Child>> {
  const script = (name: string) => join(import.meta.dirname, name)
  const ours = async (variant: ServerName) =>
    startListening(script('service.ts'), [variant], { ...shop.environment(variant), ...(variant !== 'durable' && NO_FOLD) })
  const peer = (kind: ServerName) => startListening(script('peers.ts'), [kind, String(SLATE_SIZE.hybrid)])
  return {
    express: await peer('express'),
    http: await peer('http'),
    durable: await ours('durable'),
    unlogged: await ours('unlogged'),
    single: await ours('single'),
  }
}

interface Course {
  readonly name: ContestantName
  readonly servers: Readonly<Record<ServerName, Child>>
  readonly shop: Shop
  readonly ground: Ground
}

async function load({ name, servers, shop }: Course, seconds: number, rate?: number): Promise<LoadResult> {
  const { server, arm } = CONTESTANTS[name]
  const job: LoadJob = {
    url: servers[server].url,
    key: shop.key,
    bodies: shop.bodies[arm],
    connections: CONNECTIONS,
    seconds,
    ...(rate && { rate }),
  }
  const result = JSON.parse(await runToEnd(LOAD, JSON.stringify(job))) as LoadResult
  if (result.failures > 0) throw new Error(`${name}: ${result.failures} requests failed`)
  return result
}

async function measure(course: Course, seconds: number, rate?: number): Promise<ServerFigures> {
  await pause(SETTLE_MS)
  const server = course.servers[CONTESTANTS[course.name].server].process.pid!
  const read = () => ({ server: processorMs(server), postgres: processorMs(course.ground.postmaster, { tree: true }) })
  const before = read()
  const { requestsPerSecond, p50Ms, p99Ms } = await load(course, seconds, rate)
  const after = read()
  const microsOf = (who: 'server' | 'postgres') => {
    const [from, to] = [before[who], after[who]]
    return from === null || to === null ? null : ((to - from) * 1000) / (requestsPerSecond * seconds)
  }
  return { requestsPerSecond, p50Ms, p99Ms, serverMicros: microsOf('server'), postgresMicros: microsOf('postgres') }
}

function summaryOf(rounds: readonly PerContestant<ServerFigures>[], openRounds: readonly OpenLoop['servers'][]): SlatesBench {
  const speeds = (name: ContestantName) => rounds.map((round) => round[name].requestsPerSecond)
  const each = <Value>(of: (name: ContestantName) => Value) =>
    Object.fromEntries(NAMES.map((name) => [name, of(name)])) as PerContestant<Value>
  const p99s = (name: OpenLoopName) => openRounds.map((round) => round[name].p99Ms)
  const eachOpen = <Value>(of: (name: OpenLoopName) => Value) =>
    Object.fromEntries(OPEN_LOOP.map((name) => [name, of(name)])) as Record<OpenLoopName, Value>
  return {
    closedLoop: each((name) => middleOf(rounds.map((round) => round[name]))),
    toExpress: each((name) => ratioOf(speeds(name), speeds('express'))),
    durableToUnlogged: {
      popularity: ratioOf(speeds('durable popularity'), speeds('unlogged popularity')),
      hybrid: ratioOf(speeds('durable hybrid'), speeds('unlogged hybrid')),
    },
    durableToSingle: ratioOf(speeds('durable popularity'), speeds('single popularity')),
    openLoop: {
      requestsPerSecond: OPEN_LOOP_RATE,
      servers: eachOpen((name) => middleOf(openRounds.map((round) => round[name]))),
      p99ToExpress: eachOpen((name) => ratioOf(p99s(name), p99s('express'))),
    },
  }
}

export function middleOf(figures: readonly ServerFigures[]): ServerFigures {
  const median = (of: (one: ServerFigures) => number) => medianOf(figures.map(of))
  const maybe = (of: (one: ServerFigures) => number | null) => {
    const values = figures.map(of)
    return values.includes(null) ? null : medianOf(values as number[])
  }
  return {
    requestsPerSecond: median((one) => one.requestsPerSecond),
    p50Ms: median((one) => one.p50Ms),
    p99Ms: median((one) => one.p99Ms),
    serverMicros: maybe((one) => one.serverMicros),
    postgresMicros: maybe((one) => one.postgresMicros),
  }
}
