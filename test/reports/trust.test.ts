import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epochArmsOf } from '../../src/reports/epoch-arms.ts'
import type { DayUnits } from '../../src/reports/epoch-moments.ts'
import { type ReportSource, reportOf } from '../../src/reports/report.ts'
import { reportText } from '../../src/reports/report-text.ts'
import { watchSampleRatio } from '../../src/reports/sample-ratio-watch.ts'
import { buying, EXPERIMENT, MOMENTS, planned } from './sample.ts'

/** Two arms of equal shares with so many units a day. */
function arriving(days: readonly (readonly [number, number])[], unitsPerArm: number): ReportSource {
  const totals = [0, 1].map((arm) => days.reduce((sum, day) => sum + day[arm]!, 0))
  const source = planned(
    unitsPerArm,
    buying(
      totals.map((n) => Math.floor(n / 20)),
      totals,
    ),
  )
  return { ...source, moments: { ...source.moments, days: daysOf(days) } }
}

function daysOf(days: readonly (readonly [number, number])[]): DayUnits[] {
  return days.flatMap((day, i) =>
    day.map((n, arm) => ({ armId: arm + 1, day: `2026-11-${String(i + 1).padStart(2, '0')}`, units: BigInt(n) })),
  )
}

/** χ² says p = 8.0e-4 of it, once. */
const SUSPICIOUS = [10_000, 10_480] as const

describe('the sample ratio of a report', () => {
  it('is decided by the watched test on the way, and by χ² at the one look that counts', () => {
    const onTheWay = reportOf(arriving([SUSPICIOUS], 20_000))
    const { sampleRatio } = onTheWay.trust
    if (sampleRatio.kind !== 'tested') throw new Error('it is tested')
    expect(sampleRatio.pValue).toBeLessThan(0.001)
    expect(sampleRatio).toMatchObject({ decidedBy: 'sequential', alarm: false, sequential: { looks: 1, alarm: false } })
    expect(onTheWay.trust.blockedBy).toBeNull()
    expect(reportText(onTheWay)).toMatch(/were due \(p = 0\.\d+, watched 1\s+day,\s+alarm below\s+0\.001\)/)
    const atTheEnd = reportOf(arriving([SUSPICIOUS], 10_000))
    expect(atTheEnd.trust).toMatchObject({ blockedBy: 'sample-ratio-mismatch', sampleRatio: { decidedBy: 'chi-square', alarm: true } })
    const stopped = arriving([SUSPICIOUS], 20_000)
    expect(reportOf({ ...stopped, experiment: { ...stopped.experiment, status: 'stopped' } }).trust.blockedBy).toBe('sample-ratio-mismatch')
  })

  it('blocks on the way when the watched test alarms, with its own p', () => {
    const { trust, verdict } = reportOf(arriving([[5_000, 5_700]], 20_000))
    expect(trust.blockedBy).toBe('sample-ratio-mismatch')
    if (trust.sampleRatio.kind !== 'tested') throw new Error('it is tested')
    expect(trust.sampleRatio.sequential.pValue).toBeGreaterThan(trust.sampleRatio.pValue)
    const exponent = Math.floor(trust.sampleRatio.sequential.log10PValue)
    expect(verdict.sentences[0]).toMatch(new RegExp(`p = \\d\\.\\de${exponent}\\.$`))
  })

  it('remembers the day when it was off, even when more units hide it from χ²', () => {
    const { trust, notes, verdict } = reportOf(
      arriving(
        [
          [5_000, 5_900],
          [5_900, 5_000],
        ],
        10_000,
      ),
    )
    expect(trust).toMatchObject({ blockedBy: null, sampleRatio: { pValue: 1, alarm: false, sequential: { looks: 2, alarm: true } } })
    expect(verdict.kind).not.toBe('do not trust')
    expect(notes.join()).toContain('On the way the sample ratio was off')
  })

  it('has the Dirichlet–multinomial evidence of a prior worth 1,000 units (log₁₀ p by lgamma of another language)', () => {
    const arms = epochArmsOf(EXPERIMENT.arms, [1, 2], { ...MOMENTS, arms: [] })
    expect(watchSampleRatio(arms, daysOf([[5_000, 5_700]]))!.log10PValue).toBeCloseTo(-8.566220442, 7)
    expect(watchSampleRatio(arms, daysOf([SUSPICIOUS]))!.log10PValue).toBeCloseTo(-1.663358806, 7)
  })

  it('has a p that only falls as days are added, whatever happens on them', () => {
    const day = fc.tuple(fc.nat(3_000), fc.nat(3_000))
    const arms = epochArmsOf(EXPERIMENT.arms, [1, 2], { ...MOMENTS, arms: [] })
    fc.assert(
      fc.property(fc.array(day, { minLength: 1, maxLength: 20 }), (days) => {
        const falling = days.map((_, i) => watchSampleRatio(arms, daysOf(days.slice(0, i + 1)))!.log10PValue)
        for (const [i, log10P] of falling.entries()) expect(log10P).toBeLessThanOrEqual(i === 0 ? 0 : falling[i - 1]!)
      }),
    )
  })
})
