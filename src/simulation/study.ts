/**
 * A study: every learner of a scenario, over many seeds, with the regret of even traffic beside it.
 */

import { laiRobbinsConstant, logSlope } from './lai-robbins.ts'
import { type LearnerName, openLearner } from './learner.ts'
import { runOf } from './run.ts'
import type { Scenario } from './scenarios.ts'
import { meanOf, standardErrorOf } from './summary.ts'
import type { World } from './world.ts'

export interface StudyOptions {
  readonly seeds: number
  /** The first seed; the others follow it. */
  readonly seed: number
  readonly floor: number
  /** v, how much doubt widens a draw; what is served unless given. */
  readonly scale?: number
}

export interface LearnerStudy {
  readonly learner: string
  readonly variant: string
  /** At the end: mean over seeds, its standard error, and the worst of ten. */
  readonly regret: number
  readonly standardError: number
  readonly regret90: number
  /** Over that of even traffic. */
  readonly toEven: number
  /** Regret a unit of ln T over the second half. */
  readonly slope: number
  /** Mean regret after each bucket. */
  readonly curve: readonly number[]
}

export interface Study {
  readonly scenario: string
  readonly about: string
  readonly requests: number
  /** Expected regret of even traffic. */
  readonly even: number
  /** C of Lai and Robbins, where it applies: no good bandit has a smaller slope in the long run. */
  readonly leastSlope: number | null
  readonly learners: readonly LearnerStudy[]
}

/** How many runs a study takes. */
export function runsOf(scenario: Scenario, seeds: number): number {
  return scenario.variants.reduce((sum, _, variant) => sum + learnersOf(scenario, variant).length, 0) * seeds
}

/** Runs the study; `tell` hears after every run. */
export function studyOf(scenario: Scenario, { seeds, seed, floor, scale }: StudyOptions, tell?: () => void): Study {
  const { arms, buckets, requests } = scenario.variants[0]!.world
  const even = evenRegret(scenario.variants[0]!.world)
  const learners = scenario.variants.flatMap(({ label, world }, variant) =>
    learnersOf(scenario, variant).map((learner): LearnerStudy => {
      const runs = Array.from({ length: seeds }, (_, i) => {
        const run = runOf(world, openLearner(learner, arms, { scale }), { floor, seed: seed + i })
        tell?.()
        return run
      })
      return learnerStudy({ learner, variant: label, runs, even, requests })
    }),
  )
  const leastSlope = scenario.rates ? laiRobbinsConstant(scenario.rates) : null
  return { scenario: scenario.name, about: scenario.about, requests: buckets * requests, even, leastSlope, learners }
}

/** Even traffic learns nothing, so that variants of what is learned from are all one to it. */
function learnersOf({ learners }: Scenario, variant: number): readonly LearnerName[] {
  return variant === 0 ? learners : learners.filter((learner) => learner !== 'even')
}

/** The runs of one learner, summed up. */
export function learnerStudy(ran: {
  readonly learner: string
  readonly variant: string
  readonly runs: readonly Float64Array[]
  readonly even: number
  /** A bucket. */
  readonly requests: number
}): LearnerStudy {
  const { learner, variant, runs, even, requests } = ran
  const ends = runs.map((run) => run.at(-1)!)
  const curve = Array.from(runs[0]!, (_, bucket) => meanOf(runs.map((run) => run[bucket]!)))
  return {
    ...{ learner, variant, regret: meanOf(ends), standardError: standardErrorOf(ends), regret90: upperTenth(ends) },
    ...{ toEven: meanOf(ends) / even, slope: slopeOf(curve, requests), curve },
  }
}

/** Expected regret when every arm that is there gets the same. */
export function evenRegret({ buckets, requests, expected, launched }: World): number {
  let total = 0
  for (let bucket = 0; bucket < buckets; bucket++) {
    const rates = expected(bucket).filter((_, arm) => bucket >= (launched?.[arm] ?? 0))
    total += requests * (Math.max(...rates) - meanOf(rates))
  }
  return total
}

function slopeOf(curve: readonly number[], requests: number): number {
  const half = Math.floor(curve.length / 2)
  return logSlope({ requests: half * requests, regret: curve[half - 1]! }, { requests: curve.length * requests, regret: curve.at(-1)! })
}

function upperTenth(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(0.9 * values.length))]!
}
