import { describe, expect, it } from 'vitest'
import type { Metric } from '../../src/experiments/metric.ts'
import { metricSchema } from '../../src/experiments/metric.ts'
import type { ArmMoments } from '../../src/reports/epoch-moments.ts'
import { type ReportSource, reportOf } from '../../src/reports/report.ts'
import { SOURCE } from './sample.ts'

const revenue = (change: object = {}): Metric =>
  metricSchema.parse({
    key: 'revenue',
    kind: 'mean',
    of: { types: ['purchase'], aggregate: 'value' },
    currency: 'EUR',
    covariate: null,
    ...change,
  })

/** Of every arm `buyers` paid 50 euros; nothing was sent back. */
function paying(metric: Metric, units: readonly number[], buyers: readonly number[], returned = 0n): ReportSource {
  const arms = units.map((n, i): ArmMoments => {
    const paid = BigInt(buyers[i]!)
    return { armId: i + 1, units: BigInt(n), excluded: 0n, s: [paid * 5_000n], ss: [paid * 5_000n ** 2n] }
  })
  const money = arms.map(({ armId, s }) => ({ armId, currency: 'EUR', units: 0n, gross: s[0]!, returned, netSquare: 10n ** 14n }))
  const settings = { ...SOURCE.epoch.settings, metrics: ['revenue'], plan: { unitsPerArm: 100, level: 0.95 } }
  return {
    ...SOURCE,
    epoch: { ...SOURCE.epoch, settings, armIds: arms.map(({ armId }) => armId) },
    metrics: [metric],
    moments: { ...SOURCE.moments, arms, money, days: [], exposures: [], recount: { exposures: [] } },
  }
}

describe('the skew of a mean', () => {
  it('warns when there are too few units even for the least skewness that the moments allow', () => {
    const { metrics, notes } = reportOf(paying(revenue(), [1_000, 1_010], [10, 12]))
    // (1 − 2p)/√(p(1 − p)) at p = 1/100 is 9.85, so 34,439 units
    expect(metrics[0]!.skew).toMatchObject({ kind: 'skew', have: 1_000, needAtLeast: 34_439, balanced: true, enough: 'no' })
    expect(notes).toContain(
      '“revenue” is skewed (skewness at least 9.8): the mean of an arm is normal from at least 34,439 shoppers, and the smallest arm has 1,000. With arms of equal size most of that cancels.',
    )
  })

  it('says on which side arms of unequal size go wrong', () => {
    const { notes } = reportOf(paying(revenue(), [500, 5_000], [5, 60]))
    expect(notes.join()).toContain('With arms this unequal its intervals are wrong on one side: wait, or declare a cap next time.')
  })

  it('is enough for certain only with a cap', () => {
    const units = [40_000, 40_000]
    const capped = reportOf(paying(revenue({ capMinor: 5_000 }), units, [400, 420]))
    expect(capped.metrics[0]!.skew).toMatchObject({ enough: 'yes' })
    expect(capped.notes).toContain(
      '“revenue” counts at most 50 EUR of each shopper, as declared before the start. The money table has the same without a cap; the capped figure is the one that is tested.',
    )
    const open = reportOf(paying(revenue(), units, [400, 420]))
    expect(open.metrics[0]!.skew).toMatchObject({ enough: 'unknown' })
    expect(open.notes.join()).toContain('“revenue” has no cap, so a few large orders can move it')
  })

  it('is unknown where something was sent back, and where nobody knows the sign', () => {
    const unknown = { kind: 'unknown', because: 'no-information' }
    expect(reportOf(paying(revenue(), [1_000, 1_000], [10, 12], -1n)).metrics[0]!.skew).toEqual(unknown)
    const items = revenue({ of: { types: ['purchase'], aggregate: 'quantity' } })
    expect(reportOf(paying(items, [1_000, 1_000], [10, 12])).metrics[0]!.skew).toEqual(unknown)
    const own = revenue({ of: { types: ['refund-fee'], aggregate: 'value' } })
    expect(reportOf(paying(own, [1_000, 1_000], [10, 12])).metrics[0]!.skew).toEqual(unknown)
  })
})
