import { describe, expect, it } from 'vitest'
import type { Ranker, RankRequest } from '../../src/policies/policy.ts'
import { openShadowScoring, type ShadowSlate } from '../../src/serving/shadow-scoring.ts'

const ranker = (modelVersion: string, items: readonly number[], spin = 0): Ranker => ({
  ...{ key: 'p', kind: 'fixed', modelVersion },
  rank: () => {
    for (const until = performance.now() + spin; performance.now() < until; );
    return { items, scores: [], why: [] }
  },
})
const request = {} as RankRequest
const offer = (live: Ranker, shadow: Ranker) => ({
  ...{ policy: 'p', live, shadow, request, decisionId: new Uint8Array(16), decidedAt: 7, unit: null },
})

function open(options: { waitingMax?: number } = {}) {
  const written: ShadowSlate[] = []
  const faults: unknown[] = []
  const write = async (slates: readonly ShadowSlate[]) => void written.push(...slates)
  return { written, faults, scoring: openShadowScoring({ write, onFault: (error) => faults.push(error), everyMs: 5, ...options }) }
}

describe('shadow scoring', () => {
  it('ranks with both models later, never in the offer itself', async () => {
    const { scoring, written } = open()
    let ranked = 0
    const counted: Ranker = { ...ranker('v2', [3]), rank: () => ({ items: [++ranked], scores: [], why: [] }) }
    scoring.offer(offer(ranker('v1', [1, 2]), counted))
    expect(ranked).toBe(0)
    await scoring.flush()
    expect(written).toMatchObject([{ liveVersion: 'v1', shadowVersion: 'v2', liveItems: [1, 2], shadowItems: [1] }])
    await scoring.close()
  })

  it('leaves out what does not fit into its queue, and counts it', async () => {
    const { scoring, written } = open({ waitingMax: 3 })
    for (let i = 0; i < 10; i++) scoring.offer(offer(ranker('v1', [1]), ranker('v2', [1])))
    await scoring.flush()
    expect(written).toHaveLength(3)
    expect(scoring.counters).toEqual({ scored: 3, left: 7, failed: 0 })
    await scoring.close()
  })

  it('keeps to its budget of the event loop, whatever waits', async () => {
    const { scoring, written } = open()
    for (let i = 0; i < 20; i++) scoring.offer(offer(ranker('v1', [1], 1), ranker('v2', [1], 1)))
    await new Promise((resolve) => setTimeout(resolve, 8))
    // A slate takes two milliseconds here: one or two fit into a step.
    expect(written.length).toBeLessThan(5)
    await scoring.flush()
    expect(written).toHaveLength(20)
    await scoring.close()
  })

  it('lives on when a shadow throws', async () => {
    const { scoring, written, faults } = open()
    const broken: Ranker = {
      ...ranker('v2', []),
      rank: () => {
        throw new Error('torn')
      },
    }
    scoring.offer(offer(ranker('v1', [1]), broken))
    scoring.offer(offer(ranker('v1', [1]), ranker('v2', [1])))
    await scoring.flush()
    expect([written.length, faults.length, scoring.counters.failed]).toEqual([1, 1, 1])
    await scoring.close()
  })
})
