import { describe, expect, it } from 'vitest'
import { epochArmsOf } from '../../src/reports/epoch-arms.ts'
import type { MoneyMoments } from '../../src/reports/epoch-moments.ts'
import { moneyReportsOf } from '../../src/reports/money-report.ts'
import type { MoneyReport } from '../../src/reports/report-shape.ts'
import { EXPERIMENT, MOMENTS } from './sample.ts'

const ARMS = epochArmsOf(EXPERIMENT.arms, [1, 2], MOMENTS)

describe('the money of an epoch', () => {
  it('counts a unit that never bought as zero', () => {
    const [euros] = reportOn([{ armId: 1, currency: 'EUR', units: 2n, gross: 300_00n, returned: -100_00n, netSquare: 200_00n ** 2n }])
    expect(euros!.arms[0]).toEqual({
      ...{ arm: 'popularity', units: 10_040, payers: 2, gross: '300.00', returned: '-100.00', net: '200.00' },
      netPerUnit: 200 / 10_040,
    })
    expect(euros!.arms[1]).toMatchObject({ arm: 'hybrid', units: 9_960, payers: 0, gross: '0.00', net: '0.00', netPerUnit: 0 })
  })

  it('is kept apart by currency, each with its own minor units', () => {
    const reports = reportOn([
      { armId: 2, currency: 'JPY', units: 1n, gross: 5_000n, returned: 0n, netSquare: 25_000_000n },
      { armId: 1, currency: 'EUR', units: 1n, gross: 5_000n, returned: 0n, netSquare: 25_000_000n },
      { armId: 2, currency: 'KWD', units: 1n, gross: 5_000n, returned: 0n, netSquare: 25_000_000n },
    ])
    expect(reports.map(({ currency, arms }) => [currency, ...arms.map(({ gross }) => gross)])).toEqual([
      ['EUR', '50.00', '0.00'],
      ['JPY', '0', '5000'],
      ['KWD', '0.000', '5.000'],
    ])
  })

  it('is exact beyond what a double holds', () => {
    const gross = 9_007_199_254_740_993_000_01n
    const [euros] = reportOn([{ armId: 1, currency: 'EUR', units: 1n, gross, returned: -1n, netSquare: (gross - 1n) ** 2n }])
    expect(euros!.arms[0]).toMatchObject({ gross: '9007199254740993000.01', returned: '-0.01', net: '9007199254740993000.00' })
  })

  it('has no lift when the control has no money, and no difference when nobody has', () => {
    const [euros] = reportOn([{ armId: 2, currency: 'EUR', units: 9n, gross: 900n, returned: 0n, netSquare: 90_000n }])
    expect(euros!.comparisons[0]).toMatchObject({
      difference: { kind: 'estimate' },
      lift: { kind: 'unknown', because: 'control-mean-zero' },
    })
    const [none] = reportOn([{ armId: 2, currency: 'EUR', units: 1n, gross: 900n, returned: -900n, netSquare: 0n }])
    expect(none!.comparisons[0]!.difference).toMatchObject({ kind: 'unknown', because: 'no-variance' })
  })

  it('refuses more payers than units', () => {
    const row = { armId: 1, currency: 'EUR', units: 10_041n, gross: 1n, returned: 0n, netSquare: 1n }
    expect(() => reportOn([row])).toThrow('10041 units with money among 10040')
  })
})

function reportOn(money: readonly MoneyMoments[]): readonly MoneyReport[] {
  return moneyReportsOf(money, ARMS, { unitsPerArm: 9_900, level: 0.95, reached: true, arms: [] })
}
