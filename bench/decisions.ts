/**
 * What a decision of the bandit costs and how exact its propensities are, beside drawing them: all of it in one process, no HTTP.
 *
 * A decision goes from quantised features to a drawn arm: means, scales, propensities, floor, draw. Errors are the largest over all
 * contexts, against an unhurried quadrature of the same marginals; for draws they are those of 10⁴ draws, which is what others log.
 */
import { type ArmModels, armModels } from '../src/bandits/arm-models.ts'
import { deciderOf } from '../src/bandits/decider.ts'
import { FEATURE_SCALE } from '../src/bandits/features.ts'
import type { Precision } from '../src/bandits/reaches.ts'
import { rewardMomentsOfRows } from '../src/bandits/reward-moments.ts'
import { probabilitiesOfBest } from '../src/stats/bayesian-best.ts'
import { normalVariable } from '../src/stats/bayesian-variable.ts'
import { drawNormal } from '../src/stats/draws.ts'
import { type Random, randomOf } from '../src/stats/random.ts'

export type DecisionsBench = readonly DecisionRow[]

export interface DecisionRow {
  readonly what: string
  /** A decision, in the quickest stretch. */
  readonly micros: number
  readonly goal: number | null
  /** The largest of a propensity. */
  readonly error: number
  readonly promised: number | null
}

const ARMS = 4
const ROWS = 2000
const CONTEXTS = 256
const CHECKED = 40
const STRETCHES = 9
const STRETCH_MS = 80
const DRAWS = 10_000

/** Measures all rows. */
export function benchDecisions(): DecisionsBench {
  return [
    rowOf({ precision: 'serving', features: 16, goal: 12, promised: 1e-6 }),
    rowOf({ precision: 'exact', features: 16, goal: null, promised: 1e-9 }),
    rowOf({ precision: 'exact', features: 32, goal: 45, promised: 1e-9 }),
    drawnRow(16),
  ]
}

interface Asked {
  readonly precision: Precision
  readonly features: number
  readonly goal: number | null
  readonly promised: number
}

function rowOf({ precision, features, goal, promised }: Asked): DecisionRow {
  const { models, contexts, random } = groundOf(features)
  const decider = deciderOf({ models, thompsonScale: 1, floor: 0, precision, featureScale: FEATURE_SCALE })
  const everybody = new Uint8Array(ARMS).fill(1)
  const uniforms = Float64Array.from(contexts, () => random.uniform())
  const micros = microsOf((i) => decider.decide(contexts[i]!, everybody, uniforms[i]!))
  const error = worst(contexts, (x) => {
    decider.decide(x, everybody, 0.5)
    return { told: decider.probabilities, truth: truthOf(decider.means, decider.scales) }
  })
  return { what: `${precision}, ${ARMS} arms, ${features} features`, micros, goal, error, promised }
}

/** What is usually done: means and scales as ours, then 10⁴ draws of each arm. */
function drawnRow(features: number): DecisionRow {
  const { models, contexts, random } = groundOf(features)
  const decider = deciderOf({ models, thompsonScale: 1, floor: 0, precision: 'serving', featureScale: FEATURE_SCALE })
  const everybody = new Uint8Array(ARMS).fill(1)
  const counts = new Float64Array(ARMS)
  const drawn = (x: Int16Array) => {
    decider.decide(x, everybody, 0.5)
    counts.fill(0)
    for (let draw = 0; draw < DRAWS; draw++) counts[bestDraw(decider.means, decider.scales, random)]! += 1 / DRAWS
    return counts
  }
  const micros = microsOf((i) => drawn(contexts[i % 8]!), 8)
  const error = worst(contexts, (x) => ({ told: drawn(x), truth: truthOf(decider.means, decider.scales) }))
  return { what: `${DRAWS.toLocaleString('en')} draws, ${ARMS} arms, ${features} features`, micros, goal: null, error, promised: null }
}

function bestDraw(means: Float64Array, scales: Float64Array, random: Random): number {
  let chosen = 0
  let best = Number.NEGATIVE_INFINITY
  for (let arm = 0; arm < means.length; arm++) {
    const value = means[arm]! + scales[arm]! * drawNormal(random)
    if (value > best) {
      best = value
      chosen = arm
    }
  }
  return chosen
}

function groundOf(features: number): { readonly models: ArmModels; readonly contexts: readonly Int16Array[]; readonly random: Random } {
  const random = randomOf(features)
  const context = () =>
    Int16Array.from({ length: features }, (_, i) => (i === 0 ? FEATURE_SCALE : Math.round(FEATURE_SCALE * (2 * random.uniform() - 1))))
  const arms = Array.from({ length: ARMS }, (_, arm) =>
    rewardMomentsOfRows(
      features,
      Array.from({ length: ROWS }, () => {
        const x = Float64Array.from(context(), (value) => value / FEATURE_SCALE)
        return { x, r: random.uniform() < 0.1 + 0.01 * arm + 0.05 * x[1]! * arm ? 1 : 0 }
      }),
    ),
  )
  const models = armModels(arms)
  if (models.kind === 'unknown') throw new Error(models.because)
  // the reference is that of normal marginals; thousands of degrees of freedom are normal to 1e-4, which is more than is promised
  return { models: { ...models, degreesOfFreedom: Number.POSITIVE_INFINITY }, contexts: Array.from({ length: CONTEXTS }, context), random }
}

function truthOf(means: Float64Array, scales: Float64Array): readonly number[] {
  return probabilitiesOfBest(Array.from(means, (mean, arm) => normalVariable({ mean, deviation: scales[arm]! })))
}

interface Compared {
  readonly told: Float64Array
  readonly truth: readonly number[]
}

function worst(contexts: readonly Int16Array[], compare: (x: Int16Array) => Compared): number {
  const errors = contexts.slice(0, CHECKED).flatMap((x) => {
    const { told, truth } = compare(x)
    return truth.map((value, arm) => Math.abs(value - told[arm]!))
  })
  return Math.max(...errors)
}

/** The quickest stretch: what disturbs only ever adds. */
function microsOf(work: (i: number) => unknown, batch = CONTEXTS): number {
  let best = Number.POSITIVE_INFINITY
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    const started = performance.now()
    let times = 0
    let now = started
    while (now - started < STRETCH_MS) {
      for (let i = 0; i < batch; i++) work(i)
      times += batch
      now = performance.now()
    }
    best = Math.min(best, ((now - started) * 1000) / times)
  }
  return best
}
