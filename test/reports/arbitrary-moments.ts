/**
 * Random epochs for law tests. Moments come from units that could exist (groups of alike units, some very large), so that every sum of
 * products is one that a sample can have; money goes far beyond 2⁵³.
 */
import fc from 'fast-check'
import { experimentSchema } from '../../src/experiments/experiment.ts'
import type { ArmMoments, EpochMoments } from '../../src/reports/epoch-moments.ts'
import type { ReportSource } from '../../src/reports/report.ts'
import { METRICS } from './sample.ts'

/** `count` units that all did the same. */
export interface Group {
  readonly count: bigint
  /** bought, clicks, views, money: one total a slot. */
  readonly totals: readonly [bigint, bigint, bigint, bigint]
}

const groupOf = (most: bigint): fc.Arbitrary<Group> =>
  fc.record({
    count: fc.oneof(fc.bigInt(1n, 3n), fc.bigInt(1n, most)),
    totals: fc.tuple(
      fc.bigInt(0n, 1n),
      fc.bigInt(0n, 9n),
      fc.bigInt(0n, 20n),
      fc.oneof(fc.constant(0n), fc.bigInt(-(10n ** 18n), 10n ** 18n)),
    ),
  })

export interface RandomArm {
  readonly groups: readonly Group[]
  readonly excluded: bigint
  readonly exposures: bigint
  readonly fallback: bigint
  readonly masked: bigint
}

const armOf = (most: bigint): fc.Arbitrary<RandomArm> =>
  fc
    .record({
      groups: fc.array(groupOf(most), { maxLength: 5 }),
      excluded: fc.oneof(fc.constant(0n), fc.bigInt(0n, 1000n)),
      exposures: fc.bigInt(0n, 10n ** 10n),
      parts: fc.tuple(fc.integer({ min: 0, max: 100 }), fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100 }))),
    })
    .map(({ groups, excluded, exposures, parts }) => ({
      ...{ groups, excluded, exposures },
      fallback: (exposures * BigInt(parts[0])) / 100n,
      masked: (exposures * BigInt(parts[1])) / 100n,
    }))

/** Epochs of 2 to 64 arms, in groups of up to `most` units. */
export const sourceOf = (most: bigint): fc.Arbitrary<ReportSource> =>
  fc
    .record({
      arms: fc.oneof(
        { weight: 9, arbitrary: fc.array(armOf(most), { minLength: 2, maxLength: 5 }) },
        { weight: 1, arbitrary: fc.array(armOf(most), { minLength: 64, maxLength: 64 }) },
      ),
      keyLength: fc.integer({ min: 1, max: 60 }),
      name: fc.string({ unit: 'binary', maxLength: 200 }),
      level: fc.constantFrom(0.8, 0.95, 0.999),
      unitsPerArm: fc.constantFrom(10, 1000, 1_000_000_000),
      currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
      status: fc.constantFrom('running', 'paused', 'stopped' as const),
      lost: fc.oneof({ weight: 9, arbitrary: fc.constant(0n) }, { weight: 1, arbitrary: fc.bigInt(0n, 5n) }),
    })
    .map(({ arms, keyLength, name, level, unitsPerArm, currency, status, lost }) => {
      const keys = arms.map((_, i) => `a${i}${'x'.repeat(keyLength)}`)
      const metrics = METRICS.map((metric) => (metric.kind === 'mean' ? { ...metric, currency } : metric))
      const settings = experimentSchema.parse({
        ...{ key: 'random', name, surface: 'home', arms: keys.map((key, i) => ({ key, policy: 'popularity', weight: 1 + (i % 3) })) },
        ...{ metrics: metrics.map((metric) => metric.key), plan: { unitsPerArm, level } },
      })
      return {
        experiment: { ...settings, status },
        epoch: { no: 3, startedAt: '2026-02-27T22:10:00Z', endedAt: null, armIds: keys.map((_, i) => 7 + i), settings },
        metrics,
        moments: epochOf(arms, currency, lost),
        asOf: '2026-03-02T04:05:06.789Z',
      }
    })

export const randomSource = sourceOf(1_000_000_000n)

/** The moments of random arms; `lost` exposures of the first arm are missing in the log. */
export function epochOf(arms: readonly RandomArm[], currency: string, lost = 0n): EpochMoments {
  const ids = arms.map((_, i) => 7 + i)
  const counts = arms.map(({ exposures: n, fallback, masked }, i) => ({ armId: ids[i]!, n, fallback, masked }))
  return {
    arms: arms.map(({ groups, excluded }, i) => momentsOfGroups(ids[i]!, groups, excluded)),
    days: arms.map(({ groups }, i) => ({ armId: ids[i]!, day: '2026-02-28', units: unitsOf(groups) })),
    money: arms.map(({ groups }, i) => moneyOfGroups(ids[i]!, groups, currency)),
    exposures: counts,
    recount: { exposures: counts.map(({ armId, n }, i) => ({ armId, n: i === 0 ? n + lost : n })) },
    watermark: 2n ** 63n,
    foldedAt: null,
  }
}

export function momentsOfGroups(armId: number, groups: readonly Group[], excluded = 0n): ArmMoments {
  const places = [0, 1, 2, 3]
  const total = (value: (group: Group) => bigint): bigint => groups.reduce((sum, each) => sum + each.count * value(each), 0n)
  return {
    ...{ armId, units: unitsOf(groups), excluded },
    s: places.map((i) => total(({ totals }) => totals[i]!)),
    ss: places.flatMap((i) => places.slice(0, i + 1).map((j) => total(({ totals }) => totals[i]! * totals[j]!))),
  }
}

export function moneyOfGroups(armId: number, groups: readonly Group[], currency: string): EpochMoments['money'][number] {
  const paid = groups.filter(({ totals }) => totals[3] !== 0n)
  const total = (value: (money: bigint) => bigint): bigint => paid.reduce((sum, each) => sum + each.count * value(each.totals[3]), 0n)
  return {
    ...{ armId, currency, units: unitsOf(paid) },
    gross: total((money) => (money > 0n ? money : 0n)),
    returned: total((money) => (money < 0n ? money : 0n)),
    netSquare: total((money) => money * money),
  }
}

function unitsOf(groups: readonly Group[]): bigint {
  return groups.reduce((sum, { count }) => sum + count, 0n)
}
