/**
 * The models that a bandit with floors serves with: priced by the dual, and raised until the draws themselves keep the floors.
 *
 *     dual ─▶ λ ─▶ models of w + λ ─▶ π(x) at some contexts ─▶ mean over x of Σₐ π·gₖ(x, a) − (1 − δₖ)·gₖ(x, 0) ≥ 0 ?
 *                        ▲                                                                │ no: λ of that floor + t, t = 0.1, 0.2, 0.4 …
 *                        └────────────────────────────────────────────────────────────────┘ then halved back three times
 *
 * The dual thinks of one best arm; at its optimum two arms tie, and a bandit that doubts draws both. Measured at a floor of .90, three seeds:
 * true levels of .86, .91 and .90 without the second step, .88, .93 and .92 with it; what is left is what is not known of the arms. 30 ms for
 * one floor and 50 for two at four arms, only where there are floors, in pieces of some 5 ms at most.
 */
import type { ArmEvidence } from '../bandits/arm-evidence.ts'
import { type EpochModels, modelsOf } from '../bandits/epoch-posterior.ts'
import { storedModels } from '../bandits/stored-models.ts'
import type { ThompsonAllocation } from '../experiments/allocation.ts'
import type { Unknown } from '../stats/estimate.ts'
import { atOnce, type Pieces } from '../stats/pieces.ts'
import { dualPrices, type FloorPrices, type FloorQuestion, floorQuestion, MULTIPLIER_MAX, pricedWeights, pricesOf } from './floor-prices.ts'
import type { RunningEpoch } from './running.ts'
import { servingDecider } from './serving-bandit.ts'

export interface Priced {
  readonly models: EpochModels
  /** Null without floors, or while no context was seen. */
  readonly prices: FloorPrices | null
}

/** Contexts at which draws are looked at. */
const DRAWS_AT = 64
/** Contexts drawn at between two stops. */
const PIECE_DRAWS = 8
const FIRST_STEP = 0.1
const HALVINGS = 3

export interface Learnt {
  readonly evidence: readonly ArmEvidence[]
  /** In units of 1/1024, the newest last. */
  readonly contexts: readonly ArrayLike<number>[]
}

type PricedEpoch = Pick<RunningEpoch, 'settings' | 'armIds' | 'gates'>

/** Unknown while nothing is known of the reward. */
export function pricedModels(epoch: PricedEpoch, allocation: ThompsonAllocation, learnt: Learnt): Priced | Unknown {
  return atOnce(pricedInPieces(epoch, allocation, learnt))
}

/** The same, in pieces of a few milliseconds. */
export function* pricedInPieces(
  epoch: PricedEpoch,
  allocation: ThompsonAllocation,
  { evidence, contexts }: Learnt,
): Pieces<Priced | Unknown> {
  const { metricBodies } = epoch.settings
  const plain = modelsOf(evidence, pricedWeights(allocation, null, metricBodies))
  if (plain.kind === 'unknown') return plain
  yield
  const question = yield* floorQuestion(epoch, allocation, { lines: plain.lines ?? [], contexts })
  if (!question) return { models: plain, prices: null }
  const even = allocation.uniformShare + (1 - allocation.uniformShare) * allocation.floor
  const tried = (scaled: readonly number[]): Tried => {
    const models = modelsOf(evidence, pricedWeights(allocation, pricesOf(question, scaled, []), metricBodies))
    return { scaled, models: models.kind === 'unknown' ? plain : models, slacks: [] }
  }
  const looked = function* (scaled: readonly number[]): Pieces<Tried> {
    const one = tried(scaled)
    yield
    return { ...one, slacks: yield* slacksOf(one.models, { allocation, question, contexts }) }
  }
  const first = yield* looked(yield* dualPrices(question, even))
  const { scaled, models, slacks } = yield* raised(first, looked)
  return { models, prices: pricesOf(question, scaled, slacks) }
}

/** Models that have no floors to keep, in the same shape. */
export function unpriced(models: EpochModels | Unknown): Priced | Unknown {
  return models.kind === 'unknown' ? models : { models, prices: null }
}

interface Tried {
  /** λ in spreads. */
  readonly scaled: readonly number[]
  readonly models: EpochModels
  /** By how much draws are above each floor. */
  readonly slacks: readonly number[]
}

/** The least raise, within an eighth, at which every floor is kept; where none does, the one that misses least. */
function* raised(first: Tried, looked: (scaled: readonly number[]) => Pieces<Tried>): Pieces<Tried> {
  if (isKept(first)) return first
  const lowest = (one: Tried) => Math.min(...one.slacks)
  const by = (step: number) =>
    looked(first.scaled.map((price, k) => (first.slacks[k]! < 0 ? Math.min(price + step, MULTIPLIER_MAX) : price)))
  let best = first
  let step = FIRST_STEP
  for (; step < MULTIPLIER_MAX; step *= 2) {
    const next = yield* by(step)
    if (lowest(next) > lowest(best)) best = next
    if (isKept(next)) break
  }
  if (!isKept(best)) return best
  let [low, high] = [step / 2, step]
  for (let i = 0; i < HALVINGS; i++) {
    const next = yield* by((low + high) / 2)
    if (isKept(next)) {
      best = next
      high = (low + high) / 2
    } else low = (low + high) / 2
  }
  return best
}

function isKept({ slacks }: Tried): boolean {
  return slacks.every((slack) => slack >= 0)
}

interface Drawing {
  readonly allocation: ThompsonAllocation
  readonly question: FloorQuestion
  readonly contexts: readonly ArrayLike<number>[]
}

function* slacksOf(models: EpochModels, { allocation, question, contexts }: Drawing): Pieces<readonly number[]> {
  const { arms, at, margins } = question
  const decider = servingDecider(storedModels(models), allocation)
  const eligible = new Uint8Array(models.arms.length)
  for (const arm of arms) eligible[arm] = 1
  const { uniformShare } = allocation
  const sums = margins.map(() => 0)
  const looked = Math.min(DRAWS_AT, contexts.length)
  for (let i = 0; i < looked; i++) {
    if (i % PIECE_DRAWS === 0) yield
    const place = Math.floor((i * contexts.length) / looked)
    decider.decide(contexts[place]!, eligible, 0)
    const { guarded, levels } = at[place]!
    margins.forEach((margin, k) => {
      const drawn = arms.reduce((sum, arm, j) => {
        const share = (1 - uniformShare) * decider.probabilities[arm]! + uniformShare / arms.length
        return sum + share * guarded[k]![j]!
      }, 0)
      sums[k]! += drawn - (1 - margin) * levels![k]!
    })
  }
  return sums.map((sum) => sum / looked)
}
