/**
 * The time of a slate by one ranker, in several rounds, each with the same requests: by the clock and by the thread's own processor time, which
 * does not count what neighbours take; the system keeps that in steps of milliseconds, so that only its mean over a round says something. With every rule of assembly on, the pool of fifty is ranked, then valued, capped and diversified.
 */
import { performance } from 'node:perf_hooks'
import { assemble } from '../src/decisions/assemble.ts'
import { assemblySchema, poolSizeOf } from '../src/policies/assembly.ts'
import type { Catalogue } from '../src/policies/catalogue.ts'
import type { Ranker, RankRequest } from '../src/policies/policy.ts'
import { medianOf, rounded } from './figures.ts'

/** Medians of rounds, milliseconds. */
export interface SlateTimes {
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time of a slate, on average. */
  readonly cpuMs: number
}

const ROUNDS = 5
const WARM_UP = 600
const SETTINGS = assemblySchema.parse({
  diversity: 0.3,
  caps: { brand: 3, category: 4 },
  weights: { relevance: 1, freshness: 0.2, novelty: 0.2, discovery: 0.2 },
})

/** Ranking alone. */
export function rankingTimes(ranker: Ranker, requests: readonly RankRequest[]): SlateTimes {
  return timesOf(requests, (request) => ranker.rank(request))
}

/** Ranking a pool and assembling a slate of it with MMR, caps and goals. */
export function assembledTimes(ranker: Ranker, requests: readonly RankRequest[], catalogue: Catalogue): SlateTimes {
  return timesOf(requests, (request) => {
    const ranked = ranker.rank({ ...request, size: poolSizeOf(SETTINGS, request.size) })
    assemble(ranked, { request, settings: SETTINGS, catalogue, demand: ranker.demand ?? null, pressures: [], calibration: null })
  })
}

function timesOf(requests: readonly RankRequest[], make: (request: RankRequest) => unknown): SlateTimes {
  for (let i = 0; i < WARM_UP; i++) make(requests[i % requests.length]!)
  const rounds = Array.from({ length: ROUNDS }, () => {
    const walls = new Float64Array(requests.length)
    const before = threadMs()
    requests.forEach((request, i) => {
      const started = performance.now()
      make(request)
      walls[i] = performance.now() - started
    })
    const cpu = (threadMs() - before) / requests.length
    walls.sort()
    const at = (share: number) => walls[Math.floor(share * walls.length)]!
    return { p50: at(0.5), p99: at(0.99), cpu }
  })
  const median = (of: (round: (typeof rounds)[number]) => number) => rounded(medianOf(rounds.map(of)), 3)
  return { p50Ms: median(({ p50 }) => p50), p99Ms: median(({ p99 }) => p99), cpuMs: median(({ cpu }) => cpu) }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
