import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerReport } from '../../src/cli/report.ts'
import { experimentSchema } from '../../src/experiments/experiment.ts'
import { openExposureLog } from '../../src/log/exposure-log.ts'
import { openOutcomeLog } from '../../src/log/outcome-log.ts'
import type { Report } from '../../src/reports/report-shape.ts'
import { compareAlwaysValid } from '../../src/stats/always-valid.ts'
import { armMeanOf } from '../../src/stats/arm-estimate.ts'
import { momentsOf } from '../../src/stats/moments.ts'
import { randomOf } from '../../src/stats/random.ts'
import { compareMeans } from '../../src/stats/welch.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { experimentStore } from '../../src/store/experiment-store.ts'
import { seed } from '../../src/store/seed.ts'
import { exposure, outcome } from '../log/sample.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

const UNITS = 400
let fresh: FreshDatabase
let database: Database
let folder: string
/** What every shopper of an arm did, kept beside the log: bought or not, and net cents. */
const shoppers: { readonly arm: number; readonly bought: number; readonly net: number }[] = []

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  folder = mkdtempSync(join(tmpdir(), 'croupier-report-'))
  await seed(database, { currency: 'EUR' })
  const experiments = experimentStore(database)
  await experiments.create(experimentSchema.parse({ ...experimentOf('draft') }))
  await experiments.create(experimentSchema.parse(experimentOf('home-policy')))
  await experiments.act('home-policy', 'start')
  await shop()
})

afterAll(async () => {
  await database?.close()
  await fresh?.drop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

describe('croupier report', () => {
  it('counts what was just written to the log, and agrees with a recount of the raw shoppers', async () => {
    const report = JSON.parse((await run('home-policy', '--json')).out) as Report
    const of = (arm: number) => shoppers.filter((shopper) => shopper.arm === arm)
    expect(report.plan.arms.map(({ have }) => have)).toEqual([of(0).length, of(1).length])
    const conversion = report.metrics.find(({ key }) => key === 'conversion')!
    expect(conversion.arms.map(({ value }) => value)).toEqual([0, 1].map((arm) => mean(of(arm).map(({ bought }) => bought))))
    const [control, treatment] = [0, 1].map((arm) => momentsOf(of(arm).map(({ net }) => net / 100)))
    const expected = compareMeans({ control: control!, treatment: treatment! }, { level: 0.95 })
    if (expected.kind === 'unknown') throw new Error(expected.because)
    const revenue = report.metrics.find(({ key }) => key === 'net-revenue')!.comparisons[0]!
    if (revenue.difference.kind === 'unknown' || !('low' in revenue.difference.interval)) throw new Error('the difference is known')
    expect(revenue.difference.value).toBeCloseTo(expected.difference.estimate, 9)
    expect(revenue.difference.interval.low).toBeCloseTo(expected.difference.interval.low, 9)
    expect(revenue.test).toMatchObject({ kind: 'test', method: 'welch' })
    const net = report.money[0]!.arms.map((arm) => Math.round(Number(arm.net) * 100))
    expect(net).toEqual([0, 1].map((arm) => of(arm).reduce((sum, shopper) => sum + shopper.net, 0)))
    expect(report.money[0]!.comparisons[0]!.difference).toEqual(revenue.difference)
  })

  it('shows, the plan being far away, the interval that holds at every look, from a recount of the raw shoppers', async () => {
    const report = JSON.parse((await run('home-policy', '--json')).out) as Report
    const of = (arm: number) => shoppers.filter((shopper) => shopper.arm === arm)
    const [control, treatment] = [0, 1].map((arm) => armMeanOf(momentsOf(of(arm).map(({ bought }) => bought))))
    if (control!.kind === 'unknown' || treatment!.kind === 'unknown') throw new Error('both arms have units')
    const expected = compareAlwaysValid({ control: control!, treatment: treatment! }, { level: 0.95, fraction: UNITS / 2 / 10_000 })
    if (expected.kind === 'unknown') throw new Error(expected.because)
    const [conversion] = report.metrics.find(({ key }) => key === 'conversion')!.comparisons
    expect(conversion).toMatchObject({ status: 'not yet', shown: 'always-valid', forStopping: false, harm: false })
    if (conversion!.alwaysValid.kind === 'unknown') throw new Error('there are enough conversions')
    const { interval } = conversion!.alwaysValid.difference
    if (!('low' in interval)) throw new Error('its interval is known')
    expect(interval.low).toBeCloseTo(expected.difference.interval.low, 9)
    expect(interval.high).toBeCloseTo(expected.difference.interval.high, 9)
    expect(conversion!.alwaysValid.log10PValue).toBeCloseTo(expected.difference.log10PValue, 9)
    expect(report.trust).toMatchObject({
      blockedBy: null,
      sampleRatio: { decidedBy: 'sequential', alarm: false, sequential: { looks: 1 } },
    })
    expect(report.decisions).toMatchObject([{ arm: 'hybrid', kind: 'not yet', because: ['conversion'] }])
    const payers = Math.min(...[0, 1].map((arm) => of(arm).filter(({ bought }) => bought === 1).length))
    expect(report.money[0]!.comparisons[0]!.alwaysValid).toEqual({ kind: 'unknown', because: 'too-few-events', have: payers, need: 100 })
  })

  it('prints the books: Σ arms = exposures of the log', async () => {
    const { out, err } = await run('home-policy')
    expect(out).toContain(`Σ arms ${UNITS * 2}, exposures of the log ${UNITS * 2}: equal in every arm`)
    expect(out).toMatch(/^VERDICT {2}NOT YET$/m)
    expect(out).not.toContain('\u001b')
    expect(err).toBe('')
  })

  it('colours a terminal', async () => {
    expect((await run('home-policy', 'TTY')).out).toContain('\u001b[33mNOT YET\u001b[0m')
  })

  it('has a CSV with a row for every metric and arm, and every currency and arm', async () => {
    const { out } = await run('home-policy', '--csv')
    expect(out.split('\r\n')).toHaveLength(1 + 3 * 2 + 2 + 1)
  })

  it.each([
    [['nowhere'], 'There is no experiment "nowhere".'],
    [['draft'], '"draft" has not been started yet, so there is nothing to report.'],
    [['home-policy', '--epoch', '7'], '"home-policy" has epochs 1 to 1.'],
    [['home-policy', '--epoch', '0'], 'An epoch is a whole number from 1.'],
    [['home-policy', '--json', '--csv'], "option '--json' cannot be used with option '--csv'"],
  ])('says what is wrong with %j', async (words, message) => {
    await expect(run(...words)).rejects.toThrow(message)
  })
})

function experimentOf(key: string): object {
  const arms = ['popularity', 'hybrid'].map((policy) => ({ key: policy, policy }))
  return { key, surface: 'home', arms, plan: { unitsPerArm: 10_000 } }
}

/** Shoppers see two slates each; some buy, some of those send things back. */
async function shop(): Promise<void> {
  const [epoch] = await experimentStore(database).epochs('home-policy')
  const exposures = await openExposureLog({ url: fresh.url, spoolFolder: join(folder, 'exposures') })
  const outcomes = await openOutcomeLog({ url: fresh.url, spoolFolder: join(folder, 'outcomes') })
  const random = randomOf(20)
  const now = Date.now() - 3_600_000
  for (let i = 0; i < UNITS; i++) {
    const arm = i % 2
    const unit = exposure().unit
    const shown = { unit, epochId: epoch!.id, armId: epoch!.armIds[arm]! }
    await Promise.all([exposures.append(exposure({ at: now, ...shown })), exposures.append(exposure({ at: now + 1000, ...shown }))])
    const bought = random.uniform() < 0.3 + 0.1 * arm
    const price = bought ? 1_000 + Math.floor(random.uniform() * 9_000) : 0
    const back = bought && random.uniform() < 0.2 ? Math.floor(price / 2) : 0
    const told = { unit, currency: 'EUR' }
    const events = [
      ...(bought ? [outcome({ ...told, at: now + 2000, type: 'purchase', valueMinor: BigInt(price) })] : []),
      ...(back > 0 ? [outcome({ ...told, at: now + 3000, type: 'return', valueMinor: BigInt(-back) })] : []),
    ]
    if (events.length > 0) expect(await outcomes.append(events)).toEqual(events.map(() => 'accepted'))
    shoppers.push({ arm, bought: bought ? 1 : 0, net: price - back })
  }
  await exposures.close()
  await outcomes.close()
}

async function run(...words: readonly string[]): Promise<{ readonly out: string; readonly err: string }> {
  const out = capture(words.includes('TTY'))
  const err = capture(false)
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  registerReport(program, { openWorld: async () => ({ database, close: async () => undefined }), out, err })
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => undefined })
  await program.parseAsync(['node', 'croupier', 'report', ...words.filter((word) => word !== 'TTY')])
  return { out: out.text(), err: err.text() }
}

function capture(terminal: boolean): Writable & { text(): string } {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return Object.assign(stream, { text: () => text, isTTY: terminal, hasColors: () => terminal })
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
