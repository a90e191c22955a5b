/**
 * Reciprocal-rank fusion: every part votes for its best items, w/(k + rank) each, and an item's votes add up.
 *
 * The part whose vote is largest explains the item.
 */
import type { Scored, Why } from './policy.ts'
import { clear, newScratch } from './scratch.ts'
import { sort, type TopK } from './top-k.ts'

export interface Vote {
  readonly weight: number
  /** Weight of its votes for items with a number from `known` on. */
  readonly newcomers: number
  readonly known: number
  /** k. */
  readonly offset: number
  readonly explain: (item: number) => Why
}

export interface Fusion {
  clear(): void
  /** Sorts the selection and lets its items be voted for. */
  vote(best: TopK, vote: Vote): void
  readonly scored: Scored
  explain(item: number): Why
}

/** A fusion of items below `size`; buffers are reused. */
export function newFusion(size: number): Fusion {
  const scratch = newScratch(size)
  const largest = new Float64Array(size)
  const leaders = new Uint8Array(size)
  const explainers: Vote['explain'][] = []
  return {
    scored: scratch,
    clear: () => {
      clear(scratch)
      explainers.length = 0
    },
    vote: (best, { weight, newcomers, known, offset, explain }) => {
      const part = explainers.push(explain) - 1
      sort(best)
      for (let rank = 0; rank < best.count; rank++) {
        const item = best.items[rank]!
        const worth = (item < known ? weight : newcomers) / (offset + rank + 1)
        if (scratch.seen[item] === 0) {
          scratch.seen[item] = 1
          scratch.items[scratch.count++] = item
          largest[item] = 0
        }
        scratch.scores[item]! += worth
        if (worth > largest[item]!) {
          largest[item] = worth
          leaders[item] = part
        }
      }
    },
    explain: (item) => explainers[leaders[item]!]!(item),
  }
}
