/**
 * Finding the best of many vectors: all of them looked at, against where an index points. 64 numbers each, slates of ten by imported factors.
 *
 * Items lie around five hundred tastes, most of what tells them apart in the first few numbers, some far longer than others, as factors of
 * real logs do; shoppers are sums of three tastes. Both ways take turns, request by request, so that a busy machine hits both.
 */
import { performance } from 'node:perf_hooks'
import { catalogueOf } from '../src/policies/catalogue.ts'
import { factors } from '../src/policies/factors.ts'
import { packFactors } from '../src/policies/factors-body.ts'
import { indexFactors } from '../src/policies/factors-in-cells.ts'
import type { Ranker } from '../src/policies/policy.ts'
import { drawNormal } from '../src/stats/draws.ts'
import { randomOf } from '../src/stats/random.ts'
import { rounded } from './figures.ts'

export interface VectorFigures {
  readonly items: number
  readonly buildSeconds: number
  /** What the index says of itself. */
  readonly share: number | null
  readonly recall: number | null
  readonly exact: Times
  readonly index: Times
  /** Part of the exact slates' items that the quick slates held. */
  readonly sameItems: number
}

interface Times {
  readonly p50Ms: number
  readonly p99Ms: number
}

const SIZES = [20_000, 100_000]
const RANK = 64
const TASTES = 500
const SHOPPERS = 400
const UNIT_BYTES = 16

export function benchVectors(tell: (what: string) => void): readonly VectorFigures[] {
  return SIZES.map((items) => {
    tell(`vectors: ${items} items`)
    return measure(items)
  })
}

function measure(count: number): VectorFigures {
  const rows = { rank: RANK, items: Int32Array.from({ length: count }, (_, item) => item), ...planted(count) }
  const started = performance.now()
  const indexed = indexFactors(rows, { alpha: 1, ridge: 0.1 })
  const buildSeconds = rounded((performance.now() - started) / 1000, 1)
  const allowed = new Uint8Array(count).fill(1)
  const catalogue = catalogueOf([])
  const open = (bytes: Uint8Array) =>
    factors.open('f', { bytes, version: 'bench' }, factors.parameters.parse({}), { catalogue, ranker: () => undefined })
  const exact = open(packFactors(rows))
  const index = indexed.kind === 'cells' ? open(packFactors(rows, indexed)) : exact
  const times = { exact: new Float64Array(SHOPPERS), index: new Float64Array(SHOPPERS) }
  let same = 0
  for (let i = 0; i < SHOPPERS; i++) {
    const request = { size: 10, history: [], item: null, cart: [], candidates: null, allowed, unit: unitOf(i) }
    const slate = (ranker: Ranker, into: Float64Array) => {
      const from = performance.now()
      const { items } = ranker.rank(request)
      into[i] = performance.now() - from
      return items
    }
    const truth = new Set(slate(exact, times.exact))
    same += slate(index, times.index).filter((item) => truth.has(item)).length / 10
  }
  const { share, recall } = indexed.kind === 'cells' ? indexed.index : { share: null, recall: null }
  return {
    ...{ items: count, buildSeconds, share, recall: recall && rounded(recall, 3) },
    ...{ exact: timesOf(times.exact), index: timesOf(times.index), sameItems: rounded(same / SHOPPERS, 3) },
  }
}

function timesOf(times: Float64Array): Times {
  times.sort()
  const at = (share: number) => rounded(times[Math.floor(share * times.length)]!, 2)
  return { p50Ms: at(0.5), p99Ms: at(0.99) }
}

function unitOf(n: number): Uint8Array {
  const unit = new Uint8Array(UNIT_BYTES)
  new DataView(unit.buffer).setUint32(0, n)
  return unit
}

function planted(count: number) {
  const random = randomOf(3)
  const weights = Float64Array.from({ length: RANK }, (_, k) => 1 / Math.sqrt(1 + k / 8))
  const tastes = Float64Array.from({ length: TASTES * RANK }, (_, at) => weights[at % RANK]! * drawNormal(random))
  const itemFactors = new Float32Array(count * RANK)
  for (let item = 0; item < count; item++) {
    const taste = Math.floor(random.uniform() * TASTES) * RANK
    const length = Math.exp(0.5 * drawNormal(random))
    for (let k = 0; k < RANK; k++) itemFactors[item * RANK + k] = length * (tastes[taste + k]! + 0.7 * weights[k]! * drawNormal(random))
  }
  const unitFactors = new Float32Array(SHOPPERS * RANK)
  for (let shopper = 0; shopper < 3 * SHOPPERS; shopper++) {
    const taste = Math.floor(random.uniform() * TASTES) * RANK
    const at = (shopper % SHOPPERS) * RANK
    for (let k = 0; k < RANK; k++) unitFactors[at + k]! += tastes[taste + k]! + 0.5 * weights[k]! * drawNormal(random)
  }
  const units = new Uint8Array(SHOPPERS * UNIT_BYTES)
  for (let n = 0; n < SHOPPERS; n++) units.set(unitOf(n), n * UNIT_BYTES)
  return { itemFactors, units, unitFactors }
}
