/**
 * The fallback ladder: the shopper always gets a slate.
 *
 *     chosen policy → the surface's own → the surface's fallback → any available item
 *
 * A ranking becomes a slate by the surface's assembly (assemble.ts). A rung fails when its policy is switched off, has no model yet, throws, or has nothing to say. A rung that says too little is topped up
 * from below, without being called a fallback.
 */
import { isPlain, poolSizeOf } from '../policies/assembly.ts'
import type { Terms } from '../policies/item-value.ts'
import type { Ranked, RankRequest, Why } from '../policies/policy.ts'
import type { RulesApplied } from '../policies/rule-price.ts'
import { assemble, type SlateChances } from './assemble.ts'
import { isCold, mixed } from './cold-start.ts'
import type { Snapshot, SurfaceState } from './snapshot.ts'

export interface Served {
  readonly policy: string
  readonly modelVersion: string
  readonly items: readonly number[]
  readonly scores: readonly number[]
  readonly why: readonly Why[]
  /** What the scores are made of; null when the policy's ranking was taken as it is. */
  readonly terms: readonly Terms[] | null
  /** How likely each item is bought, as the assembly took it; null when the policy's ranking was taken as it is. */
  readonly chances: SlateChances | null
  /** Pins and boosts with their price; null when there were none. */
  readonly rules: RulesApplied | null
  /** With which probability each item stood at its place; null when nothing was left to chance. */
  readonly rankPi: readonly number[] | null
  /** What went wrong on the rungs above, policy by policy. */
  readonly failures: readonly RungFailure[]
}

export interface RungFailure {
  readonly policy: string
  readonly because: 'switched-off' | 'no-model' | 'empty' | 'threw'
  /** What it threw. */
  readonly error?: unknown
}

export const STATIC_POLICY = 'static'
const LAST_RESORT: Why = { kind: 'rule', rule: 'last-resort' }

const UNTOUCHED = { terms: null, chances: null, rules: null } as const

/** Pools of this many times the usual size are tried when caps leave a slate too short. */
const POOLS = [1, 8]

/** Ranks with the first rung that can, assembles, and mixes what is for strangers. Never throws, never empty while anything may be shown. */
export function serve(chosen: string, state: SurfaceState, snapshot: Snapshot, request: RankRequest): Served {
  const { temperature, within } = state.surface.assembly.coldStart
  const { size, seed } = request
  const isMixed = temperature > 0 && seed !== undefined && isCold(request)
  const slate = assembled({ chosen, state, snapshot }, isMixed ? { ...request, size: Math.max(size, within) } : request)
  if (!isMixed || slate.rankPi) return slate
  const pinned = new Set(slate.rules?.pins.map(({ rank }) => rank - 1))
  const { order, probabilities } = mixed(slate.items.length, { temperature, within, pinned, seed })
  return reordered(slate, order.slice(0, size), probabilities.slice(0, size))
}

/** How many items of a policy are looked at for a slate; a remote strategy has to be asked for as many. */
export function lookedAt({ surface: { assembly } }: SurfaceState, request: RankRequest): number {
  const { temperature, within } = assembly.coldStart
  const size = temperature > 0 && isCold(request) ? Math.max(request.size, within) : request.size
  return isPlain(assembly) ? size : poolSizeOf(assembly, size)
}

function assembled(rungs: Rungs, request: RankRequest): Served {
  const { assembly } = rungs.state.surface
  if (isPlain(assembly)) return { ...climbDown(rungs, request, request.size), ...UNTOUCHED }
  const { catalogue } = rungs.snapshot
  const demand = assembly.weights.novelty > 0 ? demandIn(rungs) : null
  const usual = poolSizeOf(assembly, request.size)
  let served: Served | undefined
  for (const times of POOLS) {
    const wide = { ...request, size: usual * times }
    const ladder = climbDown(rungs, wide, times === 1 ? request.size : wide.size)
    if (ladder.rankPi) return asDrawn(ladder, request.size)
    const calibration = rungs.snapshot.rankers.get(ladder.policy)?.calibration ?? null
    served = {
      ...ladder,
      ...assemble(ladder, { request, settings: assembly, catalogue, demand, pressures: rungs.state.pressures ?? [], calibration }),
    }
    if (served.items.length >= request.size) break
  }
  return served!
}

/** What sells, by the surface's own fallback where it knows, else by the first policy that does. */
function demandIn({ state: { surface }, snapshot: { rankers } }: Rungs): Float64Array | null {
  const known = [rankers.get(surface.fallback), ...rankers.values()].find((ranker) => ranker?.demand !== undefined)
  return known?.demand ?? null
}

/** What chance put into its place stays there: only what is beyond the slate is cut off. */
function asDrawn({ items, rankPi, ...ladder }: Climbed, size: number): Served {
  const whole: Served = { ...ladder, items, rankPi, ...UNTOUCHED }
  const places = items.slice(0, size).map((_, place) => place)
  return reordered(whole, places, rankPi!.slice(0, size))
}

/** The slate with the item of place order[k] at place k; items that are not named are left out. */
function reordered(slate: Served, order: readonly number[], rankPi: readonly number[]): Served {
  const at = <Value>(column: readonly Value[]) => order.map((place) => column[place]!)
  const items = at(slate.items)
  const rules = slate.rules && rulesOn(slate.rules, items)
  const chances = slate.chances && { ...slate.chances, items: at(slate.chances.items) }
  return { ...slate, items, scores: at(slate.scores), why: at(slate.why), terms: slate.terms && at(slate.terms), chances, rules, rankPi }
}

/** The rules that still have a part when only these items are left. */
function rulesOn(rules: RulesApplied, items: readonly number[]): RulesApplied {
  const { boosts, exposure } = rules
  const stays = ({ item }: { readonly item: number }) => items.includes(item)
  return { ...rules, boosts: boosts.filter(stays), ...(exposure && { exposure: exposure.filter(stays) }) }
}

interface Rungs {
  readonly chosen: string
  readonly state: SurfaceState
  readonly snapshot: Snapshot
}

type Climbed = Omit<Served, 'terms' | 'chances' | 'rules'>

/** Goes down until there are `least` items. */
function climbDown({ chosen, state, snapshot }: Rungs, request: RankRequest, least: number): Climbed {
  const rungs = [...new Set([chosen, state.surface.policy, state.surface.fallback])]
  const failures: RungFailure[] = []
  const slate = { items: [] as number[], scores: [] as number[], why: [] as Why[] }
  let policy = STATIC_POLICY
  let modelVersion = 'none'
  let drawn: readonly number[] | undefined
  for (const key of rungs) {
    const ranked = climb(key, snapshot, request)
    if ('because' in ranked) {
      if (policy === STATIC_POLICY) failures.push(ranked)
      continue
    }
    if (policy === STATIC_POLICY) {
      policy = key
      modelVersion = snapshot.rankers.get(key)!.modelVersion
      drawn = ranked.propensities
    }
    topUp(slate, ranked, least)
    if (slate.items.length >= least) break
  }
  if (slate.items.length < least) topUp(slate, lastResort(state, { ...request, size: least }, slate.items.length), least)
  // What a policy that draws could not fill is filled without chance.
  const rankPi = drawn ? slate.items.map((_, place) => drawn[place] ?? 1) : null
  return { policy, modelVersion, ...slate, rankPi, failures }
}

function climb(key: string, snapshot: Snapshot, request: RankRequest): Ranked | RungFailure {
  if (snapshot.killed.has(key)) return { policy: key, because: 'switched-off' }
  const ranker = snapshot.rankers.get(key)
  if (!ranker) return { policy: key, because: 'no-model' }
  try {
    const ranked = ranker.rank(request)
    return ranked.items.length > 0 ? ranked : { policy: key, because: 'empty' }
  } catch (error) {
    return { policy: key, because: 'threw', error }
  }
}

function topUp(slate: { items: number[]; scores: number[]; why: Why[] }, ranked: Ranked, size: number): void {
  if (slate.items.length === 0) {
    slate.items = ranked.items as number[]
    slate.scores = ranked.scores as number[]
    slate.why = ranked.why as Why[]
    return
  }
  const held = new Set(slate.items)
  slate.items = [...slate.items]
  slate.scores = [...slate.scores]
  slate.why = [...slate.why]
  const floor = slate.scores.at(-1) ?? 0
  for (let i = 0; i < ranked.items.length && slate.items.length < size; i++) {
    const item = ranked.items[i]!
    if (held.has(item)) continue
    slate.items.push(item)
    slate.scores.push(Math.min(floor, ranked.scores[i]!))
    slate.why.push(ranked.why[i]!)
  }
}

function lastResort(state: SurfaceState, request: RankRequest, have: number): Ranked {
  const pool = request.candidates ?? state.lastResort
  const items: number[] = []
  for (const item of pool) {
    if (items.length >= request.size + have) break
    if (request.allowed[item] === 1) items.push(item)
  }
  return { items, scores: items.map(() => 0), why: items.map(() => LAST_RESORT) }
}
