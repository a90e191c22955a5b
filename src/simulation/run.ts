/**
 * One run of a learner in a world: bucket after bucket it says with which probabilities arms are drawn, requests are dealt, rewards arrive.
 *
 *     regret R(t) = Σ_buckets Σₐ nₐ·(θ* − θₐ)          expected, so that luck with outcomes does not count
 *
 * The same seed gives the same run on every machine.
 */
import { drawnArm } from '../bandits/choice.ts'
import { explored } from '../bandits/exploration.ts'
import type { RewardMoments } from '../bandits/reward-moments.ts'
import { isUnknown } from '../stats/estimate.ts'
import { type Random, randomOf } from '../stats/random.ts'
import type { Learner, Seen } from './learner.ts'
import type { Rewards, World } from './world.ts'

export interface RunOptions {
  /** ε. */
  readonly floor: number
  readonly seed: number
}

/** Cumulated regret after each bucket. */
export function runOf(world: World, learner: Learner, { floor, seed }: RunOptions): Float64Array {
  const random = randomOf(seed)
  const book = openBook(world)
  const regret = new Float64Array(world.buckets)
  let total = 0
  for (let now = 0; now < world.buckets; now++) {
    book.arrive(now)
    const expected = world.expected(now)
    const eligible = expected.map((_, arm) => now >= (world.launched?.[arm] ?? 0))
    const dealt = deal(learner(book.seen(now)), { world, eligible, floor, random })
    const best = Math.max(...expected.filter((_, arm) => eligible[arm]))
    dealt.forEach((trials, arm) => {
      total += trials * (best - expected[arm]!)
      book.show({ now, arm, trials }, world.rewards(now, arm, trials, random), random)
    })
    regret[now] = total
  }
  return regret
}

interface Dealing {
  readonly world: World
  readonly eligible: readonly boolean[]
  readonly floor: number
  readonly random: Random
}

/** How many of the bucket's requests each arm gets. */
function deal(told: ReturnType<Learner>, { world, eligible, floor, random }: Dealing): readonly number[] {
  const even = new Array<number>(world.arms).fill(1)
  const pi = explored(isUnknown(told) ? even : told, { floor, stratum: 'bandit', eligible })
  const dealt = new Array<number>(world.arms).fill(0)
  for (let request = 0; request < world.requests; request++) dealt[drawnArm(pi, random.uniform())]!++
  return dealt
}

interface Shown {
  readonly now: number
  readonly arm: number
  readonly trials: number
}

interface Book {
  /** Takes in the rewards that arrive before this bucket. */
  arrive(now: number): void
  show(shown: Shown, rewards: Rewards, random: Random): void
  seen(now: number): Seen
}

interface Late {
  readonly arm: number
  readonly bucket: number
  readonly delay: number
}

/** Late rewards are written into the bucket of their exposure, never into the one in which they arrive. */
function openBook({ arms, buckets, delay }: World): Book {
  const cells = Array.from({ length: arms }, () => [] as Cell[])
  const waiting = Array.from({ length: buckets + 1 }, () => [] as Late[])
  const arrivedByDelay = Array.from({ length: arms }, () => [] as number[][])
  return {
    arrive(now) {
      for (const { arm, bucket, delay: days } of waiting[now]!) {
        const cell = cells[arm]![bucket]!
        cell.b[0]! += 1
        cell.c += 1
        arrivedByDelay[arm]![bucket]![days]! += 1
      }
    },
    show({ now, arm, trials }, { count, sum, squares }, random) {
      const isLate = delay !== undefined
      arrivedByDelay[arm]!.push(isLate ? new Array<number>(buckets).fill(0) : [])
      cells[arm]!.push({
        features: 1,
        n: trials,
        a: Float64Array.of(trials),
        b: Float64Array.of(isLate ? 0 : sum),
        c: isLate ? 0 : squares,
      })
      for (let reward = 0; isLate && reward < count; reward++) {
        const days = delay(random)
        // what comes within the same bucket is there when it ends
        if (now + 1 + days <= buckets) waiting[now + 1 + days]!.push({ arm, bucket: now, delay: days })
      }
    },
    seen: (now) => ({
      now,
      cells,
      delays: cells.map((own, arm) => ({
        exposures: own.map(({ n }) => n).reverse(),
        converted: [...arrivedByDelay[arm]!].reverse(),
      })),
    }),
  }
}

type Cell = Omit<RewardMoments, 'c'> & { c: number }
