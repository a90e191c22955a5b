import { describe, expect, it } from 'vitest'
import { type PolicyDefinition, policySchema } from '../../src/policies/definition.ts'
import type { TrainingData } from '../../src/policies/policy.ts'
import { kinds } from '../../src/policies/registry.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { contestOf, type GateNote, reasonsAgainst } from '../../src/training/gate.ts'
import { heldOutOf } from '../../src/training/held-out.ts'
import type { LiveModel } from '../../src/training/live-models.ts'
import { type TrainedModel, trainModels } from '../../src/training/train-models.ts'
import { dataOf, plantedShop } from '../policies/planted-shop.ts'

const shop = plantedShop(5)
const DAY = 86_400
const FIRST = shop.data.seconds[0]!
const LAST = shop.data.seconds.at(-1)!
const SPLIT = LAST - 4 * DAY
const popularity = policySchema.parse({ key: 'popularity', kind: 'popularity-decay' })
const collaborative = policySchema.parse({ key: 'collaborative', kind: 'collaborative' })

const unitKeys = (units: number) => {
  const keys = new Uint8Array(16 * units)
  for (let unit = 0; unit < units; unit++) new DataView(keys.buffer).setUint32(16 * unit, unit)
  return keys
}
const readingOf = (data: TrainingData) => ({ data, catalogue: shop.catalogue, unitKeys: unitKeys(data.unitCount) })

interface Event {
  readonly unit: number
  readonly item: number
  readonly weight: number
  readonly seconds: number
}

const EVENTS: readonly Event[] = Array.from(shop.data.items, (item, i) => ({
  ...{ item, unit: shop.data.units[i]!, weight: shop.data.weights[i]!, seconds: shop.data.seconds[i]! },
}))
const shopOf = (events: readonly Event[]) =>
  dataOf(
    events.toSorted((a, b) => a.seconds - b.seconds),
    shop.items,
    shop.data.unitCount,
  )

/** A robot that buys ten items again and again. */
const robotAt = (seconds: number): readonly Event[] =>
  Array.from({ length: 20_000 }, (_, i) => ({ unit: 0, item: 311 + (i % 10), weight: 5, seconds }))

function liveOf({ key, kind, parameters }: PolicyDefinition, until = SPLIT): ReadonlyMap<string, LiveModel> {
  const bytes = kinds[kind]!.train!(shopOf(EVENTS.filter(({ seconds }) => seconds <= until)), parameters, () => undefined)
  return new Map([[key, { version: 'live', bytes, parameters, until }]])
}

function trained(policy: PolicyDefinition, events: readonly Event[], live = liveOf(policy)): TrainedModel {
  return trainModels(readingOf(shopOf(events)), { policies: [policy], live }, () => undefined)[0]!
}

describe('the held-out part', () => {
  it('asks only about what came after the live models were trained, with the history before it', () => {
    const out = heldOutOf(readingOf(shop.data), SPLIT)
    if (isUnknown(out)) throw new Error(out.because)
    const cut = out.before.items.length
    expect(shop.data.seconds[cut - 1]).toBeLessThanOrEqual(shop.data.seconds[cut]!)
    expect(shop.data.seconds[cut]!).toBeGreaterThan(SPLIT)
    expect(out.before.seconds.at(-1)!).toBeLessThanOrEqual(SPLIT)
    for (const { request, wanted } of out.questions) {
      expect(wanted.size).toBeGreaterThan(0)
      expect(request.item === null || !wanted.has(request.item)).toBe(true)
    }
    // Of a shopper: what is in the history is from before the cut, newest first.
    const unit = shop.data.units[cut]!
    const before = EVENTS.slice(0, cut).filter((event) => event.unit === unit)
    const distinct = [...new Set(before.map(({ item }) => item).reverse())]
    expect(out.questions[0]!.request.history).toEqual(distinct)
  })

  it('is unknown when too few shoppers came since', () => {
    expect(heldOutOf(readingOf(shop.data), LAST)).toEqual({ kind: 'unknown', because: 'too-few-units', have: 0, need: 50 })
  })
})

describe('the gate', () => {
  it('lets a model pass that is as good as the live one, and says how good both are', () => {
    const { refused, summary } = trained(collaborative, EVENTS)
    expect(refused).toBe(null)
    const gate = summary.gate as Extract<GateNote, { kind: 'compared' }>
    expect(gate).toMatchObject({ kind: 'compared', against: 'live' })
    expect(gate.heldOut.ndcg.live).toBeGreaterThan(0.02)
    expect(gate.heldOut.ndcg.model / gate.heldOut.ndcg.live).toBeGreaterThan(0.9)
    // Whoever has seen the answers knows them better.
    expect(gate.seen.ndcg.model).toBeGreaterThan(gate.heldOut.ndcg.model)
  })

  it('refuses a model that a robot has spoilt, with figures, whether the robot came long ago or just now', () => {
    for (const seconds of [FIRST + 49 * DAY, LAST]) {
      const { refused, summary } = trained(popularity, [...EVENTS, ...robotAt(Math.min(seconds, LAST))])
      expect(summary.gate!.kind).toBe('compared')
      expect(refused).toMatchObject({ kind: 'worse' })
      expect(refused!.reasons.join(' ')).toMatch(/NDCG@10 is 0\.\d+ against 0\.\d+ of the live model/)
    }
  })

  it('refuses parameters that make the model worse', () => {
    const flat = policySchema.parse({ key: 'collaborative', kind: 'collaborative', parameters: { neighbours: 1, ridge: 100_000 } })
    expect(trained(flat, EVENTS, liveOf(collaborative)).refused).toMatchObject({ kind: 'worse' })
  })

  it('passes and says so when nothing can be compared: the first model, the same one, and a live one of today', () => {
    expect(trained(popularity, EVENTS, new Map()).summary.gate).toEqual({ kind: 'first' })
    const again = trained(popularity, EVENTS, new Map())
    const same = new Map([['popularity', { version: again.version, bytes: again.bytes, parameters: popularity.parameters, until: SPLIT }]])
    expect(trained(popularity, EVENTS, same)).toMatchObject({ refused: null, summary: { gate: { kind: 'same-model' } } })
    const today = trained(popularity, [...EVENTS, ...robotAt(LAST)], liveOf(popularity, LAST))
    expect(today).toMatchObject({ refused: null, summary: { gate: { kind: 'not-compared', because: { because: 'too-few-units' } } } })
  })

  it('compares combinations with parts of their own side', () => {
    const mix = policySchema.parse({ key: 'mix', kind: 'hybrid', parameters: { parts: [{ policy: 'collaborative', weight: 1 }] } })
    const live = new Map([...liveOf(collaborative), ...liveOf(mix)])
    const models = trainModels(readingOf(shopOf(EVENTS)), { policies: [mix, collaborative], only: ['mix'], live }, () => undefined)
    const gate = models[0]!.summary.gate as Extract<GateNote, { kind: 'compared' }>
    expect(models.map(({ policy }) => policy)).toEqual(['mix', '$histories'])
    expect(gate.heldOut.ndcg.live).toBeGreaterThan(0.02)
  })
})

describe('the rule', () => {
  const marks = (...ndcg: number[]) => ({ ndcg: Float64Array.from(ndcg), hits: Float64Array.from(ndcg, (value) => Number(value > 0)) })
  const coverage = { model: 0.5, live: 0.5 }
  const even = contestOf(marks(1, 0, 1), marks(1, 0, 1))
  const note = (heldOut = even, seen = even, shown = coverage): GateNote => ({
    kind: 'compared',
    against: 'v',
    heldOut,
    seen,
    coverage: shown,
  })

  it('has nothing against an equal', () => expect(reasonsAgainst(note())).toEqual([]))
  it('takes a fall by chance for what it is', () => {
    expect(reasonsAgainst(note(contestOf(marks(0, 1, 0, 0), marks(1, 0, 1, 0))))).toEqual([])
  })
  it('refuses a fall on either side, and a narrow catalogue', () => {
    const fallen = contestOf(marks(0, 0, 0, 0, 0), marks(1, 0.9, 1, 0.8, 1))
    expect(reasonsAgainst(note(fallen))).toHaveLength(1)
    expect(reasonsAgainst(note(even, fallen))).toHaveLength(1)
    expect(reasonsAgainst(note(even, even, { model: 0.24, live: 0.5 }))).toEqual([
      'It shows 24.0 % of the catalogue, the live model 50.0 %.',
    ])
  })
  it('allows a tenth', () => {
    const of = (share: number) => contestOf(marks(share, share, share + 0.001), marks(1, 1, 1))
    expect(reasonsAgainst(note(of(0.91)))).toEqual([])
    expect(reasonsAgainst(note(of(0.89)))).toHaveLength(1)
  })
})
