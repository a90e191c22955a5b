/**
 * The most extreme epochs that a log could hold: any metrics, arms without units or with one, zeros, sums beyond every double, currencies
 * that are mixed, guardrails everywhere, clocks that are wrong.
 */
import fc from 'fast-check'
import { experimentSchema } from '../../src/experiments/experiment.ts'
import { type Metric, metricSchema } from '../../src/experiments/metric.ts'
import { type Slot, slotsOf } from '../../src/experiments/slot.ts'
import type { ArmMoments, DayUnits, MoneyMoments } from '../../src/reports/epoch-moments.ts'
import type { ReportSource } from '../../src/reports/report.ts'

/** Largest bigint of PostgreSQL, in which a unit's total is kept. */
const TOTAL_MOST = 2n ** 63n - 1n

const aggregate = fc.constantFrom('any', 'count', 'value', 'quantity' as const)
const quantity = aggregate.map((one) => ({ types: ['purchase'], aggregate: one }))
const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'XXX')
const windowHours = fc.constantFrom(0.01, 1, 36, 2160)
const direction = fc.constantFrom('increase', 'decrease' as const)

const metricBody = fc.oneof(
  fc.record({ kind: fc.constant('proportion'), of: fc.constant({ types: ['purchase'], aggregate: 'any' }), windowHours, direction }),
  fc.record({ kind: fc.constant('mean'), of: quantity, currency, windowHours, direction }),
  fc.record({ kind: fc.constant('mean'), of: quantity, currency, windowHours, direction, capMinor: fc.constantFrom(1, 10 ** 12) }),
  fc.record({ kind: fc.constant('ratio'), numerator: quantity, denominator: quantity, currency, windowHours, direction }),
)

export const anyMetrics: fc.Arbitrary<readonly Metric[]> = fc
  .array(metricBody, { minLength: 1, maxLength: 4 })
  .map((bodies) => bodies.map((body, i) => metricSchema.parse({ key: `m${i}`, ...body })))

/** A unit's total in a slot: 0 and 1 where it was asked whether something happened. */
function totalOf({ aggregate: asked, capMinor }: Slot): fc.Arbitrary<bigint> {
  if (asked === 'any') return fc.bigInt(0n, 1n)
  const most = capMinor === null ? TOTAL_MOST : BigInt(capMinor)
  const least = asked === 'value' ? -TOTAL_MOST : 0n
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(0n) },
    fc.bigInt(least, most),
    fc.bigInt(least > -3n ? least : -3n, most < 3n ? most : 3n),
    // next to the ends: units that agree in all digits that a double has, and differ all the same
    fc.constantFrom(least, most, most - 1n, most / 2n),
  )
}

interface Group {
  readonly count: bigint
  readonly totals: readonly bigint[]
}

const groupsOf = (slots: readonly Slot[]): fc.Arbitrary<readonly Group[]> =>
  fc.array(
    fc.record({
      count: fc.oneof(fc.constant(1n), fc.bigInt(1n, 300n), fc.bigInt(1n, 10n ** 12n)),
      totals: fc.tuple(...slots.map(totalOf)),
    }),
    { minLength: 1, maxLength: 4 },
  )

function momentsOfGroups(armId: number, groups: readonly Group[], slots: number): ArmMoments {
  const total = (value: (group: Group) => bigint): bigint => groups.reduce((sum, each) => sum + each.count * value(each), 0n)
  const places = Array.from({ length: slots }, (_, i) => i)
  return {
    ...{ armId, units: total(() => 1n), excluded: 0n },
    s: places.map((i) => total(({ totals }) => totals[i]!)),
    ss: places.flatMap((i) => places.slice(0, i + 1).map((j) => total(({ totals }) => totals[i]! * totals[j]!))),
  }
}

/** Money of the same units: one of them bought and sent back, so that gross and returned are both there. */
function moneyOf({ armId, units }: ArmMoments, [code, amount, payers]: readonly [string, bigint, bigint]): MoneyMoments {
  const paid = payers < units ? payers : units
  const [gross, returned] = [paid * amount, -paid * (amount / 3n)]
  const net = amount - amount / 3n
  return { armId, currency: code, units: paid, gross, returned, netSquare: paid * net * net }
}

const moneyRow = fc.tuple(currency, fc.bigInt(0n, TOTAL_MOST), fc.bigInt(0n, 10n ** 12n))
const day = fc.constantFrom('1970-01-01', '2024-02-29', '2026-02-28', '2026-03-01', '2026-03-02', '2027-01-01')

/** Epochs of 2 to 5 arms with these metrics. */
function epochWith(metrics: readonly Metric[]): fc.Arbitrary<ReportSource> {
  const slots = slotsOf(metrics)
  const arm = fc.record({
    groups: fc.oneof({ weight: 9, arbitrary: groupsOf(slots) }, { weight: 1, arbitrary: fc.constant([]) }),
    money: fc.array(moneyRow, { maxLength: 2 }),
    days: fc.array(day, { maxLength: 4 }),
    weight: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(1e-9, 1e6, 0.3) }),
    exposures: fc.bigInt(0n, 10n ** 15n),
    masked: fc.boolean(),
  })
  const plan = fc.record({
    unitsPerArm: fc.constantFrom(10, 1000, 1_000_000_000),
    level: fc.constantFrom(0.5001, 0.8, 0.95, 0.9999),
  })
  return fc
    .record({
      arms: fc.array(arm, { minLength: 2, maxLength: 5 }),
      plan,
      margins: fc.array(fc.constantFrom(1e-9, 0.02, 0.999), { minLength: metrics.length, maxLength: metrics.length }),
      status: fc.constantFrom('running', 'paused', 'stopped', 'archived' as const),
      endedAt: fc.constantFrom(null, '2026-03-02T00:00:00Z'),
      asOf: fc.constantFrom('2026-03-02T04:05:06.789Z', '1999-12-31T23:59:59Z', '2050-01-01T00:00:00Z'),
    })
    .map(({ arms, plan: planned, margins, status, endedAt, asOf }) => {
      const moments = arms.map(({ groups }, i) => momentsOfGroups(i + 1, groups, slots.length))
      const counts = arms.map(({ exposures: n, masked }, i) => ({ armId: i + 1, n, fallback: n / 2n, masked: masked ? n / 3n : 0n }))
      const settings = experimentSchema.parse({
        ...{ key: 'extreme', surface: 'home', metrics: metrics.map(({ key }) => key), plan: planned },
        arms: arms.map(({ weight }, i) => ({ key: `a${i}`, policy: 'popularity', weight })),
        guardrails: margins.map((margin, i) => ({ metric: metrics[i]!.key, margin })),
      })
      return {
        experiment: { ...settings, status },
        epoch: { no: 1, startedAt: '2026-02-27T22:10:00Z', endedAt, armIds: moments.map(({ armId }) => armId), settings },
        metrics,
        moments: {
          arms: moments,
          days: moments.flatMap(({ armId, units }, i) => daysOf(armId, units, arms[i]!.days)),
          money: moments.flatMap((one, i) => onePerCurrency(arms[i]!.money).map((row) => moneyOf(one, row))),
          exposures: counts,
          recount: { exposures: counts.map(({ armId, n }) => ({ armId, n })) },
          watermark: 2n ** 63n,
          foldedAt: null,
        },
        asOf,
      }
    })
}

function onePerCurrency(rows: readonly (readonly [string, bigint, bigint])[]): readonly (readonly [string, bigint, bigint])[] {
  return [...new Map(rows.map((row) => [row[0], row])).values()]
}

/** The units of an arm spread over days; the last day has the rest. */
function daysOf(armId: number, units: bigint, days: readonly string[]): DayUnits[] {
  const distinct = [...new Set(days)]
  const each = distinct.length === 0 ? 0n : units / BigInt(distinct.length)
  return distinct.map((one, i) => ({ armId, day: one, units: i === distinct.length - 1 ? units - each * BigInt(i) : each }))
}

export const anyEpoch: fc.Arbitrary<ReportSource> = anyMetrics.chain(epochWith)
