import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importFile } from '../../src/importing/import-file.ts'
import { verify } from '../../src/log/verify.ts'
import type { Comparison, MetricReport, Report } from '../../src/reports/report-shape.ts'
import { criticalValue } from '../../src/stats/effect-test.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { openDatabase } from '../../src/store/database.ts'
import { secretsOf } from '../../src/store/secrets.ts'
import { requestOf, SILENT } from '../importing/importer.ts'
import { fileOf } from '../importing/own-file.ts'
import { SECRET, startService, stockShop, type TestService } from '../support/service.ts'
import { adjusted, adjustedRatio, delta, type Figures, mean, type Pair, welch } from '../support/two-pass.ts'

/**
 * Random experiments over HTTP, remembered by the test unit by unit: what each did before, where it was dealt, what it did then. The
 * report's figures have to equal what two plain passes over these units give, to twelve digits.
 */

const EXPERIMENTS = 12
const DIGITS = 1e-12
const DAY = 24 * 3_600_000
const LEVEL = 0.95

interface Deed {
  readonly type: 'view' | 'click' | 'purchase' | 'return'
  readonly cents: number
  /** Full days and a half before the test began, so that no deed stands at the edge of a window; null: after the first exposure. */
  readonly daysAgo: number | null
  /** Known to the service before the first exposure: told, imported, or neither (told too late). */
  readonly known: 'told' | 'imported' | 'late'
}

interface Shopper {
  readonly unit: string
  readonly deeds: readonly Deed[]
  arm: string
}

interface Plan {
  readonly key: string
  readonly weights: readonly number[]
  readonly days: number | null
  readonly capCents: number | null
  readonly shoppers: readonly Shopper[]
}

let shop: TestService
const plans = Array.from({ length: EXPERIMENTS }, (_, i) => planOf(`figures-${i}`, randomOf(1000 + i)))

beforeAll(async () => {
  shop = await startService()
  await stockShop(shop)
})
afterAll(() => shop.stop())

describe('random experiments over HTTP', () => {
  it('begin with an import of what their shoppers did before', () => importPast(plans.flatMap(({ shoppers }) => shoppers)))

  it.each(plans)('have figures that two passes over all their units give as well ($key)', async (plan) => {
    await play(plan)
    const { body: report } = (await shop.call('GET', `/v1/experiments/${plan.key}/report`)) as { body: Report }
    for (const metric of report.metrics) for (const comparison of metric.comparisons) check(plan, metric, comparison)
    expect(report.metrics.map(({ covariate }) => covariate?.days ?? null)).toEqual(
      plan.days === null ? [null, null, null] : Array(3).fill(plan.days),
    )
  })

  it('are adjusted where there is history enough, and plain elsewhere', async () => {
    const methods = new Map<string, number>()
    for (const { key } of plans) {
      const { body } = (await shop.call('GET', `/v1/experiments/${key}/report`)) as { body: Report }
      for (const { test } of body.metrics.flatMap(({ comparisons }) => comparisons))
        if (test.kind === 'test') methods.set(test.method, (methods.get(test.method) ?? 0) + 1)
    }
    for (const method of ['cuped', 'welch', 'delta']) expect(methods.get(method) ?? 0, method).toBeGreaterThan(3)
  })

  it('leave moments that equal a recount of log and history', async () => {
    const database = openDatabase(shop.databaseUrl)
    const recount = await verify(database)
    await database.close()
    expect(recount).toMatchObject({ equal: true, differences: 0, first: [] })
  })
})

function planOf(key: string, random: Random): Plan {
  const whole = (from: number, to: number) => from + Math.floor(random.uniform() * (to - from + 1))
  const taste = () => random.uniform() ** 2
  const deed = (daysAgo: number | null): Deed => {
    const type = (['view', 'view', 'view', 'click', 'click', 'purchase', 'return'] as const)[whole(0, 6)]!
    const cents = type === 'purchase' ? whole(1, 20_000) : type === 'return' ? -whole(1, 5_000) : 0
    const known = type === 'return' ? 'told' : (['told', 'imported', 'late'] as const)[whole(0, 2)]!
    return { type, cents, daysAgo, known }
  }
  const shopper = (i: number): Shopper => {
    const eager = taste()
    const isNew = random.uniform() < 0.2
    const before = Array.from({ length: isNew ? 0 : whole(1, Math.ceil(12 * eager) + 1) }, () => deed(whole(1, 40)))
    const after = Array.from({ length: whole(0, Math.ceil(8 * eager)) }, () => deed(null))
    return { unit: `${key} ${i}`, deeds: [...before, ...after], arm: '' }
  }
  const arms = whole(2, 3)
  return {
    key,
    weights: Array.from({ length: arms }, () => whole(2, 3)),
    days: random.uniform() < 0.75 ? whole(15, 60) : null,
    capCents: random.uniform() < 0.5 ? whole(10_000, 30_000) : null,
    shoppers: Array.from({ length: arms * whole(40, 320) }, (_, i) => shopper(i)),
  }
}

/** Metrics, an experiment, its shoppers' days: news from before, slates, what came of them, and news from before that come too late. */
async function play({ key, weights, days, capCents, shoppers }: Plan): Promise<void> {
  const covariate = days === null ? null : { days }
  const metrics = [
    { key: `${key}-bought`, kind: 'proportion', of: { types: ['purchase'], aggregate: 'any' }, covariate },
    {
      ...{ key: `${key}-net`, kind: 'mean', of: { types: ['purchase', 'return'], aggregate: 'value' }, currency: 'EUR', covariate },
      ...(capCents === null ? {} : { capMinor: capCents }),
    },
    { key: `${key}-ctr`, kind: 'ratio', numerator: { types: ['click'] }, denominator: { types: ['view', 'click'] }, covariate },
  ]
  for (const metric of metrics) expect((await shop.call('POST', '/v1/metrics', metric)).status).toBe(201)
  const arms = weights.map((weight, i) => ({ key: `arm-${i}`, policy: 'popularity', weight }))
  const body = { key, surface: 'home', arms, metrics: metrics.map((metric) => metric.key), plan: { unitsPerArm: 10, level: LEVEL } }
  expect((await shop.call('POST', '/v1/experiments', body)).status).toBe(201)
  expect((await shop.call('POST', `/v1/experiments/${key}/start`)).status).toBe(200)
  await tell(shoppers, ({ daysAgo, known }) => daysAgo !== null && known === 'told')
  for (let first = 0; first < shoppers.length; first += 50)
    await Promise.all(
      shoppers.slice(first, first + 50).map(async (shopper) => {
        const { body: slate } = await shop.call('POST', '/v1/slates', { surface: 'home', unit: shopper.unit })
        expect(slate.experiment.key).toBe(key)
        shopper.arm = slate.experiment.arm
      }),
    )
  await tell(shoppers, ({ daysAgo, known }) => daysAgo === null || known === 'late')
  expect((await shop.call('POST', `/v1/experiments/${key}/stop`)).status).toBe(200)
}

async function tell(shoppers: readonly Shopper[], which: (deed: Deed) => boolean): Promise<void> {
  const outcomes = shoppers.flatMap(({ unit, deeds }) =>
    deeds.flatMap((deed, i) => {
      if (!which(deed)) return []
      const money = deed.cents === 0 ? {} : { value: (Math.abs(deed.cents) / 100).toFixed(2), currency: 'EUR' }
      const when = deed.daysAgo === null ? {} : { occurredAt: new Date(momentOf(deed.daysAgo)).toISOString() }
      return [{ outcomeId: `${unit} ${i}`, unit, type: deed.type, ...money, ...when }]
    }),
  )
  for (let first = 0; first < outcomes.length; first += 500) {
    const { body } = await shop.call('POST', '/v1/outcomes', { outcomes: outcomes.slice(first, first + 500) })
    expect(body.results.filter(({ status }: { status: string }) => status !== 'accepted')).toEqual([])
  }
}

/** A real import, with the pseudonyms of the service. */
async function importPast(shoppers: readonly Shopper[]): Promise<void> {
  const lines = shoppers.flatMap(({ unit, deeds }) =>
    deeds
      .filter(({ daysAgo, known }) => daysAgo !== null && known === 'imported')
      .map(({ type, cents, daysAgo }) => {
        const money = cents === 0 ? {} : { value: (cents / 100).toFixed(2) }
        return JSON.stringify({ unit, itemId: 'SKU-1', type, ...money, occurredAt: new Date(momentOf(daysAgo!)).toISOString() })
      }),
  )
  const path = await fileOf('past.ndjson', lines.join('\n'))
  const world = { url: shop.databaseUrl, pseudonym: secretsOf(SECRET).pseudonym }
  expect(await importFile(requestOf(path), world, SILENT)).toMatchObject({ accepted: lines.length })
}

const BEGAN = Date.now()

function momentOf(daysAgo: number): number {
  return BEGAN - (daysAgo + 0.5) * DAY
}

/** What a unit did after its first exposure, or in the days before it as far as that was known: bought, net, clicks, views and clicks. */
function totalsOf({ deeds }: Shopper, { days, capCents }: Plan, when: 'after' | 'before'): readonly number[] {
  const counted = deeds.filter(({ daysAgo, known }) =>
    when === 'after' ? daysAgo === null : daysAgo !== null && days !== null && daysAgo < days && known !== 'late',
  )
  const many = (...types: readonly Deed['type'][]) => counted.filter(({ type }) => types.includes(type)).length
  const net = counted.reduce((sum, { cents }) => sum + cents, 0)
  return [many('purchase') > 0 ? 1 : 0, Math.min(net, capCents ?? net), many('click'), many('view', 'click'), counted.length > 0 ? 1 : 0]
}

function check(plan: Plan, metric: MetricReport, comparison: Comparison): void {
  const place = { proportion: 0, mean: 1, ratio: 2 }[metric.kind]
  const unit = metric.kind === 'mean' ? 100 : 1
  const rowsOf = (arm: string) =>
    plan.shoppers
      .filter((shopper) => shopper.arm === arm)
      .map((shopper) => ({ now: totalsOf(shopper, plan, 'after'), before: totalsOf(shopper, plan, 'before') }))
  const arms = { control: rowsOf(comparison.control), treatment: rowsOf(comparison.arm) }
  for (const [key, rows] of [
    [comparison.control, arms.control],
    [comparison.arm, arms.treatment],
  ] as const) {
    const value = metric.arms.find(({ arm }) => arm === key)!.value
    const [m, d] = [mean(rows.map(({ now }) => now[place]!)), mean(rows.map(({ now }) => now[3]!))]
    expectDigits(value as number, (metric.kind === 'ratio' ? m / d : m) / unit, 'value')
  }
  const { test, difference } = comparison
  if (test.kind === 'unknown' || test.method === 'score' || difference.kind === 'unknown') return
  const has = (rows: typeof arms.control) => rows.filter(({ before }) => before[4] === 1).length
  const uses = plan.days !== null && Math.min(has(arms.control), has(arms.treatment)) >= 100
  const expected = expectedOf(metric.kind, { arms, place, uses })
  expect(test.method).toBe(uses ? 'cuped' : metric.kind === 'ratio' ? 'delta' : 'welch')
  expectFigures(comparison, expected, unit)
  if (!uses) return void expect(comparison.alternate).toBeUndefined()
  expectFigures(comparison.alternate!, expected.plain!, unit)
  expectDigits(comparison.varianceReduction!, 1 - (expected.standardError / expected.plain!.standardError) ** 2, 'variance reduction')
}

type Remembered = Pair<readonly { readonly now: readonly number[]; readonly before: readonly number[] }[]>

function expectedOf(
  kind: MetricReport['kind'],
  { arms, place, uses }: { readonly arms: Remembered; readonly place: number; readonly uses: boolean },
): Figures & { readonly plain?: Figures } {
  const rows = (of: (row: Remembered['control'][number]) => readonly number[]) => ({
    control: arms.control.map(of),
    treatment: arms.treatment.map(of),
  })
  if (kind === 'ratio') {
    const both = rows(({ now, before }) => [now[2]!, now[3]!, before[2]!, before[3]!])
    return uses ? adjustedRatio(both) : delta(both)
  }
  const all = rows(({ now, before }) => [now[place]!, before[place]!, before[4]!])
  return uses ? adjusted(all) : welch({ control: all.control.map(([y]) => y!), treatment: all.treatment.map(([y]) => y!) })
}

function expectFigures({ difference, test }: Pick<Comparison, 'difference' | 'test'>, expected: Figures, unit: number): void {
  if (difference.kind === 'unknown' || test.kind === 'unknown' || !('low' in difference.interval)) throw new Error('a figure is missing')
  const { estimate, standardError, degreesOfFreedom } = expected
  // A difference near 0 has no digits of its own: it is measured by its noise.
  expect(Math.abs(difference.value - estimate / unit)).toBeLessThanOrEqual(DIGITS * (Math.abs(estimate) + standardError))
  expectDigits(test.standardError, standardError / unit, 'standard error')
  expectDigits(test.degreesOfFreedom!, degreesOfFreedom, 'degrees of freedom')
  const half = (criticalValue({ level: LEVEL, degreesOfFreedom }) * standardError) / unit
  expectDigits((difference.interval.high - difference.interval.low) / 2, half, 'interval')
}

function expectDigits(got: number, expected: number, what: string): void {
  expect(Math.abs(got - expected), `${what}: ${got} against ${expected}`).toBeLessThanOrEqual(
    DIGITS * Math.max(Math.abs(expected), what === 'variance reduction' ? 1 : 0),
  )
}
