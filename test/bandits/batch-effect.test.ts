import { describe, expect, it } from 'vitest'
import { batchEffect } from '../../src/bandits/batch-effect.ts'
import { openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import type { DecisionMoments } from '../../src/bandits/decision-moments.ts'
import { combinedBatches } from '../../src/stats/adaptive-batched-ols.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { randomOf } from '../../src/stats/random.ts'

const ONE = 1024

/** Phones buy half as often as desks, and the treatment is shown to phones nine times in ten. */
function batchOf(random: () => number, effect: number): { readonly control: DecisionMoments; readonly treatment: DecisionMoments } {
  const sums = [0, 1].map(() => openDecisionAccumulator({ features: 3, outcomes: 2 }))
  for (let i = 0; i < 400; i++) {
    const isPhone = random() < 0.5
    const arm = random() < (isPhone ? 0.9 : 0.1) ? 1 : 0
    const bought = random() < (isPhone ? 0.2 : 0.4) + effect * arm ? 1 : 0
    sums[arm]!.add(Int16Array.of(ONE, isPhone ? ONE : 0, isPhone ? 0 : ONE), [7, bought])
  }
  return { control: sums[0]!.moments(), treatment: sums[1]!.moments() }
}
const WEIGHTS = [0, 1]

describe('what a batch says of two arms', () => {
  it('is the textbook regression', () => {
    // x = (1), y: control 0 0 1 1 0 0, treatment 1 1 1 1 0 1. Means 1/3 and 5/6, residual 4/3 + 5/6 over 10, times 1/6 + 1/6.
    const rows = [
      [0, 0, 1, 1, 0, 0],
      [1, 1, 1, 1, 0, 1],
    ]
    const [control, treatment] = rows.map((ys) => {
      const sums = openDecisionAccumulator({ features: 1, outcomes: 1 })
      for (const y of ys) sums.add(Int16Array.of(ONE), [y])
      return sums.moments()
    }) as [DecisionMoments, DecisionMoments]
    const found = batchEffect({ control, treatment }, [1])!
    expect(found.difference).toBeCloseTo(0.5, 12)
    expect(found.error).toBeCloseTo(Math.sqrt(((4 / 3 + 5 / 6) / 10) * (1 / 3)), 12)
  })

  it('is not fooled by a context that decides who is shown what', () => {
    const { uniform } = randomOf(3)
    const batches = Array.from({ length: 60 }, () => batchOf(uniform, 0))
    const found = combinedBatches(batches.map((batch) => batchEffect(batch, WEIGHTS)))
    if (isUnknown(found)) throw new Error(found.because)
    expect(Math.abs(found.z)).toBeLessThan(4)
    const plain = batches.map(({ control, treatment }) => meanOf(treatment) - meanOf(control))
    expect(plain.reduce((sum, one) => sum + one, 0) / plain.length).toBeLessThan(-0.1)
  })

  it('finds an effect that is there', () => {
    const { uniform } = randomOf(4)
    const found = combinedBatches(Array.from({ length: 60 }, () => batchEffect(batchOf(uniform, 0.1), WEIGHTS)))
    if (isUnknown(found)) throw new Error(found.because)
    expect(found.effect.estimate).toBeCloseTo(0.1, 1)
    expect(found.z).toBeGreaterThan(5)
  })

  it('is nothing where the context decides alone, or hardly anybody was drawn', () => {
    const sums = [0, 1].map(() => openDecisionAccumulator({ features: 2, outcomes: 1 }))
    for (let i = 0; i < 40; i++) sums[i % 2]!.add(Int16Array.of(ONE, (i % 2) * ONE), [i % 3 === 0 ? 1 : 0])
    const [control, treatment] = sums.map((one) => one.moments()) as [DecisionMoments, DecisionMoments]
    expect(batchEffect({ control, treatment }, [1])).toBeNull()
    const few = openDecisionAccumulator({ features: 2, outcomes: 1 })
    for (let i = 0; i < 4; i++) few.add(Int16Array.of(ONE, 0), [i % 2])
    expect(batchEffect({ control, treatment: few.moments() }, [1])).toBeNull()
  })
})

function meanOf({ b, n, outcomes }: DecisionMoments): number {
  return Number(b[outcomes - 1]!) / ONE / Number(n)
}
