/**
 * Learners: from what has been seen so far to the probability of every arm in the next bucket.
 *
 * All of them are read-time views of the same buckets of moments; what differs is the posterior, and how age counts.
 */
import { type Aging, agedMoments, type Bucket } from '../bandits/aging.ts'
import { type ArmModels, armModels } from '../bandits/arm-models.ts'
import { centredModels } from '../bandits/baseline-centring.ts'
import { ratePosteriors, type Trials } from '../bandits/beta-bernoulli.ts'
import { THOMPSON_SCALE } from '../bandits/decider.ts'
import { arrivedBy, type DelayCounts, delayCurves } from '../bandits/delay-curve.ts'
import { MEMORIES, openMemoryChooser } from '../bandits/memory-choice.ts'
import { propensitiesFor } from '../bandits/propensity.ts'
import { widened } from '../bandits/rate-decider.ts'
import { ratePropensities } from '../bandits/rate-propensity.ts'
import { pooled, type RewardMoments } from '../bandits/reward-moments.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'

/** What a learner may look at before bucket `now`. */
export interface Seen {
  readonly now: number
  /** By arm, then by bucket before now: moments with the rewards that have arrived. */
  readonly cells: readonly (readonly RewardMoments[])[]
  /** By arm, in ages and delays of a bucket. */
  readonly delays: readonly DelayCounts[]
}

/** Probabilities of arms that may be drawn; masked arms are left out by the caller. Unknown: draw evenly. */
export type Learner = (seen: Seen) => readonly number[] | Unknown

export const LEARNERS = [
  'even',
  'beta',
  'plug-in',
  'linear',
  'evidence',
  'centred',
  'mature',
  ...MEMORIES.slice(0, -1).map((memory) => `memory-${memory}` as const),
] as const
export type LearnerName = (typeof LEARNERS)[number]

const FOREVER = { memory: Number.POSITIVE_INFINITY, window: Number.POSITIVE_INFINITY }
/** The delay curve's window, in buckets. */
const DELAY_WINDOW = 28

/** A learner that has seen nothing. `scale`: v, how much doubt widens a draw; what is served without context unless given. */
export function openLearner(
  name: LearnerName,
  arms: number,
  { scale = THOMPSON_SCALE.withoutContext }: { readonly scale?: number | undefined } = {},
): Learner {
  if (name === 'even') return () => new Array<number>(arms).fill(1 / arms)
  if (name === 'beta') return (seen) => rates(seen, scale)
  if (name === 'plug-in') return ({ cells }) => plugIn(cells.map((one) => pooled(1, one)))
  if (name === 'evidence') return evidenceLearner(arms, scale)
  if (name === 'centred') return (seen) => thompson(centredModels(bucketsOf(seen)), scale)
  if (name === 'mature') return (seen) => matured(seen, scale)
  const memory = name === 'linear' ? Number.POSITIVE_INFINITY : Number(name.slice('memory-'.length))
  return (seen) => remembering(seen, memory, scale)
}

/** Probabilities of normal or Student-t marginals of models without context. */
function thompson(models: ArmModels | Unknown, scale: number): readonly number[] | Unknown {
  if (isUnknown(models)) return models
  const count = models.arms.length
  const into = new Float64Array(count)
  const means = Float64Array.from(models.arms, ({ coefficients }) => coefficients[0]!)
  const scales = Float64Array.from(models.arms, ({ covariance }) => scale * Math.sqrt(covariance[0]!))
  propensitiesFor({ armsMax: count, degreesOfFreedom: rounded(models.degreesOfFreedom), precision: 'serving' })(means, scales, count, into)
  return [...into]
}

/** A thousand degrees of freedom are as good as any: the table is made once. */
function rounded(degreesOfFreedom: number): number {
  return degreesOfFreedom > 1000 ? Number.POSITIVE_INFINITY : degreesOfFreedom
}

function remembering({ now, cells }: Seen, memory: number, scale: number): readonly number[] | Unknown {
  return thompson(armModels(cells.map((one) => agedMoments(1, numbered(one), { ...FOREVER, memory, now: now - 1 }))), scale)
}

function evidenceLearner(arms: number, scale: number): Learner {
  const chooser = openMemoryChooser(1, arms)
  return (seen) => {
    if (seen.now > 0) chooser.push(seen.cells.map((one) => one.at(-1)!))
    return remembering(seen, chooser.memory(), scale)
  }
}

/** Exposures count for what they could have shown by now. */
function matured({ now, cells, delays }: Seen, scale: number): readonly number[] | Unknown {
  const curves = delayCurves(delays, DELAY_WINDOW)
  return thompson(
    armModels(
      cells.map((one, arm) => {
        const curve = curves[arm]!
        const aging: Aging = {
          ...FOREVER,
          now: now - 1,
          ...(curve.kind === 'delay-curve' && { arrived: (age: number) => arrivedBy(curve, age) }),
        }
        return agedMoments(1, numbered(one), aging)
      }),
    ),
    scale,
  )
}

/** What many do: each arm's own mean and variance, taken as they are, once each arm has had a hundred requests. */
function plugIn(arms: readonly RewardMoments[]): readonly number[] | Unknown {
  const least = Math.min(...arms.map(({ n }) => n))
  if (least < PLUG_IN_FROM) return { kind: 'unknown', because: 'too-few-units', have: least, need: PLUG_IN_FROM }
  const means = Float64Array.from(arms, ({ n, b }) => b[0]! / n)
  const scales = Float64Array.from(arms, ({ n, c }, arm) => Math.sqrt(Math.max(c / n - means[arm]! ** 2, TINY) / n))
  const into = new Float64Array(arms.length)
  propensitiesFor({ armsMax: arms.length, degreesOfFreedom: Number.POSITIVE_INFINITY, precision: 'serving' })(
    means,
    scales,
    arms.length,
    into,
  )
  return [...into]
}
const PLUG_IN_FROM = 100
const TINY = 1e-12

function bucketsOf({ now, cells }: Seen) {
  return Array.from({ length: now }, (_, bucket) => ({ weight: 1, arms: cells.map((one) => one[bucket]!) }))
}

function numbered(cells: readonly RewardMoments[]): readonly Bucket[] {
  return cells.map((moments, bucket) => ({ bucket, moments }))
}

function rates({ cells }: Seen, scale: number): readonly number[] | Unknown {
  const found = ratePosteriors(cells.map((one) => trialsOf(pooled(1, one))))
  return isUnknown(found) ? found : ratePropensities(found.map((shapes) => widened(shapes, scale)))
}

function trialsOf({ n, b }: RewardMoments): Trials {
  return { trials: n, successes: b[0]! }
}
