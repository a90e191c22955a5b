import type { ScoreMoments } from '../../src/bandits/score-moments.ts'
import { normalCdf } from '../../src/stats/normal.ts'
import { randomOf } from '../../src/stats/random.ts'
import { openScoreLog } from '../bandits/score-log.ts'

/**
 * A shop without HTTP, like those of test/journeys/honest-shops.ts: three arms, two devices, the best arm depends on the device, seasons move what
 * everybody buys, and who comes changes. Whoever compares the arms' plain means is fooled.
 *
 *     slots   orders (0 or 1), money (a basket of 1, 2 or 3 pairs in whole numbers; larger at desks, and with the arm "desk")
 */

export const SHAPE = { arms: 3, slots: 2 }
const MOBILE = 0
const SEASON = [0.1, 0.3]
/** What an arm adds to the chance of an order, by device. */
const EFFECT = [
  [0, 0],
  [0.1, -0.05],
  [-0.05, 0.1],
]
/** Pairs in a basket, on average 1 + 2·chance. */
const MORE = [
  [0.1, 0.4],
  [0.1, 0.4],
  [0.2, 0.5],
]
const UNIFORM_SHARE = 0.05

export interface Season {
  readonly rounds: number
  readonly visitsARound: number
  readonly floor: number
  readonly days?: number
}

export interface ShopRun {
  readonly cells: readonly ScoreMoments[]
  /** Expected by arm, over the visits that there were, a decision: orders and money. */
  readonly truth: readonly { readonly orders: number; readonly money: number }[]
}

/** One season with a bandit that learns after every round what sells on which device. */
export function playShop(seed: number, { rounds, visitsARound, floor, days = 1 }: Season): ShopRun {
  const random = randomOf(seed)
  const log = openScoreLog(SHAPE)
  const seen = [0, 1, 2].map(() => [0, 1].map(() => ({ n: 0, orders: 0, money: 0 })))
  const truth = [0, 1, 2].map(() => ({ orders: 0, money: 0 }))
  for (let round = 0; round < rounds; round++) {
    const shares = [0, 1].map((device) => sharesOf(seen.map((own) => own[device]!)))
    const expected = [0, 1].map((device) =>
      seen.flatMap((own) => {
        const { n, orders, money } = own[device]!
        return [(orders + 0.5) / (n + 3), (money + 0.7) / (n + 3)].map(Math.fround)
      }),
    )
    const learned: (() => void)[] = []
    for (let visit = 0; visit < visitsARound; visit++) {
      const part = (round + visit / visitsARound) / rounds
      const device = random.uniform() < 0.8 - 0.4 * part ? MOBILE : 1
      const isUniform = random.uniform() < UNIFORM_SHARE
      const pi = shares[device]!.map((share) => (isUniform ? 1 / 3 : floor / 3 + (1 - floor) * share))
      const arm = drawn(pi, random.uniform())
      const rates = EFFECT.map((own) => SEASON[device]! + 0.05 * Math.sin(6 * part) + own[device]!)
      rates.forEach((rate, a) => {
        truth[a]!.orders += rate
        truth[a]!.money += rate * (1 + 2 * MORE[a]![device]!)
      })
      const orders = random.uniform() < rates[arm]! ? 1 : 0
      const more = MORE[arm]![device]!
      const money = orders * (1 + (random.uniform() < more ? 1 : 0) + (random.uniform() < more ? 1 : 0))
      const stratum = isUniform ? 'uniform' : 'bandit'
      const day = Math.floor((round * days) / rounds)
      log.add({ day, unit: `${round} ${visit}`, stratum, pi, mhat: expected[device]!, arm, y: [orders, money] })
      if (isUniform) continue
      learned.push(() => {
        const own = seen[arm]![device]!
        own.n += 1
        own.orders += orders
        own.money += money
      })
    }
    for (const learn of learned) learn()
  }
  const visits = rounds * visitsARound
  return { cells: log.cells(), truth: truth.map(({ orders, money }) => ({ orders: orders / visits, money: money / visits })) }
}

function drawn(pi: readonly number[], u: number): number {
  let arm = 0
  for (let rest = u; arm < pi.length - 1 && rest >= pi[arm]!; arm++) rest -= pi[arm]!
  return arm
}

/** Chances to be best of three normal beliefs with a prior worth five orders at a fifth, by a grid. */
function sharesOf(arms: readonly { readonly n: number; readonly orders: number }[]): readonly number[] {
  const beliefs = arms.map(({ n, orders }) => {
    const mean = (orders + 5) / (n + 25)
    return { mean, scale: Math.sqrt((mean * (1 - mean)) / (n + 25)) }
  })
  const low = Math.min(...beliefs.map(({ mean, scale }) => mean - 5 * scale))
  const high = Math.max(...beliefs.map(({ mean, scale }) => mean + 5 * scale))
  const sums = beliefs.map(() => 0)
  for (let i = 0; i < 60; i++) {
    const x = low + ((high - low) * (i + 0.5)) / 60
    const z = beliefs.map(({ mean, scale }) => (x - mean) / scale)
    const below = z.map((each) => normalCdf(each))
    beliefs.forEach(({ scale }, a) => {
      const others = below.reduce((product, each, b) => (b === a ? product : product * each), 1)
      sums[a]! += (Math.exp(-0.5 * z[a]! ** 2) / scale) * others
    })
  }
  const total = sums.reduce((sum, each) => sum + each, 0)
  return sums.map((each) => each / total)
}
