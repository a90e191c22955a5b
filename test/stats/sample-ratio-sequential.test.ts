import { describe, expect, it } from 'vitest'
import { drawBinomial } from '../../src/stats/draws.ts'
import { randomOf } from '../../src/stats/random.ts'
import { type SequentialSampleRatio, sequentialSampleRatio } from '../../src/stats/sample-ratio-sequential.ts'
import { expectClose, golden, known } from './golden.ts'

describe('the sample ratio, watched', () => {
  it('has the Bayes factors and the running p of the public fixture', () => {
    const { inputs, expected, tol } = golden<
      { theta: number[]; alpha0: number[]; batches: number[][] },
      { log_bf: number[]; p_running: number[] }
    >('P031')
    let counts = inputs.theta.map(() => 0)
    let last: SequentialSampleRatio | undefined
    for (const [look, batch] of inputs.batches.entries()) {
      counts = counts.map((count, arm) => count + batch[arm]!)
      last = known(sequentialSampleRatio(counts, { weights: inputs.theta, prior: inputs.alpha0 }, last))
      expectClose(last.logBayesFactor, expected.log_bf[look]!, tol)
      expectClose(last.pValue, expected.p_running[look]!, tol)
    }
  })

  it('has a p-value that only falls', () => {
    const first = known(sequentialSampleRatio([7000, 5000], { weights: [1, 1] }))
    const second = known(sequentialSampleRatio([8000, 8000], { weights: [1, 1] }, first))
    expect(first.pValue).toBeLessThan(1e-20)
    expect(second.pValue).toBe(first.pValue)
    expect(second.logBayesFactor).toBeLessThan(0)
  })

  it('raises few alarms over fifty looks at a healthy split, and many at a broken one', () => {
    const random = randomOf(31)
    const alarms = (share: number, runs: number) => {
      let count = 0
      for (let run = 0; run < runs; run++) {
        let last: SequentialSampleRatio | undefined
        const counts = [0, 0]
        for (let look = 0; look < 50; look++) {
          const first = drawBinomial(random, { trials: 2000, probability: share })
          counts[0]! += first
          counts[1]! += 2000 - first
          last = known(sequentialSampleRatio(counts, { weights: [0.5, 0.5] }, last))
        }
        if (last!.pValue < 0.01) count += 1
      }
      return count
    }
    // at a true rate of .01, 500 runs exceed 21 alarms less than once in a million
    expect(alarms(0.5, 500)).toBeLessThanOrEqual(21)
    expect(alarms(0.52, 50)).toBe(50)
  })

  it('is unknown without weights or with one arm, and leaves arms of weight zero out', () => {
    expect(sequentialSampleRatio([1, 2], { weights: [0, 0] })).toMatchObject({ because: 'zero-weights' })
    expect(sequentialSampleRatio([1, 2], { weights: [1, 0] })).toMatchObject({ because: 'too-few-arms' })
    expect(sequentialSampleRatio([10, 20, 0], { weights: [1, 1, 0] })).toEqual(sequentialSampleRatio([10, 20], { weights: [1, 1] }))
    expect(() => sequentialSampleRatio([1], { weights: [1, 1] })).toThrow(/as many weights/)
    expect(() => sequentialSampleRatio([1, Number.NaN], { weights: [1, 1] })).toThrow(/finite/)
  })
})
