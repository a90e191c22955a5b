import { describe, expect, it } from 'vitest'
import type { TrainingData } from '../../src/policies/policy.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { randomOf } from '../../src/stats/random.ts'
import { demandReferenceOf } from '../../src/training/demand-reference.ts'
import { type Drift, driftOf } from '../../src/training/drift.ts'

const ITEMS = 200

/** Pairs of shoppers and items; items sell by Zipf's law from `first` on. */
function demand(seed: number, pairs: number, first = 0): TrainingData {
  const random = randomOf(seed)
  const items = Int32Array.from({ length: pairs }, () => 1 + ((first + Math.floor(ITEMS ** random.uniform()) - 1) % ITEMS))
  return {
    ...{ items, units: Int32Array.from(items.keys()), unitCount: pairs, itemCount: ITEMS + 1, now: 1_000, texts: [], categories: [] },
    ...{ weights: new Float32Array(pairs).fill(1), seconds: new Float64Array(pairs).fill(900) },
  }
}

function since(data: TrainingData): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const item of data.items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return counts
}

const known = (drift: ReturnType<typeof driftOf>): Drift => {
  if (isUnknown(drift)) throw new Error(drift.because)
  return drift
}

describe('drift of demand', () => {
  const reference = demandReferenceOf(demand(1, 5_000))

  it('is the population stability index, by hand', () => {
    const two = {
      pairs: 1_000,
      top: [
        [1, 500],
        [2, 300],
      ] as const,
      known: Buffer.from([0b1110]).toString('base64'),
    }
    const { psi, newItems, noise } = known(
      driftOf(
        two,
        new Map([
          [1, 250],
          [2, 300],
          [3, 400],
          [9, 50],
        ]),
      ),
    )
    const p = [500.5, 300.5, 0.5, 200.5].map((count) => count / 1_002)
    const q = [250.5, 300.5, 50.5, 400.5].map((count) => count / 1_002)
    expect(psi).toBeCloseTo(
      p.reduce((sum, share, i) => sum + (q[i]! - share) * Math.log(q[i]! / share), 0),
      12,
    )
    expect(newItems).toBe(0.05)
    // χ²(3) exceeds 16.2662 once in a thousand times (R: qchisq(.999, 3)).
    expect(noise).toBeCloseTo(16.26624 * (2 / 1_000), 5)
  })

  it('sees none in more of the same, whatever the draw', () => {
    const drifted = Array.from({ length: 200 }, (_, i) => known(driftOf(reference, since(demand(i + 2, 400)))).drifted)
    // At most one in a thousand is by chance: six or more of two hundred would be one in a million runs.
    expect(drifted.filter(Boolean).length).toBeLessThan(6)
  })

  it('sees other favourites, and items that were never there', () => {
    expect(known(driftOf(reference, since(demand(2, 1_000, 50))))).toMatchObject({ drifted: true, newItems: 0 })
    const fresh = known(driftOf(reference, new Map([...since(demand(3, 800)), [ITEMS + 7, 200]])))
    expect(fresh).toMatchObject({ drifted: true, newItems: 0.2 })
  })

  it('says nothing of a handful', () => {
    expect(driftOf(reference, since(demand(2, 150)))).toEqual({ kind: 'unknown', because: 'too-few-events', have: 150, need: 200 })
  })
})

describe('the reference', () => {
  it('counts what one shopper does again and again once, and nobody every time', () => {
    const data = { ...demand(1, 4), items: Int32Array.of(5, 5, 6, 6), units: Int32Array.of(0, 0, -1, -1) }
    expect(demandReferenceOf(data)).toMatchObject({
      pairs: 3,
      top: [
        [6, 2],
        [5, 1],
      ],
    })
  })

  it('looks at the last week, and knows all items ever', () => {
    const data = { ...demand(1, 2), items: Int32Array.of(3, 4), seconds: Float64Array.of(0, 8 * 86_400), now: 9e9 }
    const { pairs, top, known: bits } = demandReferenceOf(data)
    expect([pairs, top]).toEqual([1, [[4, 1]]])
    expect(Buffer.from(bits, 'base64')[0]).toBe(0b11000)
  })
})
