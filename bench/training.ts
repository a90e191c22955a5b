/**
 * Training and ranking at size: 100,000 generated items and 5 million interactions in one thread, and Online Retail where it lies beside the
 * project. Figures are seconds of training, the largest resident memory of the process, and the time of a slate of ten.
 *
 * Shoppers have three tastes out of five hundred and come for five interactions a visit; within a taste, items sell by Zipf's law. One in
 * five interactions follows no taste.
 * Every set in a process of its own, so that the memory is that of training alone (the log itself included).
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { readInteractionTable } from '../src/importing/interaction-table.ts'
import { type Catalogue, type CatalogueItem, catalogueOf } from '../src/policies/catalogue.ts'
import { deedOfWeight } from '../src/policies/deed.ts'
import { policySchema, readyPolicies, seededPolicies } from '../src/policies/definition.ts'
import type { Ranker, RankRequest, TrainingData } from '../src/policies/policy.ts'
import { purchasesOf, purchasesOfUnit } from '../src/policies/purchases.ts'
import { kinds } from '../src/policies/registry.ts'
import { rowsByUnit } from '../src/policies/rows-by-unit.ts'
import { textOf } from '../src/policies/words.ts'
import { randomOf } from '../src/stats/random.ts'
import { cartRequests } from './carts.ts'
import { runToEnd } from './child.ts'
import { rounded } from './figures.ts'
import { assembledTimes, rankingTimes, type SlateTimes } from './ranking.ts'

export interface SetFigures {
  readonly name: string
  /** Largest resident memory of the process, megabytes. */
  readonly memoryMb: number
  readonly items: number
  readonly rows: number
  readonly shoppers: number
  /** All policies together. */
  readonly seconds: number
  readonly policies: readonly PolicyFigures[]
}

export interface PolicyFigures {
  readonly policy: string
  readonly trainSeconds: number
  readonly modelMb: number
  readonly ranked: SlateTimes
  readonly assembled: SlateTimes
  /** Ranking alone, for carts of strangers. */
  readonly onCarts: SlateTimes
}

const ONLINE_RETAIL = join(import.meta.dirname, '..', '..', 'shared', 'data', 'online-retail', 'online_retail.csv.gz')
const ITEMS = 100_000
const ROWS = 5_000_000
const SHOPPERS = 200_000
const TASTES = 500
const TASTES_EACH = 3
const OFF_TASTE = 0.2
const DAYS = 365
/** Interactions of a visit. */
const VISIT_ROWS = 5
const DAY_SECONDS = 86_400
const REQUESTS = 600
/** Every so many-th request is of one of the shoppers with the longest histories. */
const LONG_EVERY = 10
const SLATE = 10
/** Training iALS on more would take longer than everything else. */
const FEW_ITEMS = 20_000
const IALS = policySchema.parse({ key: 'collaborative-ials', kind: 'collaborative', parameters: { algorithm: 'ials' } })
const COLOURS = ['red', 'blue', 'green', 'black', 'white', 'yellow', 'purple', 'grey']

const SETS = { 'Online Retail': onlineRetail, generated } as const
type SetName = keyof typeof SETS

/** Measures one data set after the other. */
export async function benchTraining(tell: (what: string) => void): Promise<readonly SetFigures[]> {
  const names: readonly SetName[] = existsSync(ONLINE_RETAIL) ? ['Online Retail', 'generated'] : ['generated']
  const sets: SetFigures[] = []
  for (const name of names) {
    tell(`training: ${name}`)
    sets.push(JSON.parse(await runToEnd(import.meta.filename, name)) as SetFigures)
  }
  return sets
}

interface DataSet {
  readonly data: TrainingData
  readonly catalogue: Catalogue
}

async function onlineRetail(): Promise<DataSet> {
  const reading = { asked: new Map(), encoding: 'utf-8', decimal: 'point', currency: 'GBP', format: 'auto', delimiter: 'auto' } as const
  const { data, items } = await readInteractionTable({ path: ONLINE_RETAIL, preset: 'online-retail', ...reading }, () => undefined)
  return { data, catalogue: catalogueOf(items) }
}

function measure(name: string, { data, catalogue }: DataSet): SetFigures {
  const rankers = new Map<string, Ranker>()
  const requests = requestsOf(data, catalogue)
  const carts = cartRequests(data, catalogue, { requests: REQUESTS, size: SLATE })
  const policies = [...seededPolicies, ...(data.itemCount < FEW_ITEMS ? [IALS] : []), ...readyPolicies].map(({ key, kind, parameters }) => {
    const started = performance.now()
    const bytes = kinds[kind]!.train?.(data, parameters, () => undefined) ?? null
    const trainSeconds = (performance.now() - started) / 1000
    const body = bytes && { bytes, version: 'bench' }
    const ranker = kinds[kind]!.open(key, body, parameters, { catalogue, ranker: (other) => rankers.get(other) })
    rankers.set(key, ranker)
    return {
      ...{ policy: key, trainSeconds: rounded(trainSeconds), modelMb: rounded((bytes?.length ?? 0) / 1e6, 1) },
      ...{ ranked: rankingTimes(ranker, requests), assembled: assembledTimes(ranker, requests, catalogue) },
      onCarts: rankingTimes(ranker, carts),
    }
  })
  return {
    ...{ name, memoryMb: Math.round(process.resourceUsage().maxRSS / 1024) },
    ...{ items: data.itemCount - 1, rows: data.items.length, shoppers: data.unitCount },
    seconds: rounded(policies.reduce((sum, { trainSeconds }) => sum + trainSeconds, 0)),
    policies,
  }
}

/** Start pages of known shoppers, every third with a page's item, as a shop would ask; some with the longest histories there are. */
function requestsOf(data: TrainingData, catalogue: Catalogue): readonly RankRequest[] {
  const { starts, rows } = rowsByUnit(data)
  const purchases = purchasesOf(data)
  const lengthOf = (unit: number) => starts[unit + 1]! - starts[unit]!
  const longest = Array.from({ length: data.unitCount }, (_, unit) => unit).sort((a, b) => lengthOf(b) - lengthOf(a))
  return Array.from({ length: REQUESTS }, (_, i) => {
    const unit = i % LONG_EVERY === 0 ? longest[i / LONG_EVERY]! : Math.floor((i * data.unitCount) / REQUESTS)
    const mine = Array.from(rows.subarray(starts[unit], starts[unit + 1])).reverse()
    const history = [...new Set(mine.map((row) => data.items[row]!))].slice(0, 50)
    const recent = history.map((item) => {
      const row = mine.find((one) => data.items[one] === item)!
      return { item, deed: deedOfWeight(data.weights[row]!), seconds: data.seconds[row]! }
    })
    const item = i % 3 === 0 ? (history[0] ?? null) : null
    const { allowed } = catalogue
    const known = { history, recent, purchases: purchasesOfUnit(purchases, unit), now: data.now, seed: i }
    return { size: SLATE, ...known, item, cart: [], candidates: null, allowed }
  })
}

async function generated(): Promise<DataSet> {
  const random = randomOf(1)
  const perTaste = ITEMS / TASTES
  const zipf = (n: number) => Math.floor(n ** random.uniform()) - 1
  const tastes = Uint16Array.from({ length: SHOPPERS * TASTES_EACH }, () => Math.floor(random.uniform() * TASTES))
  const units = new Int32Array(ROWS)
  const items = new Int32Array(ROWS)
  const seconds = new Float64Array(ROWS)
  let unit = 0
  for (let row = 0; row < ROWS; row++) {
    if (row % VISIT_ROWS === 0) unit = Math.floor(random.uniform() * SHOPPERS)
    const taste =
      random.uniform() < OFF_TASTE
        ? Math.floor(random.uniform() * TASTES)
        : tastes[unit * TASTES_EACH + Math.floor(random.uniform() * TASTES_EACH)]!
    units[row] = unit
    items[row] = 1 + taste * perTaste + zipf(perTaste)
    seconds[row] = Math.floor((row * DAYS * DAY_SECONDS) / ROWS)
  }
  const all = Array.from({ length: ITEMS }, (_, i) => itemOf(i + 1, perTaste))
  const describe = <Value>(of: (item: CatalogueItem) => Value, none: Value) => [none, ...all.map(of)]
  const data: TrainingData = {
    ...{ units, items, seconds, unitCount: SHOPPERS, itemCount: ITEMS + 1, now: DAYS * DAY_SECONDS },
    weights: Float32Array.from({ length: ROWS }, () => (random.uniform() < 0.7 ? 1 : 5)),
    texts: describe((item) => textOf(item), ''),
    categories: describe(({ category }) => category, null),
  }
  return { data, catalogue: catalogueOf(all) }
}

function itemOf(itemNo: number, perTaste: number): CatalogueItem {
  const taste = Math.floor((itemNo - 1) / perTaste)
  return {
    ...{ itemNo, itemId: `item-${itemNo}`, title: `${COLOURS[itemNo % COLOURS.length]} thing${taste} style${itemNo % 997}` },
    ...{ category: `category ${taste % 50}`, brand: `brand ${itemNo % 200}`, priceMinor: 1000, marginMinor: null, stock: null },
    discontinued: false,
  }
}

if (process.argv[1] === import.meta.filename) {
  const name = (await text(process.stdin)) as SetName
  process.stdout.write(JSON.stringify(measure(name, await SETS[name]())))
}
