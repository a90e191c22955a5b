/** An experiment made by hand for the tests of the reports: two arms, the seeded metrics, and moments that tests can change. */
import { type Experiment, experimentSchema } from '../../src/experiments/experiment.ts'
import { type Metric, seededMetrics } from '../../src/experiments/metric.ts'
import type { ArmMoments, EpochMoments } from '../../src/reports/epoch-moments.ts'
import type { ReportSource } from '../../src/reports/report.ts'

/** conversion (slot 0), ctr (slots 1 and 2), net-revenue (slot 3); without covariates. */
export const METRICS: readonly Metric[] = ['conversion', 'ctr', 'net-revenue'].map((key) => ({
  ...seededMetrics('EUR').find((metric) => metric.key === key)!,
  covariate: null,
}))

export const EXPERIMENT: Experiment = experimentSchema.parse({
  key: 'home-policy',
  name: 'Popularity against hybrid',
  hypothesis: 'Shoppers who see what suits them buy more.',
  surface: 'home',
  arms: [
    { key: 'popularity', policy: 'popularity' },
    { key: 'hybrid', policy: 'hybrid' },
  ],
  metrics: METRICS.map((metric) => metric.key),
  plan: { unitsPerArm: 10_000 },
})

/** One arm: bought, clicks, views, money, with the sums of products of the lower triangle. */
export interface ArmSums {
  readonly units: number
  readonly bought: number
  readonly clicks: readonly [sum: number, squares: number]
  readonly views: readonly [sum: number, squares: number]
  readonly clicksViews: number
  readonly money: readonly [sum: number, squares: number]
}

export function armMoments(armId: number, { units, bought, clicks, views, clicksViews, money }: ArmSums): ArmMoments {
  const s = [bought, clicks[0], views[0], money[0]]
  // products across metrics are never read by a report
  const ss = [bought, 0, clicks[1], 0, clicksViews, views[1], 0, 0, 0, money[1]]
  return { armId, units: BigInt(units), excluded: 0n, s: s.map(BigInt), ss: ss.map(BigInt) }
}

export const MOMENTS: EpochMoments = {
  arms: [
    armMoments(1, {
      ...{
        units: 10_040,
        bought: 490,
        clicks: [9_400, 18_600],
        views: [30_100, 120_400],
        clicksViews: 36_100,
        money: [2_450_000, 31_250_000_000],
      },
    }),
    armMoments(2, {
      ...{
        units: 9_960,
        bought: 563,
        clicks: [9_700, 19_300],
        views: [29_900, 119_600],
        clicksViews: 36_900,
        money: [2_830_000, 35_650_000_000],
      },
    }),
  ],
  days: [
    ...[1, 2].map((armId) => ({ armId, day: '2026-11-01', units: 5_000n })),
    { armId: 1, day: '2026-11-18', units: 5_040n },
    { armId: 2, day: '2026-11-18', units: 4_960n },
  ],
  money: [
    { armId: 1, currency: 'EUR', units: 490n, gross: 2_650_000n, returned: -200_000n, netSquare: 31_250_000_000n },
    { armId: 2, currency: 'EUR', units: 563n, gross: 3_080_000n, returned: -250_000n, netSquare: 35_650_000_000n },
  ],
  exposures: [
    { armId: 1, n: 30_500n, fallback: 12n, masked: 0n },
    { armId: 2, n: 30_200n, fallback: 410n, masked: 0n },
  ],
  recount: {
    exposures: [
      { armId: 1, n: 30_500n },
      { armId: 2, n: 30_200n },
    ],
  },
  watermark: 7_214_113n,
  foldedAt: '2026-11-20T09:59:59.120Z',
}

export const SOURCE: ReportSource = {
  experiment: { ...EXPERIMENT, status: 'running' },
  epoch: { no: 1, startedAt: '2026-11-01T08:00:00.000Z', endedAt: null, armIds: [1, 2], settings: EXPERIMENT },
  metrics: METRICS,
  moments: MOMENTS,
  asOf: '2026-11-20T10:00:00.000Z',
}

/** The sample with another plan. */
export function planned(unitsPerArm: number, source: ReportSource = SOURCE): ReportSource {
  const settings = { ...source.epoch.settings, plan: { ...source.epoch.settings.plan, unitsPerArm } }
  return { ...source, epoch: { ...source.epoch, settings } }
}

/** Money and clicks that never distract. */
const QUIET = { clicks: [0, 0], views: [0, 0], clicksViews: 0, money: [0, 0] } as const

/** Arms a0 (the control), a1, … of which so many units bought; only conversion is looked at, and the plan is reached. */
export function buying(bought: readonly number[], units: readonly number[] = bought.map(() => 10_000)): ReportSource {
  const settings = {
    ...SOURCE.epoch.settings,
    arms: bought.map((_, i) => ({ key: `a${i}`, policy: 'popularity', weight: 1, control: false, description: '' })),
    metrics: ['conversion'],
    plan: { unitsPerArm: Math.min(...units), level: 0.95 },
  }
  const arms = bought.map((events, i) => armMoments(i + 1, { ...QUIET, units: units[i]!, bought: events }))
  return {
    ...SOURCE,
    epoch: { ...SOURCE.epoch, settings, armIds: arms.map(({ armId }) => armId) },
    metrics: SOURCE.metrics.slice(0, 1),
    moments: { ...MOMENTS, arms, days: [], money: [], exposures: [], recount: { exposures: [] } },
  }
}
