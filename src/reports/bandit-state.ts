/**
 * What a bandit believes now, arm by arm and metric by metric, at the average request: for people, before they move a weight.
 *
 *     x̄ of the last requests ─▶ mean x̄·θ, interval from √(x̄ᵀVx̄) and Student's t          θ, V: the evidence, regressed on that metric alone
 *     the objective of the model `beta`: mean and quantiles of its Beta posterior; of `logistic`: 1/(1 + e^−u) at u = x̄·θ and u ± 1.96·√(x̄ᵀVx̄)
 *     dominated: another arm is at least as good in every objective and better in one        slider: whose turn it is at which weight
 *
 * Means are beliefs, drawn towards each other by the prior, and not the uplift that a report judges.
 */
import type { ArmEvidence } from '../bandits/arm-evidence.ts'
import type { ArmModel } from '../bandits/arm-models.ts'
import { quadraticForm } from '../bandits/bayesian-linear.ts'
import { rateMarginal } from '../bandits/beta-bernoulli.ts'
import { modelsOf } from '../bandits/epoch-posterior.ts'
import { FEATURE_SCALE } from '../bandits/features.ts'
import { dominated, sliderSteps } from '../bandits/pareto.ts'
import { ratesOf } from '../bandits/rate-models.ts'
import { modelsFrom, type StoredLogits } from '../bandits/stored-models.ts'
import { slotWeightsOf, type Weighed } from '../experiments/allocation.ts'
import type { Metric } from '../experiments/metric.ts'
import { expit } from '../stats/bayesian-variable.ts'
import { betaQuantile } from '../stats/beta.ts'
import type { Reason } from '../stats/estimate.ts'
import { normalQuantile } from '../stats/normal.ts'
import { studentTQuantile } from '../stats/student-t.ts'
import type { BanditState, BelievedArm, BelievedValue, Slider } from './bandit-state-shape.ts'
import { measureOf } from './measure.ts'

export interface BanditParts
  extends Pick<BanditState, 'experiment' | 'epoch' | 'snapshot' | 'servedAt' | 'model' | 'decisions' | 'memoryDays' | 'prices'> {
  readonly arms: readonly string[]
  readonly control: number
  readonly objectives: readonly Weighed[]
  readonly metrics: readonly Metric[]
  /** Lines of log-odds, where the logistic model served. */
  readonly logits: StoredLogits | null
  /** By arm; null while nothing is known. */
  readonly evidence: readonly ArmEvidence[] | null
  readonly because: Reason | null
  /** In units of 1/1024. */
  readonly contexts: readonly ArrayLike<number>[]
  /** By arm: decisions of the bandit stratum in the last hour and day. */
  readonly traffic: readonly { readonly hour: number; readonly day: number }[]
  /** Two objectives to weigh against each other; the first two when null. */
  readonly between: readonly [string, string] | null
}

const LEVEL = 0.95

export function banditState(parts: BanditParts): BanditState {
  const { experiment, epoch, snapshot, servedAt, model, decisions, memoryDays, prices, metrics, objectives, because, contexts } = parts
  const asked = metrics.filter(({ kind }) => kind !== 'ratio')
  const values = new Map(asked.map((metric) => [metric.key, believed(parts, [{ metric: metric.key, weight: 1 }], isLess(metric))]))
  const reward = believed(parts, objectives, false)
  const after = objectives.map(({ metric }) => metric)
  const better = after.map((key) => ({ key, sign: isLess(metrics.find((metric) => metric.key === key)!) ? -1 : 1 }))
  const matrix = parts.arms.map((_, arm) => better.map(({ key, sign }) => sign * (values.get(key)?.[arm]?.mean ?? 0)))
  const isKnown = reward !== null
  const beaten = isKnown ? dominated(matrix) : parts.arms.map(() => false)
  return {
    ...{ format: 'croupier-bandit/1', experiment, epoch, snapshot, servedAt, model, decisions, memoryDays, prices, because },
    ...{ level: LEVEL, contexts: contexts.length, objectives },
    metrics: asked.map((metric) => ({ metric: metric.key, measure: measureOf(metric), direction: metric.direction })),
    arms: parts.arms.map(
      (arm, i): BelievedArm => ({
        arm,
        control: i === parts.control,
        dominated: beaten[i]!,
        traffic: { hour: share(parts, i, 'hour'), day: share(parts, i, 'day') },
        reward: reward?.[i] ?? null,
        values: Object.fromEntries([...values].map(([key, each]) => [key, each?.[i] ?? null])),
      }),
    ),
    slider: isKnown ? sliderOf(parts, { matrix, after }) : null,
  }
}

/** Of the reward Σ weight·metric at the average request, by arm; null while nothing is known of it. */
function believed(
  { model, logits, objectives, evidence, metrics, contexts }: BanditParts,
  weights: readonly Weighed[],
  turned: boolean,
): readonly BelievedValue[] | null {
  if (!evidence || contexts.length === 0) return null
  const slots = slotWeightsOf({ objectives: weights }, metrics).map((weight) => (turned ? -weight : weight))
  const isRate = weights.length === 1 && objectives.length === 1 && weights[0]!.metric === objectives[0]!.metric
  if (model === 'beta' && isRate) return rateValues(evidence, slots)
  if (logits && isRate)
    return logitValues(logits, contexts, { slots, isLess: isLess(metrics.find(({ key }) => key === weights[0]!.metric)!) })
  const models = modelsOf(evidence, slots)
  if (models.kind === 'unknown') return null
  const x = averageOf(contexts, models.features)
  const reach = studentTQuantile((1 + LEVEL) / 2, models.degreesOfFreedom)
  return models.arms.map((model) => valueAt(model, x, reach))
}

/** Of an outcome that is weighed by one number, above or below 0. */
function rateValues(evidence: readonly ArmEvidence[], slots: readonly number[]): readonly BelievedValue[] | null {
  const rates = ratesOf(evidence, slots.map(Math.abs))
  if ('kind' in rates) return null
  const worth = slots.find((weight) => weight !== 0)!
  return rates.map((rate) => {
    const ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2].map((p) => worth * betaQuantile(p, rate))
    return { mean: worth * rateMarginal(rate).mean, low: Math.min(...ends), high: Math.max(...ends) }
  })
}

/** Lines are of what is wanted: where less is better, that the outcome stays away. */
function logitValues(
  logits: StoredLogits,
  contexts: BanditParts['contexts'],
  { slots, isLess }: { readonly slots: readonly number[]; readonly isLess: boolean },
): readonly BelievedValue[] {
  const x = averageOf(contexts, logits.features)
  const worth = slots.find((weight) => weight !== 0)!
  const reach = -normalQuantile((1 - LEVEL) / 2)
  return modelsFrom(logits).arms.map((model) => {
    const { mean, low, high } = valueAt(model, x, reach)
    const chances = [low, mean, high].map((logit) => worth * expit(isLess ? -logit : logit))
    return { mean: chances[1]!, low: Math.min(...chances), high: Math.max(...chances) }
  })
}

function valueAt({ coefficients, covariance }: ArmModel, x: Float64Array, reach: number): BelievedValue {
  const mean = x.reduce((sum, value, i) => sum + value * coefficients[i]!, 0)
  const half = reach * Math.sqrt(quadraticForm(covariance, x))
  return { mean, low: mean - half, high: mean + half }
}

function averageOf(contexts: readonly ArrayLike<number>[], features: number): Float64Array {
  const x = new Float64Array(features)
  for (const context of contexts) for (let i = 0; i < features; i++) x[i] = x[i]! + context[i]! / FEATURE_SCALE / contexts.length
  return x
}

function isLess({ direction }: Metric): boolean {
  return direction === 'decrease'
}

function share({ traffic }: BanditParts, arm: number, span: 'hour' | 'day'): number | null {
  const total = traffic.reduce((sum, each) => sum + each[span], 0)
  return total === 0 ? null : traffic[arm]![span] / total
}

/** Whose turn it is when one of the first objective is worth so many of the second. */
function sliderOf(
  { between, arms }: BanditParts,
  { matrix, after }: { readonly matrix: readonly (readonly number[])[]; readonly after: readonly string[] },
): Slider | null {
  const [first, second] = between ?? after
  if (first === undefined || second === undefined) return null
  const [i, j] = [after.indexOf(first), after.indexOf(second)]
  const steps = sliderSteps(matrix.map((values) => [values[i]!, values[j]!] as const))
  return {
    first,
    second,
    steps: steps.map(({ from, arm }) => ({ worthFrom: from === 1 ? null : from / (1 - from), arm: arms[arm]! })),
  }
}
