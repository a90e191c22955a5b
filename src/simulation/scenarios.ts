/**
 * Scenarios: small worlds in which a bandit can go wrong in one way each, and the learners that show it.
 *
 * Regret of even traffic is the yardstick. It is known without drawing: requests × (best − mean) rate, summed over time.
 */
import type { LearnerName } from './learner.ts'
import { delayedWorld, rateWorld, revenueWorld, type World } from './world.ts'

export interface Scenario {
  readonly name: string
  readonly about: string
  readonly learners: readonly LearnerName[]
  /** The world of one seed, for one learner: caps belong to what is learned from. */
  readonly variants: readonly { readonly label: string; readonly world: World }[]
  /** Rates when they are constant and immediate: the Lai–Robbins constant then says what is possible. */
  readonly rates?: readonly number[]
}

const always = (rates: readonly number[]) => () => rates
const LOW = [0.001, 0.0012, 0.0014, 0.002]
const CLOSE = [0.02, 0.021, 0.023, 0.026]
const APART = [0.02, 0.03, 0.04, 0.06]
/** Baskets whose 95th and 99th percentiles are 8.5 and 20.6 times the median. */
const SIGMA = 1.3
const BASKETS = [50, 50, 55, 60]
const MEDIAN = 50 * Math.exp((-SIGMA * SIGMA) / 2)
const CAPS = {
  'cap at p95': MEDIAN * Math.exp(1.644853627 * SIGMA),
  'cap at p99': MEDIAN * Math.exp(2.326347874 * SIGMA),
  'no cap': Number.POSITIVE_INFINITY,
}

function plain(world: World): Scenario['variants'] {
  return [{ label: '', world }]
}

/** Who is best goes round, `switches` times. */
function rotating(
  rates: readonly number[],
  { bucket, buckets, switches }: { readonly bucket: number; readonly buckets: number; readonly switches: number },
) {
  const phase = Math.floor((bucket * (switches + 1)) / buckets)
  return rates.map((_, arm) => rates[(arm + phase) % rates.length]!)
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'low-rate',
    about: 'conversion of .10, .12, .14 and .20 %, 200,000 requests',
    learners: ['even', 'plug-in', 'beta', 'linear'],
    variants: plain(rateWorld({ buckets: 200, requests: 1000, rates: always(LOW) })),
    rates: LOW,
  },
  {
    name: 'close',
    about: 'conversion of 2.0, 2.1, 2.3 and 2.6 %, 200,000 requests',
    learners: ['even', 'plug-in', 'beta', 'linear'],
    variants: plain(rateWorld({ buckets: 200, requests: 1000, rates: always(CLOSE) })),
    rates: CLOSE,
  },
  {
    name: 'stationary',
    about: 'four rates that never change, 100,000 requests in 100 buckets',
    learners: ['even', 'linear', 'memory-5', 'memory-30', 'evidence'],
    variants: plain(rateWorld({ buckets: 100, requests: 1000, rates: always(APART) })),
    rates: APART,
  },
  {
    name: 'switches',
    about: 'the same four rates change places four times',
    learners: ['even', 'linear', 'memory-5', 'memory-30', 'evidence'],
    variants: plain(rateWorld({ buckets: 100, requests: 1000, rates: (bucket) => rotating(APART, { bucket, buckets: 100, switches: 4 }) })),
  },
  {
    name: 'seasonal',
    about: 'four arms take turns at being best, a sine with a period of 50 buckets',
    learners: ['even', 'linear', 'memory-5', 'memory-30', 'evidence'],
    variants: plain(
      rateWorld({
        ...{ buckets: 100, requests: 1000 },
        rates: (bucket) => [0, 1, 2, 3].map((arm) => 0.05 + 0.024 * Math.sin(2 * Math.PI * (bucket / 50 + arm / 4))),
      }),
    ),
  },
  {
    name: 'delayed',
    about: 'purchases come after six days on average; the best arm is launched on day 20',
    learners: ['even', 'linear', 'mature'],
    variants: plain(delayedWorld({ buckets: 60, requests: 2000, rates: always([0.02, 0.022, 0.03]), meanDelay: 6, launched: [0, 0, 20] })),
  },
  {
    name: 'heavy-tailed',
    about: 'revenue of lognormal baskets (σ = 1.3), capped or not for learning',
    learners: ['even', 'linear'],
    variants: Object.entries(CAPS).map(([label, cap]) => ({
      label,
      world: revenueWorld({ buckets: 200, requests: 1000, rates: always([0.05, 0.05, 0.05, 0.05]), lifts: BASKETS, sigma: SIGMA, cap }),
    })),
  },
  {
    name: 'baseline-swing',
    about: 'the rates of the whole shop swing, by a factor of up to five',
    learners: ['even', 'linear', 'centred'],
    variants: plain(
      rateWorld({
        ...{ buckets: 100, requests: 500 },
        rates: (bucket) => {
          const base = 0.3 + 0.2 * Math.sin(2 * Math.PI * (bucket / 10 + 0.1)) * (bucket % 3 === 0 ? 1 : 0.4)
          return [0, 0.005, 0.01, 0.02].map((lift) => base + lift)
        },
      }),
    ),
  },
]
