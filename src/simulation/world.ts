/**
 * A world without context, in buckets of requests: what each arm is worth when, and what its outcomes look like.
 *
 * Outcomes of a bucket are drawn together (a binomial, or that many baskets), because a bandit that learns in batches sees no more.
 */
import { drawBinomial, drawExponential, drawLognormal } from '../stats/draws.ts'
import type { Random } from '../stats/random.ts'

export interface World {
  readonly arms: number
  readonly buckets: number
  /** Requests a bucket. */
  readonly requests: number
  /** Expected reward of a request, by arm. */
  expected(bucket: number): readonly number[]
  /** Rewards of those of `trials` requests that had one; a rate's are all 1. */
  rewards(bucket: number, arm: number, trials: number, random: Random): Rewards
  /** Buckets until a reward arrives; left out when it comes at once. */
  readonly delay?: (random: Random) => number
  /** From which bucket on an arm can be drawn; from the first when left out. */
  readonly launched?: readonly number[]
}

/** How many, Σr and Σr². */
export interface Rewards {
  readonly count: number
  readonly sum: number
  readonly squares: number
}

interface Course {
  readonly buckets: number
  readonly requests: number
  readonly rates: (bucket: number) => readonly number[]
}

/** Successes and failures with rates that may change from bucket to bucket. */
export function rateWorld({ buckets, requests, rates }: Course): World {
  return {
    ...{ arms: rates(0).length, buckets, requests, expected: rates },
    rewards(bucket, arm, trials, random) {
      const count = drawBinomial(random, { trials, probability: rates(bucket)[arm]! })
      return { count, sum: count, squares: count }
    },
  }
}

/** Rates whose successes arrive after an exponential delay with this mean, in buckets. */
export function delayedWorld(course: Course & { readonly meanDelay: number; readonly launched: readonly number[] }): World {
  return { ...rateWorld(course), launched: course.launched, delay: (random) => Math.floor(course.meanDelay * drawExponential(random)) }
}

/** Baskets: a rate, and lognormal amounts above which a cap (if any) counts only in what is learned, not in what it was worth. */
export function revenueWorld(course: Course & { readonly lifts: readonly number[]; readonly sigma: number; readonly cap: number }): World {
  const { buckets, requests, rates, lifts, sigma, cap } = course
  // the mean basket of an arm is its lift
  const muOf = (arm: number) => Math.log(lifts[arm]!) - (sigma * sigma) / 2
  return {
    ...{ arms: lifts.length, buckets, requests },
    expected: (bucket) => rates(bucket).map((rate, arm) => rate * lifts[arm]!),
    rewards(bucket, arm, trials, random) {
      const count = drawBinomial(random, { trials, probability: rates(bucket)[arm]! })
      let sum = 0
      let squares = 0
      for (let sale = 0; sale < count; sale++) {
        const amount = Math.min(drawLognormal(random, { mu: muOf(arm), sigma }), cap)
        sum += amount
        squares += amount * amount
      }
      return { count, sum, squares }
    },
  }
}
