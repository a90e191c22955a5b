import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellIndexOf, INDEX_LEAST, indexNote, RECALL_LEAST, reordered } from '../../src/policies/cell-index.ts'
import { packFactors } from '../../src/policies/factors-body.ts'
import { indexFactors } from '../../src/policies/factors-in-cells.ts'
import type { Ranked } from '../../src/policies/policy.ts'
import { kinds } from '../../src/policies/registry.ts'
import { newVectorScan } from '../../src/policies/vector-scan.ts'
import { drawNormal } from '../../src/stats/draws.ts'
import { randomOf } from '../../src/stats/random.ts'
import { goods } from './assembled-pool.ts'
import { requestFor } from './opened.ts'

const RANK = 8
const COUNT = 20_500
const TASTES = 100
const random = randomOf(11)
const normal = () => drawNormal(random)
const tastes = Float64Array.from({ length: TASTES * RANK }, normal)
/** Around a hundred tastes, some longer than others. */
const vectors = new Float32Array(COUNT * RANK)
for (let item = 0; item < COUNT; item++) {
  const length = Math.exp(0.3 * normal())
  for (let k = 0; k < RANK; k++) vectors[item * RANK + k] = length * (tastes[(item % TASTES) * RANK + k]! + 0.2 * normal())
}
const questions = Array.from({ length: 60 }, (_, i) => tastes.slice((i % TASTES) * RANK, ((i % TASTES) + 1) * RANK))
const indexed = cellIndexOf(vectors, { rank: RANK, questions }, () => undefined)
const noise = Float32Array.from({ length: INDEX_LEAST * 64 }, normal)

describe('an index of cells', () => {
  it('is made where vectors have tastes, and says how much it finds in how little', () => {
    if (indexed.kind !== 'cells') throw new Error(indexed.because)
    expect(indexed.index.recall).toBeGreaterThanOrEqual(RECALL_LEAST)
    expect(indexed.index.share).toBeLessThanOrEqual(0.08)
    expect(indexNote(indexed)).toMatch(/^An index looks at [248] % of the items and finds (9[5-9]|100)\.\d % of the best 50\.$/)
    expect(new Set(indexed.order).size).toBe(COUNT)
    expect(indexed.index.starts.at(-1)).toBe(COUNT)
  })

  it('is refused where they have none, too few or nobody asks', () => {
    const asked = Array.from({ length: 20 }, () => Float64Array.from({ length: 64 }, normal))
    expect(cellIndexOf(noise, { rank: 64, questions: asked }, () => undefined)).toMatchObject({
      kind: 'no-index',
      because: expect.stringMatching(/^an index found 0\.\d+ of the best 50, less than 0\.95$/),
    })
    expect(cellIndexOf(noise.subarray(0, 64), { rank: 64, questions: asked }, () => undefined).kind).toBe('no-index')
    expect(cellIndexOf(vectors, { rank: RANK, questions: [] }, () => undefined).kind).toBe('no-index')
  })

  it('is the same for the same vectors', () => {
    expect(cellIndexOf(vectors, { rank: RANK, questions }, () => undefined)).toEqual(indexed)
  }, 30_000)
})

describe('the scan', () => {
  if (indexed.kind !== 'cells') throw new Error(indexed.because)
  const { order, index } = indexed
  const shop = goods(COUNT)
  const rows = { rank: RANK, itemCount: COUNT }
  const whole = newVectorScan({ ...rows, items: Int32Array.from({ length: COUNT }, (_, i) => i), vectors, index: null })
  const partly = newVectorScan({ ...rows, items: order, vectors: reordered(vectors, RANK, order), index })
  const bestOf = (scan: typeof whole, vector: Float64Array, given: object = {}): number[] => {
    const request = requestFor(shop, given)
    const { items, count, scores } = scan.scan(vector, request, 10)
    return Array.from(items.subarray(0, count))
      .filter((item) => request.allowed[item] === 1)
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, 10)
  }

  it('finds nearly all of the best by looking at few, with the very same scores', () => {
    let hits = 0
    for (const question of questions) {
      const exact = whole.scan(question, requestFor(shop), 10)
      const scores = exact.scores.slice()
      const truth = new Set(bestOf(whole, question))
      const { items, count, scores: partial } = partly.scan(question, requestFor(shop), 10)
      expect(count).toBeLessThan(0.2 * COUNT)
      for (const item of items.subarray(0, count)) expect(partial[item]).toBe(scores[item])
      hits += bestOf(partly, question).filter((item) => truth.has(item)).length
    }
    expect(hits / (10 * questions.length)).toBeGreaterThan(0.95)
  })

  it('scores candidates alone, each once, and passes over unknown ones', () => {
    const { items, count } = partly.scan(questions[0]!, requestFor(shop, { candidates: [5, 9, 5, 77_777] }), 10)
    expect(Array.from(items.subarray(0, count))).toEqual([5, 9])
  })

  it('goes on where filters leave little, at last through everything', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: TASTES - 1 }),
        fc.uniqueArray(fc.integer({ min: 1, max: COUNT - 1 }), { maxLength: 200 }),
        (taste, few) => {
          const allowed = new Uint8Array(COUNT)
          for (const item of few) allowed[item] = 1
          const vector = tastes.slice(taste * RANK, (taste + 1) * RANK)
          expect(bestOf(partly, vector, { allowed })).toEqual(bestOf(whole, vector, { allowed }))
        },
      ),
      { numRuns: 20 },
    )
  })

  it('serves imported factors: nearly the same slates as without an index', () => {
    const given = { rank: RANK, items: Int32Array.from({ length: COUNT }, (_, i) => i), itemFactors: vectors }
    const nobody = { units: new Uint8Array(0), unitFactors: new Float32Array(0) }
    const made = indexFactors({ ...given, ...nobody }, { alpha: 1, ridge: 0.1 })
    if (made.kind !== 'cells') throw new Error(made.because)
    const open = (bytes: Uint8Array) =>
      kinds.factors!.open('f', { bytes, version: 'v' }, kinds.factors!.parameters.parse({}), { catalogue: shop, ranker: () => undefined })
    const [exact, quick] = [open(packFactors({ ...given, ...nobody })), open(packFactors({ ...given, ...nobody }, made))]
    const hits = Array.from({ length: 100 }, (_, i) => {
      const request = requestFor(shop, { history: [1 + 37 * i, 2 + 91 * i] })
      const [a, b]: [Ranked, Ranked] = [exact.rank(request), quick.rank(request)]
      expect(b.why[0]?.kind).toBe('because-of')
      return a.items.filter((item) => b.items.includes(item)).length / 10
    })
    expect(hits.reduce((sum, hit) => sum + hit, 0) / hits.length).toBeGreaterThan(0.93)
  })
})
