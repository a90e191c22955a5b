import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomOf } from '../../src/stats/random.ts'
import { startService, type TestService } from '../support/service.ts'
import { openRun, openShops, type ShopRun } from './honest-shops.ts'

/**
 * Shops over HTTP whose best arm depends on the device while seasons drift: the bandit finds it, the honest interval covers the truth, and
 * the naive one does not. HONEST_RUNS=200 asks of two hundred shops what twelve are asked here.
 */

const RUNS = Number(process.env.HONEST_RUNS ?? 12)
const SEASON = { rounds: 10, visitsARound: 100 }
const AT_ONCE = 4

let service: TestService
const METRICS = ['orders', 'money', 'moneyPerOrder'] as const
const found: { readonly run: ShopRun; readonly contrasts: readonly (readonly Contrast[])[] }[] = []

interface Estimate {
  readonly kind: string
  readonly value: number
  readonly interval: { readonly low: number; readonly high: number }
}
interface Contrast {
  readonly arm: string
  readonly honest: Estimate
  readonly anyLook: Estimate
  readonly naive: Estimate
}

beforeAll(
  async () => {
    service = await startService({ CROUPIER_FOLD_EVERY_MS: '3600000', CROUPIER_GATE_EVERY_MS: '3600000' })
    const experiments = await openShops(service.call, RUNS)
    const runs = experiments.map((key, i) => openRun(service.call, key, randomOf(5_000 + i).uniform, SEASON))
    for (let round = 0; round < SEASON.rounds; round++) {
      for (let from = 0; from < RUNS; from += AT_ONCE) await Promise.all(runs.slice(from, from + AT_ONCE).map((run) => run.round(round)))
      await learned()
    }
    for (const [i, key] of experiments.entries()) {
      const { body } = await service.call('GET', `/v1/experiments/${key}/report`)
      found.push({
        run: runs[i]!.result(),
        contrasts: body.bandit.metrics.map((metric: { contrasts: readonly Contrast[] }) => metric.contrasts),
      })
    }
  },
  60_000 + RUNS * 20_000,
)
afterAll(() => service.stop())

/** Folds what was told, and waits until the snapshot stands still again. */
async function learned(): Promise<void> {
  await service.service.fold()
  const snapshot = async () =>
    (await service.call('POST', '/v1/slates', { surface: 'shop-0', consent: { measurement: false } })).body.snapshot
  for (let before = '', now = await snapshot(); before !== now; ) {
    before = now
    await new Promise((resolve) => setTimeout(resolve, 100))
    now = await snapshot()
  }
}

const all = (metric: (typeof METRICS)[number] = 'orders') =>
  found.flatMap(({ run, contrasts }) =>
    contrasts[METRICS.indexOf(metric)]!.map((contrast) => ({ ...contrast, truth: run.truth(contrast.arm)[metric] })),
  )
const missedBy = (of: (contrast: Contrast) => Estimate, metric: (typeof METRICS)[number] = 'orders') =>
  all(metric).filter((contrast) => {
    const { kind, interval } = of(contrast)
    return kind === 'estimate' && (contrast.truth < interval.low || contrast.truth > interval.high)
  }).length

describe(`${RUNS} shops with a bandit each`, () => {
  it('show most visitors the arm that is best for their device', () => {
    const shares = found.map(({ run }) => run.shareOfBest())
    expect(shares.reduce((sum, share) => sum + share, 0) / RUNS).toBeGreaterThan(0.6)
  })

  it('have an honest interval that covers the truth at any look', () => {
    expect(all().length).toBe(2 * RUNS)
    expect(missedBy(({ anyLook }) => anyLook)).toBeLessThanOrEqual(Math.max(1, 0.05 * 2 * RUNS))
  })

  it('have one for the planned look, too', () => {
    // Bounds that a true rate of .05 passes all but once in a million.
    expect(missedBy(({ honest }) => honest)).toBeLessThanOrEqual(RUNS >= 200 ? 43 : 8)
  })

  it('have both of money a decision, and of money an order', () => {
    for (const metric of ['money', 'moneyPerOrder'] as const) {
      expect(all(metric).length).toBe(2 * RUNS)
      expect(all(metric).filter(({ honest }) => honest.kind === 'estimate').length).toBeGreaterThan((RUNS >= 200 ? 0.7 : 0.4) * 2 * RUNS)
      expect(missedBy(({ anyLook }) => anyLook, metric)).toBeLessThanOrEqual(Math.max(1, 0.05 * 2 * RUNS))
      expect(missedBy(({ honest }) => honest, metric)).toBeLessThanOrEqual(RUNS >= 200 ? 43 : 8)
    }
  })

  it('would be misled by plain means', () => {
    expect(missedBy(({ naive }) => naive)).toBeGreaterThan(0.25 * 2 * RUNS)
  })

  it('leave books that can be recounted', async () => {
    const { rows } = await service.query('SELECT count(*)::int AS n FROM exposures WHERE epoch_id IS NOT NULL')
    expect(rows[0].n).toBe(RUNS * SEASON.rounds * SEASON.visitsARound)
    if (process.env.HONEST_RUNS)
      console.log({
        contrasts: all().length,
        anyLook: missedBy(({ anyLook }) => anyLook),
        honest: missedBy(({ honest }) => honest),
        naive: missedBy(({ naive }) => naive),
        money: missedBy(({ honest }) => honest, 'money'),
        moneyPerOrder: missedBy(({ honest }) => honest, 'moneyPerOrder'),
        unknown: all('moneyPerOrder').filter(({ honest }) => honest.kind === 'unknown').length,
        best: found.reduce((sum, { run }) => sum + run.shareOfBest(), 0) / RUNS,
      })
  })
})
