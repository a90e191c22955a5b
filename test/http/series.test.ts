import { afterAll, describe, expect, it } from 'vitest'
import { combinedFlags } from '../../src/flags/combined-flags.ts'
import { fixedFlags } from '../../src/flags/fixed-flags.ts'
import { newGate } from '../../src/http/limits.ts'
import { type CountedWorld, seriesOf } from '../../src/http/series.ts'
import { newSlateCounters } from '../../src/http/slates.ts'
import { openDatabase } from '../../src/store/database.ts'
import { metricsPage } from '../../src/telemetry/metrics-page.ts'
import { newRequestCounters } from '../../src/telemetry/request-counters.ts'

const log = <C extends object>(counters: C) => ({
  counters,
  drainCounters: { drained: 3, torn: 1 },
  connected: () => true,
  backlogBytes: () => 512,
})

function worldWith(change: Partial<CountedWorld> = {}): CountedWorld {
  return {
    counters: newSlateCounters(),
    exposures: log({ rows: 7, batches: 2, flushMsSum: 1_500, flushMsMax: 250 }),
    outcomes: log({ accepted: 5 }),
    assignments: { counters: { claimed: 4, known: 2, unknown: 1, remembered: 6 } },
    gate: newGate(),
    killSwitches: combinedFlags([fixedFlags(['hybrid'])]),
    snapshot: () => null,
    settingsReadAt: () => 0,
    remotes: {
      ask: async () => ({ kind: 'failed', because: 'nobody' }),
      unavailable: () => new Set(['far']),
      counters: new Map([['far failed', 2]]),
    },
    liveShoppers: () => ({ shoppers: 3, items: 8 }),
    teaching: {
      ...{ begin: async () => null, learns: () => true, readAt: () => 30_000 },
      drift: () => ({ kind: 'drift', psi: 0.3, noise: 0.1, newItems: 0, pairs: 500, drifted: true }),
    },
    database: nowhere,
    now: () => 60_000,
    ...change,
  }
}
/** Nobody listens on port 1. */
const nowhere = openDatabase('postgres://127.0.0.1:1/none')
afterAll(() => nowhere.close())

const page = (world: CountedWorld) => metricsPage(newRequestCounters(), seriesOf(world)).text()

describe('the series of the service', () => {
  it('tell what the log did, and times in seconds', async () => {
    const text = await page(worldWith())
    expect(text).toContain('croupier_log_events_total{log="exposures",event="rows"} 7')
    expect(text).toContain('croupier_log_events_total{log="outcomes",event="accepted"} 5')
    expect(text).toContain('croupier_drain_events_total{log="outcomes",event="torn"} 1')
    expect(text).toContain('croupier_flush_seconds_total 1.5')
    expect(text).toContain('croupier_flush_seconds_max 0.25')
    expect(text).toContain('croupier_spool_bytes{log="exposures"} 512')
    expect(text).toContain('croupier_assignments_total{event="unknown"} 1')
    expect(text).toContain('croupier_assignments_remembered 6')
    expect(text).not.toContain('flushMs')
  })

  it('tell failures of policies by reason', async () => {
    const counters = newSlateCounters()
    counters.failures.set('hybrid threw', 5)
    counters.failures.set('content no-model', 1)
    const text = await page(worldWith({ counters }))
    expect(text).toContain('croupier_rung_failures_total{policy="hybrid",because="threw"} 5')
    expect(text).toContain('croupier_rung_failures_total{policy="content",because="no-model"} 1')
  })

  it('say nothing where nothing is known, and the rest all the same', async () => {
    const text = await page(worldWith())
    expect(text).not.toMatch(/^croupier_(fold_lag_seconds|snapshot_info|settings_age_seconds)[ {]/m)
    expect(text).toContain('croupier_killed_policies{policy="hybrid"} 1')
    expect(await page(worldWith({ settingsReadAt: () => 45_000 }))).toContain('croupier_settings_age_seconds 15')
  })

  it('tell what the gate admits and refuses', async () => {
    const gate = newGate(1)
    gate.enter('slate')
    gate.enter('slate')
    const text = await page(worldWith({ gate }))
    expect(text).toContain('croupier_requests_in_hand{load="slate"} 1')
    expect(text).toContain('croupier_requests_refused_total{load="slate"} 1')
  })
})
