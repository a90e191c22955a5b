/** The contract of a policy: what every kind promises, run over each of them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DEEDS } from '../../src/policies/deed.ts'
import type { Ranker, RankRequest } from '../../src/policies/policy.ts'
import { kinds } from '../../src/policies/registry.ts'
import { NO_CATALOGUE, openAll, openOne, requestFor } from './opened.ts'
import { NO_DATA, plantedShop } from './planted-shop.ts'

const shop = plantedShop(7)
const noProgress = () => undefined

/** Numbers of items, of items that do not exist, and of no item at all. */
const anyItem = fc.integer({ min: -2, max: shop.catalogue.size + 5 })
const requests: fc.Arbitrary<RankRequest> = fc.record({
  size: fc.integer({ min: 0, max: 100 }),
  history: fc.array(anyItem, { maxLength: 60 }),
  item: fc.option(anyItem),
  cart: fc.array(anyItem, { maxLength: 60 }),
  candidates: fc.option(fc.array(anyItem, { maxLength: 80 })),
  recent: fc.uniqueArray(fc.record({ item: anyItem, deed: fc.constantFrom(...DEEDS), seconds: fc.integer({ min: 0, max: 2e9 }) }), {
    maxLength: 60,
    selector: ({ item }) => item,
  }),
  purchases: fc
    .array(fc.tuple(anyItem, fc.integer({ min: -1, max: 100 })), { maxLength: 60 })
    .map((bought) => ({ items: bought.map(([item]) => item), seconds: bought.map(([, days]) => shop.data.now - 86_400 * days) })),
  now: fc.oneof(fc.constant(shop.data.now), fc.integer({ min: 0, max: 2e9 })),
  seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  allowed: fc.oneof(fc.constant(shop.catalogue.allowed), fc.uint8Array({ minLength: 1, maxLength: shop.catalogue.size, max: 1 })),
})

/** Runs the contract over the kind of a policy, with its defaults unless parameters are given; `own` is the ranker of what comes from elsewhere. */
export function keepsTheContract(key: string, kindName: string, parameters: object = {}, own?: Ranker): void {
  const kind = kinds[kindName]!
  const overrides = { [key]: parameters }
  const rankers = openAll(shop.data, shop.catalogue, overrides)
  const ranker = own ?? rankers.get(key) ?? openOne({ key, kind: kindName, parameters }, { ...shop, rankers })

  describe(`${[kindName, ...Object.values(parameters)].join(' ')}, as every policy,`, () => {
    it('recommends allowed items and candidates only, each once, best first, with finite scores and as many reasons', () => {
      fc.assert(
        fc.property(requests, (request) => expectLawful(ranker, request)),
        { numRuns: 400 },
      )
    })

    it('never recommends the page’s item or what lies in the cart', () => {
      fc.assert(
        fc.property(requests, (request) => {
          const { items } = ranker.rank(request)
          for (const item of [...request.cart, request.item]) expect(items).not.toContain(item)
        }),
      )
    })

    it('answers the same request the same way, whatever was asked in between', () => {
      fc.assert(
        fc.property(requests, requests, (request, other) => {
          const before = ranker.rank(request)
          ranker.rank(other)
          expect(ranker.rank(request)).toEqual(before)
        }),
      )
    })

    it('shows a longer slate that begins with the shorter one', () => {
      fc.assert(
        fc.property(requests, (request) => {
          const short = ranker.rank({ ...request, size: 5 }).items
          expect(ranker.rank({ ...request, size: 20 }).items.slice(0, short.length)).toEqual(short)
        }),
      )
    })

    it('documents every parameter with a description and a default, and refuses unknown ones', () => {
      const { properties } = z.toJSONSchema(kind.parameters, { io: 'input' }) as {
        properties: Record<string, { description?: string; default?: unknown }>
      }
      for (const [name, parameter] of Object.entries(properties)) {
        expect(parameter.description, name).toMatch(/\w.*\.$/)
        if (!(name in parameters)) expect(parameter.default, name).toBeDefined()
      }
      expect(kind.parameters.safeParse({ unheardOf: 1 }).success).toBe(false)
      expect(kind.title.length * kind.description.length).toBeGreaterThan(0)
    })
  })

  if (kind.train) learnsLawfully({ key, kindName, parameters, rankers, ranker })
}

interface Learner {
  readonly key: string
  readonly kindName: string
  readonly parameters: object
  readonly rankers: ReadonlyMap<string, Ranker>
  readonly ranker: Ranker
}

/** What every kind that learns promises besides. */
function learnsLawfully({ key, kindName, parameters, rankers, ranker }: Learner): void {
  const kind = kinds[kindName]!
  const defaults = kind.parameters.parse(parameters)
  const overrides = { [key]: parameters }

  describe(`${kindName}, as every policy that learns,`, () => {
    it('learns the same bytes from the same log', () => {
      const again = plantedShop(7)
      expect(kind.train!(again.data, defaults, noProgress)).toEqual(kind.train!(shop.data, defaults, noProgress))
    })

    it('tells its progress between 0 and 1 and never backwards', () => {
      const told: number[] = []
      kind.train!(shop.data, defaults, (done) => told.push(done))
      expect(told.every((done, i) => done >= (told[i - 1] ?? 0) && done <= 1)).toBe(true)
    })

    it('learns from an empty log and then has nothing to say', () => {
      expect(openAll(NO_DATA, NO_CATALOGUE, overrides).get(key)!.rank(requestFor(NO_CATALOGUE)).items).toEqual([])
      expect(openAll(NO_DATA, shop.catalogue, overrides).get(key)!.rank(requestFor(shop.catalogue)).items).toEqual([])
    })

    it('refuses a body that is cut off, damaged, of another kind or missing', () => {
      const bytes = kind.train!(shop.data, defaults, noProgress)
      const around = { catalogue: shop.catalogue, ranker: () => undefined }
      const open = (body: Uint8Array) => () => kind.open(key, { bytes: body, version: '1' }, defaults, around)
      const damaged = bytes.slice()
      damaged[Math.floor(bytes.length / 2)]! ^= 1
      const other = Object.values(kinds).find((each) => each.train && each.kind !== kindName)!
      expect(open(bytes.subarray(0, bytes.length - 8))).toThrow(/corrupt/)
      expect(open(new Uint8Array(0))).toThrow(/corrupt/)
      expect(open(damaged)).toThrow(/corrupt/)
      expect(open(other.train!(shop.data, other.parameters.parse({}), noProgress))).toThrow(/kind/)
      expect(() => kind.open(key, null, defaults, around)).toThrow(/model/)
    })

    it('opens the same from bytes that do not lie on a multiple of eight', () => {
      const bytes = kind.train!(shop.data, defaults, noProgress)
      const shifted = new Uint8Array(bytes.length + 3)
      shifted.set(bytes, 3)
      const around = { catalogue: shop.catalogue, ranker: (other: string) => rankers.get(other) }
      const opened = kind.open(key, { bytes: shifted.subarray(3), version: '1' }, defaults, around)
      const request = requestFor(shop.catalogue, { history: shop.shoppers[0]!.history })
      expect(opened.rank(request)).toEqual(ranker.rank(request))
    })
  })
}

function expectLawful(ranker: Ranker, request: RankRequest): void {
  const { items, scores, why, propensities } = ranker.rank(request)
  if (propensities) expect(propensities).toHaveLength(items.length)
  for (const chance of propensities ?? []) expect(chance > 0 && chance <= 1).toBe(true)
  expect(items.length).toBeLessThanOrEqual(request.size)
  expect([scores.length, why.length]).toEqual([items.length, items.length])
  expect(new Set(items).size).toBe(items.length)
  items.forEach((item, rank) => {
    expect(request.allowed[item]).toBe(1)
    if (request.candidates) expect(request.candidates).toContain(item)
    expect(Number.isFinite(scores[rank])).toBe(true)
    const next = scores[rank + 1] ?? Number.NEGATIVE_INFINITY
    expect(scores[rank]! > next || (scores[rank] === next && item < items[rank + 1]!)).toBe(true)
    const reason = why[rank]!
    if (reason.kind !== 'because-of' && reason.kind !== 'similar') return
    expect(reason.share).toBeGreaterThan(0)
    expect(reason.share).toBeLessThanOrEqual(1)
    expect([request.item, ...request.cart, ...request.history, ...Array.from(request.purchases!.items)]).toContain(reason.item)
  })
}
