import { describe, expect, it } from 'vitest'
import type { Answer, Result } from '../../src/analysis/answer-shape.ts'
import { answerText } from '../../src/analysis/answer-text.ts'
import { unknown } from '../../src/stats/estimate.ts'

const result: Result = {
  ...{ metric: 'converted', kind: 'proportion', arm: 'new', control: 'old', method: 'welch' },
  units: { control: 10_000, treatment: 10_000 },
  value: { control: 0.049, treatment: 0.056 },
  absolute: { estimate: 0.007, low: 0.0008, high: 0.0132, standardError: 0.00315 },
  relative: { estimate: 0.142857, low: 0.0157, high: 0.2865 },
  ...{ pValue: 0.0265, log10PValue: -1.577, adjustedPValue: 0.0265, status: 'better' },
}
const answer: Answer = {
  ...{ format: 'croupier-analysis/1', method: 'fixed', level: 0.95, control: 'old' },
  arms: [
    { arm: 'old', units: 10_000 },
    { arm: 'new', units: 10_000 },
  ],
  sampleRatio: { pValue: 1, log10PValue: 0, alarm: false, expected: [10_000, 10_000] },
  twoArms: { units: 0, share: 0, alarm: false },
  results: [result],
  faults: [],
  notes: ['These p-values are for one look at a planned end.'],
}

describe('the page of an answer', () => {
  it('reads like this', () => {
    expect(answerText(answer)).toBe(`RESULT
  converted is better in new: +14.3 % (+1.6 to +28.7)

ARMS
  arm             units  expected
  old (control)  10,000    10,000
  new            10,000    10,000
  sample ratio: p 1.000

METRIC converted  proportion · welch
        units   value  0                                                           +1.32 pp
  old  10,000  4.90 %  ┊                                                                     control
  new  10,000  5.60 %  ┊   ├───────────────────────────────●──────────────────────────────┤  better

  against old  difference (95 % interval)  lift (95 % interval)         p
  new          +0.70 pp (+0.08 to +1.32)   +14.3 % (+1.6 to +28.7)  0.026

NOTES
  - These p-values are for one look at a planned end.
`)
  })

  it('is at most a hundred columns wide, whatever arms and metrics are called', () => {
    const long = 'checkout-with-express-payment-and-gift-wrapping-'.repeat(3)
    const wide = answerText({
      ...answer,
      arms: [{ arm: long, units: 1 }],
      control: long,
      results: [{ ...result, metric: long, arm: long, control: long }],
    })
    expect(Math.max(...wide.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(100)
  })

  it('says why there is no number', () => {
    const because = unknown('too-few-events', { have: 3, need: 20 })
    const page = answerText({
      ...answer,
      results: [
        { ...result, absolute: because, relative: because, pValue: null, log10PValue: null, adjustedPValue: null, status: 'unknown' },
      ],
    })
    expect(page).toContain('unknown, because too little has happened')
    expect(page).not.toMatch(/NaN|null|undefined/)
  })

  it('says first when nothing can be concluded', () => {
    const page = answerText({
      ...answer,
      sampleRatio: { pValue: 1e-9, log10PValue: -9, alarm: true, expected: [9000, 11_000] },
      results: [{ ...result, status: 'unknown', because: 'sample-ratio-mismatch' }],
    })
    expect(page.split('\n')[1]).toMatch(/Nothing can be concluded/)
    expect(page).toContain('ALARM: sample ratio mismatch, p 1.0e-9')
    expect(page).toContain('new: not to be used')
  })

  it('does not let names steer the terminal', () => {
    expect(answerText({ ...answer, results: [{ ...result, metric: 'a\u001b[31mb' }] })).not.toContain('\u001b')
  })
})
