/** C2 and C18: revenue a visitor, nearly always 0 and otherwise lognormal, without an effect; even and uneven splits. */
import { drawBinomial, drawLognormal } from '../../src/stats/draws.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { type Moments, mergeMoments, momentsOf } from '../../src/stats/moments.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { skewGate } from '../../src/stats/skewness.ts'
import { compareMeans } from '../../src/stats/welch.ts'
import { type Study, tally } from '../statement.ts'

const level = 0.95
const BUYERS = 0.05

export const revenueWithoutEffect: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(2000 * scale)
  const hits = tally(runs, (hit) => {
    const comparison = compareMeans({ control: visitors(random, 2000).moments, treatment: visitors(random, 2000).moments }, { level })
    hit('welch', !isUnknown(comparison) && comparison.difference.significant)
  })
  return [
    {
      study: 'C2',
      what: "A/A revenue (5 % buy, lognormal σ = 1), 2,000 an arm: Welch's test rejects",
      claim: 'equal',
      rate: 0.05,
      hits: hits.get('welch')!,
      runs,
    },
  ]
}

export const unevenRevenue: Study = ({ seed, scale }) => {
  const random = randomOf(seed)
  const runs = Math.round(2000 * scale)
  const hits = tally(runs, (hit) => {
    const arms = { control: visitors(random, 4500), treatment: visitors(random, 500) }
    const gate = skewGate({ control: cubic(arms.control), treatment: cubic(arms.treatment) })
    const comparison = compareMeans({ control: arms.control.moments, treatment: arms.treatment.moments }, { level })
    hit('gate', !isUnknown(gate) && gate.warn && !gate.balanced)
    hit('welch', !isUnknown(comparison) && comparison.difference.significant)
  })
  const study = 'C18'
  return [
    {
      study,
      what: 'A/A revenue split 90/10, 500 in the small arm: the skew gate warns',
      claim: 'at-least',
      rate: 0.999,
      hits: hits.get('gate')!,
      runs,
    },
    {
      study,
      what: "… and has to, since Welch's test rejects",
      claim: 'at-least',
      rate: 0.06,
      hits: hits.get('welch')!,
      runs,
      control: true,
    },
  ]
}

interface Visitors {
  readonly moments: Moments
  readonly n: number
  readonly cents: readonly number[]
}

function visitors(random: Random, n: number): Visitors {
  const buyers = drawBinomial(random, { trials: n, probability: BUYERS })
  const cents = Array.from({ length: buyers }, () => Math.round(100 * drawLognormal(random, { mu: 3, sigma: 1 })))
  return { moments: mergeMoments({ n: n - buyers, mean: 0, m2: 0 }, momentsOf(cents)), n, cents }
}

function cubic({ n, cents }: Visitors) {
  const sum = (power: number) => BigInt(cents.reduce((total, value) => total + value ** power, 0))
  return { n: BigInt(n), sum: sum(1), sumOfSquares: sum(2), sumOfCubes: cents.reduce((total, value) => total + BigInt(value) ** 3n, 0n) }
}
