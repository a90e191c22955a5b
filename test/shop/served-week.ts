/**
 * A week of serving in the generated shop: strategies that learned before it take turns at giving slates, and shoppers do what they do.
 *
 * What came of the slates joins the shop's own history of that week, as outcomes join interactions in the log.
 */
import type { PolicyDefinition } from '../../src/policies/definition.ts'
import { INTERACTION_WEIGHTS } from '../../src/policies/interaction-weight.ts'
import type { Ranker, TrainingData } from '../../src/policies/policy.ts'
import { kinds } from '../../src/policies/registry.ts'
import { reactTo } from '../../src/shop/behaviour.ts'
import type { Product } from '../../src/shop/catalogue.ts'
import { randomOf } from '../../src/stats/random.ts'
import type { LogReading } from '../../src/training/read-log.ts'
import type { Shown } from '../../src/training/read-shown.ts'
import { type ShopLog, shopLogOf } from './shop-log.ts'
import { LAST_DAY, type SmallShop } from './small-shop.ts'

const DAY = 86_400
const DAYS = 7
const SIZE = 10

interface Event {
  readonly unit: number
  readonly item: number
  readonly weight: number
  readonly seconds: number
}

export interface Week {
  readonly policies: readonly PolicyDefinition[]
  /** Keys of those that take turns, each as often. */
  readonly arms: readonly string[]
  /** Of each shopper. */
  readonly visits: number
  readonly seed: number
}

/** The log at the end of the shop's last day, with the slates of its last week. */
export function servedWeek(shop: SmallShop, { policies, arms, visits, seed }: Week): LogReading {
  const log = shopLogOf(shop)
  const begins = (LAST_DAY + 1 - DAYS) * DAY
  const rankers = openAll(policies, upTo(log, begins), log)
  const histories = historiesAt(log.data, begins)
  const random = randomOf(seed)
  const events: Event[] = Array.from(log.data.items, (item, i) => eventAt(log.data, item, i))
  const shown = {
    units: [] as number[],
    starts: [0],
    items: [] as number[],
    seconds: [] as number[],
    served: [] as number[],
    places: [] as number[],
  }
  for (const shopper of shop.shoppers) {
    const moments = Array.from({ length: visits }, () => begins + Math.floor(DAYS * DAY * random.uniform())).sort((a, b) => a - b)
    for (const seconds of moments) {
      const arm = arms[Math.floor(random.uniform() * arms.length)]!
      const { items } = rankers.get(arm)!.rank({
        ...{ size: SIZE, history: histories[shopper.number]!, item: null, cart: [], candidates: null, allowed: log.catalogue.allowed },
        ...{ now: seconds, seed: Math.floor(random.uniform() * 2 ** 53) },
      })
      for (let i = 0; i < items.length; i++) shown.served.push(arms.indexOf(arm))
      for (let i = 0; i < items.length; i++) shown.seconds.push(seconds)
      for (let i = 0; i < items.length; i++) shown.places.push(i + 1)
      shown.items.push(...items)
      const slate = items.map((item) => shop.products[item - 1]!)
      events.push(
        ...outcomesOf(reactTo(shopper, slate, random, { day: Math.floor(seconds / DAY) }), { unit: shopper.number, slate, seconds }),
      )
    }
    shown.units.push(shopper.number)
    shown.starts.push(shown.items.length)
  }
  return { ...log, data: dataOf(log.data, events), shown: { ...packed(shown), policies: arms } }
}

/** Strategies trained on a log and opened. */
export function openAll(policies: readonly PolicyDefinition[], data: TrainingData, { catalogue }: ShopLog): ReadonlyMap<string, Ranker> {
  const rankers = new Map<string, Ranker>()
  for (const { key, kind, parameters } of policies) {
    const body = kinds[kind]!.train ? { bytes: kinds[kind]!.train!(data, parameters, () => undefined), version: key } : null
    rankers.set(key, kinds[kind]!.open(key, body, parameters, { catalogue, ranker: (other) => rankers.get(other) }))
  }
  return rankers
}

/** Distinct items of each shopper before a moment, newest first. */
export function historiesAt(data: TrainingData, moment: number): readonly (readonly number[])[] {
  const histories = Array.from({ length: data.unitCount }, (): number[] => [])
  for (let row = data.items.length - 1; row >= 0; row--) {
    const known = histories[data.units[row]!]!
    if (data.seconds[row]! < moment && !known.includes(data.items[row]!)) known.push(data.items[row]!)
  }
  return histories
}

const eventAt = ({ units, weights, seconds }: TrainingData, item: number, i: number): Event => ({
  ...{ item, unit: units[i]!, weight: weights[i]!, seconds: seconds[i]! },
})

interface Seen {
  readonly unit: number
  readonly slate: readonly Product[]
  readonly seconds: number
}

/** The sight of a slate teaches nothing; what would come after the last day is left out. */
function outcomesOf(reactions: ReturnType<typeof reactTo>, { unit, slate, seconds }: Seen): readonly Event[] {
  return reactions.flatMap(({ rank, type, delaySeconds }) => {
    const at = seconds + Math.floor(delaySeconds)
    return rank === null || at >= (LAST_DAY + 1) * DAY
      ? []
      : [{ unit, item: slate[rank]!.index + 1, weight: INTERACTION_WEIGHTS[type]!, seconds: at }]
  })
}

function upTo({ data }: ShopLog, moment: number): TrainingData {
  const rows = data.seconds.filter((second) => second < moment).length
  const { units, items, weights, seconds } = data
  const part = { units: units.subarray(0, rows), items: items.subarray(0, rows), weights: weights.subarray(0, rows) }
  return { ...data, ...part, seconds: seconds.subarray(0, rows), now: moment }
}

function dataOf(data: TrainingData, events: readonly Event[]): TrainingData {
  const ordered = events.toSorted((a, b) => a.seconds - b.seconds)
  return {
    ...data,
    units: Int32Array.from(ordered, ({ unit }) => unit),
    items: Int32Array.from(ordered, ({ item }) => item),
    weights: Float32Array.from(ordered, ({ weight }) => weight),
    seconds: Float64Array.from(ordered, ({ seconds }) => seconds),
  }
}

function packed({
  units,
  starts,
  items,
  seconds,
  served,
  places,
}: Record<Exclude<keyof Shown, 'policies'>, readonly number[]>): Omit<Shown, 'policies'> {
  return {
    ...{ units: Int32Array.from(units), starts: Int32Array.from(starts) },
    ...{
      items: Int32Array.from(items),
      seconds: Float64Array.from(seconds),
      served: Int32Array.from(served),
      places: Int32Array.from(places),
    },
  }
}
