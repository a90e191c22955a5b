/**
 * The logistic posterior of a bandit's epoch, from its cells: what the service decides with until the next fold.
 *
 *     cells of an hour ─▶ trials m = n·G (what can have come by its age), successes s ─▶ a day of an arm ─▶ the chain ─▶ a line of log-odds an arm
 *
 * Days that are as they were keep their link; the chain goes on from the first one whose cells or maturity are others. It begins at a day that a
 * window, or the bound of LOGIT_DAYS, says; the bound moves in steps, because moving it means to go through everything again.
 */
import { type Unknown, unknown } from '../stats/estimate.ts'
import { atOnce, type Pieces } from '../stats/pieces.ts'
import type { ArmModels } from './arm-models.ts'
import { inverseOf } from './bayesian-linear.ts'
import type { Span } from './delay-classes.ts'
import { type ArmDay, type Observed, partsOf } from './epoch-parts.ts'
import { newestOf } from './epoch-posterior.ts'
import { type LogitState, learnedDay, logitBelief, noLogits } from './logit-chain.ts'
import { type LogitCells, momentsOfNatural } from './logit-fit.ts'

/** Of one hour, or a whole day, as the log keeps them: each vector once, always in the same order. */
export interface HourCells {
  readonly features: number
  /** In eighths, cell by cell. */
  readonly x: Int8Array
  /** Decisions. */
  readonly n: Uint32Array
  /** Decisions with an outcome: cell by cell, one number a slot. */
  readonly hits: Uint32Array
}

/** Of an arm; days and hours are counted from 1970. */
export interface ArmCells extends Span {
  readonly arm: number
  readonly cells: HourCells
}

export interface LogitRule {
  readonly arms: number
  readonly features: number
  /** w: of every outcome; one is not 0, and below 0 what is wanted is that it stays away. */
  readonly weights: readonly number[]
  readonly context: boolean
  readonly memory: number
  readonly window: number
  readonly observed?: Observed
}

/** Days that are looked at, at the least; at most LOGIT_STEP − 1 more. Bounds memory: 32 bytes a cell with three slots, some 0.7 MB a day and arms that are asked 50,000 times. */
const LOGIT_DAYS = 60
const LOGIT_STEP = 30
/** Below this share a decision has shown next to nothing. */
const ARRIVED_MIN = 1e-6

/** The first day whose cells are wanted when this one is the newest. */
export function firstLogitDay(newest: number): number {
  return Math.floor((newest - LOGIT_DAYS + 1) / LOGIT_STEP) * LOGIT_STEP
}

/** Lines of the log-odds of what is wanted, in pieces: a day of an arm each. `days`: all of the epoch's, which say ages and delays. Unknown until something turned out both ways. */
export type FitLogits = (cells: readonly ArmCells[], days: readonly ArmDay[], rule: LogitRule) => Pieces<ArmModels | Unknown>

interface Input {
  readonly arm: number
  readonly cells: HourCells
  readonly arrived: number
}

interface Link {
  readonly day: number
  readonly inputs: readonly Input[]
  readonly state: LogitState
}

/** From scratch, at once. */
export function fitLogits(cells: readonly ArmCells[], days: readonly ArmDay[], rule: LogitRule): ArmModels | Unknown {
  return atOnce(openLogits()(cells, days, rule))
}

/** For one epoch, keeping what it went through. */
export function openLogits(): FitLogits {
  let chain: readonly Link[] = []
  let settings = ''
  return function* (cells, days, rule) {
    const slot = rule.weights.findIndex((weight) => weight !== 0)
    const inputs = inputsOf(cells, days, { rule, slot })
    if (inputs.length === 0) return unknown('too-few-units', { have: 0, need: 1 })
    const { memory, context, features, arms } = rule
    const asked = JSON.stringify([slot, String(memory), context, features, arms, inputs[0]!.day])
    const links: Link[] = []
    const known = asked === settings ? chain : []
    let state = noLogits(context ? features : 1, arms)
    let isSame = true
    for (const [i, { day, inputs: own }] of inputs.entries()) {
      const link = known[i]
      isSame &&= link !== undefined && link.day === day && areSame(link.inputs, own)
      if (isSame) state = link!.state
      else {
        const gap = i === 0 ? 0 : day - inputs[i - 1]!.day
        const fade = memory === Number.POSITIVE_INFINITY ? 1 : (1 - 1 / memory) ** gap
        const next = yield* learnedDay(
          state,
          fade,
          Array.from({ length: arms }, (_, arm) => trialsOf(own, { arm, slot, rule })),
        )
        if (!next) return unknown('singular')
        state = next
      }
      links.push({ day, inputs: own, state })
    }
    chain = links
    settings = asked
    return turnedOutBothWays(inputs, slot) ? modelsOf(state, rule.weights[slot]! > 0 ? 1 : -1) : unknown('no-variance')
  }
}

interface DayInputs {
  readonly day: number
  readonly inputs: readonly Input[]
}

/** By day, then hour, then arm, with G of every hour. */
function inputsOf(
  cells: readonly ArmCells[],
  days: readonly ArmDay[],
  { rule, slot }: { readonly rule: LogitRule; readonly slot: number },
): readonly DayInputs[] {
  const newest = newestOf(days)
  const first = Math.max(firstLogitDay(newest), newest - rule.window + 1)
  const { parts, classes } = partsOf(days, rule.arms, rule.observed)
  const at = classes?.findIndex((slots) => slots.includes(slot)) ?? 0
  const shares = new Map(parts.map(({ arm, day, hour, arrived }) => [`${arm} ${day} ${hour}`, arrived[at] ?? 1]))
  const shareOf = ({ arm, day, hour }: ArmCells) =>
    classes === null ? 1 : Math.max(shares.get(`${arm} ${day} ${hour}`) ?? shares.get(`${arm} ${day} null`) ?? 1, ARRIVED_MIN)
  const found: { day: number; inputs: Input[] }[] = []
  const inOrder = [...cells].sort((one, other) => one.day - other.day || (one.hour ?? -1) - (other.hour ?? -1) || one.arm - other.arm)
  for (const own of inOrder) {
    if (own.day < first) continue
    if (found.at(-1)?.day !== own.day) found.push({ day: own.day, inputs: [] })
    found.at(-1)!.inputs.push({ arm: own.arm, cells: own.cells, arrived: shareOf(own) })
  }
  return found
}

function areSame(before: readonly Input[], now: readonly Input[]): boolean {
  const same = ({ arm, cells, arrived }: Input, i: number) =>
    before[i]!.arm === arm && before[i]!.cells === cells && before[i]!.arrived === arrived
  return before.length === now.length && now.every(same)
}

/** The cells of an arm's day, one hour after the other, as trials of a slot. */
function trialsOf(
  inputs: readonly Input[],
  { arm, slot, rule }: { readonly arm: number; readonly slot: number; readonly rule: LogitRule },
): LogitCells {
  const own = inputs.filter((input) => input.arm === arm)
  const count = own.reduce((sum, { cells }) => sum + cells.n.length, 0)
  const features = rule.context ? rule.features : 1
  const outcomes = rule.weights.length
  const found = { features, x: new Int8Array(count * features), trials: new Float64Array(count), successes: new Float64Array(count) }
  let at = 0
  for (const { cells, arrived } of own)
    for (let cell = 0; cell < cells.n.length; cell++, at++) {
      const from = cell * cells.features
      found.x.set(cells.x.subarray(from, from + features), at * features)
      found.trials[at] = cells.n[cell]! * arrived
      found.successes[at] = cells.hits[cell * outcomes + slot]!
    }
  return found
}

function turnedOutBothWays(days: readonly DayInputs[], slot: number): boolean {
  let trials = 0
  let successes = 0
  for (const { inputs } of days)
    for (const { cells } of inputs) {
      const outcomes = cells.hits.length / cells.n.length
      for (let cell = 0; cell < cells.n.length; cell++) {
        trials += cells.n[cell]!
        successes += cells.hits[cell * outcomes + slot]!
      }
    }
  return successes > 0 && successes < trials
}

function modelsOf(state: LogitState, sign: 1 | -1): ArmModels | Unknown {
  const features = state.squares.length
  const arms = state.learned.map((_, arm) => {
    const found = momentsOfNatural(logitBelief(state, arm))
    return found && { coefficients: found.mean.map((value) => sign * value), covariance: inverseOf(found.factor, features) }
  })
  const known = arms.filter((arm) => arm !== null)
  if (known.length < arms.length) return unknown('singular')
  return { kind: 'models', features, noise: 1, degreesOfFreedom: Number.POSITIVE_INFINITY, arms: known }
}
