import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { armModels } from '../../src/bandits/arm-models.ts'
import { delayBinOf } from '../../src/bandits/delay-bins.ts'
import { delayClasses, type SpanDelays } from '../../src/bandits/delay-classes.ts'
import { epochPosterior } from '../../src/bandits/epoch-posterior.ts'
import { rewardMomentsOfRows } from '../../src/bandits/reward-moments.ts'
import { storedModels } from '../../src/bandits/stored-models.ts'
import type { Exposure } from '../../src/decisions/exposure.ts'
import { foldOnce } from '../../src/log/fold.ts'
import { foldAll } from '../../src/log/fold-all.ts'
import { keyedParameters } from '../../src/log/keyed-rows.ts'
import { type Learned, openLearnedReader } from '../../src/log/learned-days.ts'
import type { OutcomeRecord } from '../../src/log/log.ts'
import { writeOutcomes } from '../../src/log/outcome-rows.ts'
import { rebuild } from '../../src/log/rebuild.ts'
import { statement } from '../../src/log/statement.ts'
import { verify } from '../../src/log/verify.ts'
import { drawExponential } from '../../src/stats/draws.ts'
import { randomOf } from '../../src/stats/random.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { BANDIT, bytesFor, exposure, makeEpoch, outcome, PATIENT } from './sample.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const FEATURES = 3
const ARMS = [1, 2]
const START = Math.floor(Date.now() / DAY) * DAY - 5 * DAY
/** Purchases within 48 hours; the other slots of the sample weigh nothing. */
const WEIGHTS = [1, 0, 0, 0]
const WINDOWS = [48, 1, 72, 72].map((hours) => hours * HOUR)

let fresh: FreshDatabase
let database: Database
let writer: pg.Client
let epoch: number

beforeAll(async () => {
  fresh = await freshDatabase()
  database = openDatabase(fresh.url)
  epoch = await makeEpoch(fresh.url, BANDIT)
  writer = new pg.Client(fresh.url)
  await writer.connect()
})
afterAll(async () => {
  await writer.end()
  await database.close()
  await fresh.drop()
})

interface Row {
  readonly shown: Exposure
  /** Delay of its purchase, in milliseconds. */
  readonly delay: number | null
}

/** Four days and some hours of a shop: purchases after half a day on average. The log ends at `until`; what would come later is not in it. */
function rowsOf(until: number): readonly Row[] {
  const random = randomOf(11)
  return Array.from({ length: 1_500 }, (_, i) => {
    const at = START + Math.floor((i / 1_500) * (until - START))
    const arm = random.uniform() < 0.5 ? 1 : 2
    const x = Int16Array.of(1024, random.uniform() < 0.5 ? 1024 : 0, Math.round(1024 * random.uniform()))
    const shown = exposure({ at, epochId: epoch, armId: arm, stratum: 'bandit', unit: bytesFor(`unit ${i}`), x })
    const delay = random.uniform() < 0.2 + 0.2 * (arm - 1) ? Math.floor(12 * HOUR * drawExponential(random)) : null
    return { shown, delay: delay !== null && at + delay < until && delay < WINDOWS[0]! ? delay : null }
  })
}

async function write(rows: readonly Row[]): Promise<void> {
  await writer.query(statement('append-idempotent'), [...keyedParameters(rows.map(({ shown }) => ({ exposure: shown, key: undefined })))])
}
const sale = ({ shown, delay }: Row): OutcomeRecord => {
  const at = shown.decidedAt + delay!
  return outcome({ at, receivedAt: at, unit: shown.unit, decisionId: shown.decisionId, type: 'purchase' })
}

const models = ({ days, maturity }: Learned) => {
  const placed = <Part extends { readonly armId: number }>(parts: readonly Part[]) =>
    parts.map((part) => ({ ...part, arm: ARMS.indexOf(part.armId) }))
  const found = epochPosterior(placed(days), {
    ...{ arms: 2, features: FEATURES, weights: WEIGHTS, context: true, memory: Number.POSITIVE_INFINITY, window: Number.POSITIVE_INFINITY },
    observed: { untilMs: maturity!.untilMs, windowsMs: WINDOWS, hours: placed(maturity!.hours), delays: placed(maturity!.delays) },
  })
  if (found.kind === 'unknown') throw new Error(found.because)
  return found
}

it('what a bandit believes of a log whose outcomes take their time is what its rows say, whatever the steps of the fold', async () => {
  const until = START + 4 * DAY + 7 * HOUR + 20 * MINUTE
  const rows = rowsOf(until)
  const sold = rows.filter(({ delay }) => delay !== null)
  const read = openLearnedReader(database, FEATURES)
  // in five steps, outcomes before and after their decisions
  for (let part = 0; part < 5; part++) {
    const own = (_: Row, i: number) => i % 5 === part
    await writeOutcomes(writer, sold.filter(own).map(sale))
    if (part % 2 === 1) await foldOnce(database)
    await write(rows.filter(own))
    await foldOnce(database)
    await read(epoch)
  }
  expect((await foldAll(database, PATIENT)).caughtUp).toBe(true)
  const learned = await read(epoch)
  expect(learned).toEqual(await openLearnedReader(database, FEATURES)(epoch))
  expect(learned.maturity!.untilMs % (5 * MINUTE)).toBe(0)
  const stepwise = JSON.stringify(storedModels(models(learned)))
  expect((await verify(database)).first).toEqual([])
  await rebuild(database)
  expect(JSON.stringify(storedModels(models(await read(epoch))))).toBe(stepwise)

  // the same from the rows
  const latest = Math.max(...rows.map(({ shown }) => shown.decidedAt), ...sold.map((row) => sale(row).receivedAt))
  const untilMs = Math.ceil(latest / (5 * MINUTE)) * 5 * MINUTE
  const hourly = Math.floor(untilMs / DAY) - 1
  const spanOf = ({ decidedAt }: Exposure) => {
    const day = Math.floor(decidedAt / DAY)
    return { day, hour: day >= hourly ? Math.floor(decidedAt / HOUR) : null }
  }
  const delays = sold.flatMap(({ shown, delay }): SpanDelays[] =>
    [0, 2, 3].map((slot) => ({ arm: shown.armId! - 1, ...spanOf(shown), slot, bin: delayBinOf(delay!), count: 1 })),
  )
  const classes = delayClasses(
    2,
    rows.map(({ shown }) => ({ arm: shown.armId! - 1, ...spanOf(shown), decisions: 1 })),
    { untilMs, windowsMs: WINDOWS, delays },
  )
  const slow = classes.classOf[0]!
  const moments = ARMS.map((armId, arm) => {
    const own = rows.filter(({ shown }) => shown.armId === armId)
    const weights = own.map(({ shown }) => classes.arrived(arm, spanOf(shown))[slow]!)
    expect(Math.min(...weights)).toBeLessThan(0.2)
    const plain = own.map(({ shown, delay }) => ({ x: Array.from(shown.x, (value) => value / 1024), r: delay === null ? 0 : 1 }))
    const aged = rewardMomentsOfRows(
      FEATURES,
      plain.map(({ x, r }, i) => ({ x: x.map((value) => value * Math.sqrt(weights[i]!)), r })),
    )
    const { b, c } = rewardMomentsOfRows(FEATURES, plain)
    return { features: FEATURES, n: weights.reduce((sum, one) => sum + one, 0), a: aged.a, b, c }
  })
  const expected = armModels(moments)
  const found = models(learned)
  if (expected.kind === 'unknown') throw new Error(expected.because)
  expect(Math.abs(found.noise / expected.noise - 1)).toBeLessThan(1e-9)
  for (const arm of [0, 1])
    for (const part of ['coefficients', 'covariance'] as const)
      found.arms[arm]![part].forEach((value, i) => {
        expect(Math.abs(value - expected.arms[arm]![part][i]!)).toBeLessThan(1e-9)
      })
  // and it is what the whole log would say one day: 20 and 40 %
  const rate = (arm: number, of: typeof found) => [1, 0.5, 0.5].reduce((sum, value, i) => sum + value * of.arms[arm]!.coefficients[i]!, 0)
  expect(rate(1, found) - rate(0, found)).toBeGreaterThan(0.12)
})
