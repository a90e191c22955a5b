import { describe, expect, it } from 'vitest'
import { experimentSchema } from '../../src/experiments/experiment.ts'
import { type Metric, metricSchema } from '../../src/experiments/metric.ts'
import { contrastsOf } from '../../src/reports/contrast.ts'
import type { ArmMoments } from '../../src/reports/epoch-moments.ts'
import { correctCompared } from '../../src/reports/families.ts'
import { reportOf } from '../../src/reports/report.ts'
import type { Contrast, Estimate, Report } from '../../src/reports/report-shape.ts'
import { expectClose, golden, known } from '../stats/golden.ts'
import { SOURCE } from './sample.ts'

interface Sums {
  readonly n: number
  readonly sum: number
  readonly sumsq: number
}

const MONEY = metricSchema.parse({
  ...{ key: 'revenue', kind: 'mean', of: { types: ['purchase'], aggregate: 'value' }, currency: 'EUR', covariate: null },
})
const CTR = metricSchema.parse({
  key: 'ctr',
  kind: 'ratio',
  numerator: { types: ['click'] },
  denominator: { types: ['view'] },
  covariate: null,
})
const CONVERSION = metricSchema.parse({
  key: 'conversion',
  kind: 'proportion',
  of: { types: ['purchase'], aggregate: 'any' },
  covariate: null,
})

describe('the whole report, from exact sums in cents to numbers in euros', () => {
  it.each(['P018', 'P019', 'P020'])('has the difference, interval and p of Welch’s test (%s)', (id) => {
    const { inputs, expected, tol } = golden<
      { control: Sums; treatment: Sums },
      { diff: number; se: number; t: number; df: number; p: number; ci: number[] }
    >(id)
    const { difference, test } = only(
      reportOn(
        MONEY,
        [1, 2].map((armId) => inCents(armId, armId === 1 ? inputs.control : inputs.treatment)),
      ),
    )
    const got = known(difference)
    expectClose([got.value, ...boundsOf(got)], [expected.diff, ...expected.ci], tol)
    const { standardError, statistic, degreesOfFreedom, pValue } = known(test)
    expectClose([standardError, statistic, degreesOfFreedom!, pValue], [expected.se, expected.t, expected.df, expected.p], tol)
  })

  it('has the lift of the published case, and Fieller’s interval by inversion of the same test (P021)', () => {
    const { inputs, expected, tol } = golden<{ control: Sums; treatment: Sums }, { uplift: number; fieller_ci: [number, number] }>('P021')
    const { difference, lift, test } = only(reportOn(MONEY, [inCents(1, inputs.control), inCents(2, inputs.treatment)]))
    const got = known(lift)
    expectClose(got.value, expected.uplift, tol)
    const bounds = boundsOf(got)
    // The published ends use the normal critical value; ours is Welch's, a little wider.
    expect(bounds[0]).toBeLessThan(expected.fieller_ci[0])
    expect(bounds[1]).toBeGreaterThan(expected.fieller_ci[1])
    const [low, high] = boundsOf(known(difference))
    const critical = (high! - low!) / 2 / known(test).standardError
    for (const bound of bounds) expectClose(Math.abs(distance(inputs, 1 + bound)), critical, tol)
  })

  it('has the ratio of two sums by the delta method (P023)', () => {
    const { inputs, expected, tol } = golden<{ control: RatioSums; treatment: RatioSums }, Record<string, number>>('P023')
    const report = reportOn(CTR, [ratioMoments(1, inputs.control), ratioMoments(2, inputs.treatment)])
    expectClose(
      report.metrics[0]!.arms.map(({ value }) => value as number),
      [expected.ratio_c!, expected.ratio_t!],
      tol,
    )
    const { difference, lift, test } = only(report)
    expectClose(
      [known(difference).value, known(test).standardError, known(test).statistic],
      [expected.diff!, expected.se_delta!, expected.z!],
      tol,
    )
    expectClose(known(lift).value, (expected.relative as unknown as { uplift: number }).uplift, tol)
  })

  it.each(['P029', 'P030'])('checks the sample ratio of the arms (%s)', (id) => {
    const { inputs, expected, tol } = golden<{ counts: number[]; ratios: number[] }, { chi2: number; p: number }>(id)
    const arms = inputs.counts.map((n, i) => ({ armId: i + 1, units: BigInt(n), excluded: 0n, s: [BigInt(n >> 4)], ss: [BigInt(n >> 4)] }))
    const { trust, verdict } = reportOn(CONVERSION, arms, inputs.ratios)
    if (trust.sampleRatio.kind !== 'tested') throw new Error('it applies')
    expectClose([trust.sampleRatio.chiSquare, trust.sampleRatio.pValue], [expected.chi2, expected.p], tol)
    expect(trust.sampleRatio.alarm).toBe(expected.p < 0.001)
    expect(verdict.kind === 'do not trust').toBe(expected.p < 0.001)
  })

  it('corrects the p-values of several treatments as Holm does (P033)', () => {
    const { inputs, expected, tol } = golden<{ p: number[] }, { holm: number[] }>('P033')
    const compared = inputs.p.map((pValue, i) => ({
      arm: `a${i}`,
      fixed: comparisonWith(pValue),
      look: { kind: 'unknown', because: 'too-few-events' } as const,
    }))
    const contrasts = contrastsOf(compared, correctCompared(compared), { control: 'c', minorExponent: 0, shown: 'fixed' })
    expectClose(
      contrasts.map(({ test }) => known(test).adjustedPValue),
      expected.holm,
      tol,
    )
  })
})

function reportOn(metric: Metric, arms: readonly ArmMoments[], weights: readonly number[] = []): Report {
  const settings = experimentSchema.parse({
    ...{ key: 'golden', surface: 'home', metrics: [metric.key], plan: { unitsPerArm: 10 } },
    arms: arms.map((_, i) => ({ key: `arm-${i}`, policy: 'popularity', weight: weights[i] ?? 1 })),
  })
  return reportOf({
    ...SOURCE,
    epoch: { ...SOURCE.epoch, settings, armIds: arms.map(({ armId }) => armId) },
    metrics: [metric],
    moments: { ...SOURCE.moments, arms, money: [], exposures: [], recount: { exposures: [] } },
  })
}

function inCents(armId: number, { n, sum, sumsq }: Sums): ArmMoments {
  return { armId, units: BigInt(n), excluded: 0n, s: [BigInt(Math.round(sum * 100))], ss: [BigInt(Math.round(sumsq * 10_000))] }
}

interface RatioSums {
  readonly n: number
  readonly sum_num: number
  readonly sum_den: number
  readonly sum_num2: number
  readonly sum_den2: number
  readonly sum_numden: number
}

function ratioMoments(armId: number, { n, sum_num, sum_den, sum_num2, sum_den2, sum_numden }: RatioSums): ArmMoments {
  const ss = [sum_num2, sum_numden, sum_den2].map(BigInt)
  return { armId, units: BigInt(n), excluded: 0n, s: [sum_num, sum_den].map(BigInt), ss }
}

/** (t − R·c) in standard errors. */
function distance({ control, treatment }: { readonly control: Sums; readonly treatment: Sums }, ratio: number): number {
  const mean = ({ n, sum }: Sums): number => sum / n
  const variance = ({ n, sum, sumsq }: Sums): number => (sumsq - (sum * sum) / n) / (n - 1) / n
  return (mean(treatment) - ratio * mean(control)) / Math.sqrt(variance(treatment) + ratio * ratio * variance(control))
}

function comparisonWith(pValue: number): Parameters<typeof contrastsOf>[0][number]['fixed'] {
  const interval = { low: -1, high: 1 }
  const numbers = { estimate: 0, standardError: 1, statistic: 0, degreesOfFreedom: 9, level: 0.95, significant: false }
  const difference = { kind: 'test', ...numbers, pValue, log10PValue: Math.log10(pValue), interval } as const
  return { kind: 'comparison', method: 'welch', difference, lift: { kind: 'unknown', because: 'control-mean-zero' } }
}

function only({ metrics }: Report): Contrast {
  return metrics[0]!.comparisons[0]!
}

function boundsOf({ interval }: Estimate): number[] {
  if ('kind' in interval) throw new Error(interval.because)
  return [interval.low, interval.high]
}
