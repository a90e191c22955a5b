import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDecisionAccumulator } from '../../src/bandits/decision-accumulator.ts'
import { FEATURE_NAMES, featuresOf } from '../../src/bandits/features.ts'
import { chooseArm } from '../../src/decisions/choose-arm.ts'
import { epochSettingsOf, experimentSchema } from '../../src/experiments/experiment.ts'
import { seededMetrics } from '../../src/experiments/metric.ts'
import { openKeeper, type SnapshotKeeper, type SnapshotSource } from '../../src/jobs/snapshot-keeper.ts'
import type { RunningEpoch } from '../../src/jobs/snapshot-of.ts'
import type { Learned } from '../../src/log/learned-days.ts'
import { openMemory, seed, settingsOf } from './parts.ts'

const FEATURES = FEATURE_NAMES.length
const X = (device: string) =>
  featuresOf({ device, country: 'DE', returning: false, hasHistory: false, hasItem: false, hour: 12, dayOfYear: 100, weekday: 2 })

function banditEpoch(weight = 1, knobs: object = {}): RunningEpoch {
  const experiment = experimentSchema.parse({
    ...{ key: 'learns', surface: 'home', metrics: ['conversion'] },
    arms: [
      { key: 'one', policy: 'popularity' },
      { key: 'two', policy: 'hybrid' },
    ],
    allocation: { kind: 'thompson', objectives: [{ metric: 'conversion', weight }], uniformShare: 0, ...knobs },
  })
  const metricBodies = seededMetrics('EUR').filter(({ key }) => key === 'conversion')
  return {
    ...{ epochId: 4, experimentId: 1, key: 'learns', allocation: experiment.allocation, armIds: [10, 11], startedAt: new Date(1_000) },
    settings: { ...epochSettingsOf(experiment), metricBodies },
  }
}

/** Arm 11 sells to everyone four times as often. */
function learnedFrom(decisions: number, watermark: string): Learned {
  return {
    watermark,
    days: [10, 11].map((armId, arm) => {
      const sums = openDecisionAccumulator({ features: FEATURES, outcomes: 1 })
      for (let i = 0; i < decisions; i++) sums.add(X(i % 2 === 0 ? 'mobile' : 'desktop'), [i % 10 < (arm === 0 ? 1 : 4) ? 1 : 0])
      return { armId, day: 20_000, moments: sums.moments() }
    }),
  }
}

let folder: string
let keepers: SnapshotKeeper[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'croupier-beliefs-'))
  keepers = []
})
afterEach(async () => {
  await Promise.all(keepers.map((keeper) => keeper.close()))
  rmSync(folder, { recursive: true, force: true })
})

function open() {
  const { memory, source } = openMemory()
  const bodies = new Map<string, Awaited<Parameters<SnapshotSource['save']>[1]>>()
  const faults: string[] = []
  const save: SnapshotSource['save'] = async (id, body) => void bodies.set(id, body)
  const keeper = openKeeper({ source: { ...source, save }, seed, folder, onFault: (what) => faults.push(what) })
  keepers.push(keeper)
  memory.settings = settingsOf([banditEpoch()])
  return { memory, keeper, bodies, faults }
}

function vector(keeper: SnapshotKeeper): readonly number[] {
  const snapshot = keeper.current()!
  const request = { unit: [1, 2, 3, 4], requestUnit: [1, 2, 3, 4], context: {}, x: X('mobile'), u: 0.5, measurement: true } as const
  return chooseArm(request, snapshot.surfaces.get('home')!, snapshot).propensities
}

describe('what bandits know in a snapshot', () => {
  it('is nothing at first, then what the moments say, and stands in what is kept for replay', async () => {
    const { memory, keeper, bodies, faults } = open()
    await keeper.refresh(['settings'])
    expect(vector(keeper)).toEqual([0.5, 0.5])
    const before = keeper.current()!.id
    memory.moments = new Map([[4, learnedFrom(300, '77')]])
    await keeper.refresh(['moments'])
    expect(keeper.current()!.id).not.toBe(before)
    expect(vector(keeper)[1]).toBeGreaterThan(0.9)
    expect(bodies.get(before)).toMatchObject({ beliefs: [{ epochId: 4, kind: 'unknown', because: 'too-few-units' }] })
    expect(bodies.get(keeper.current()!.id)).toMatchObject({
      beliefs: [{ epochId: 4, kind: 'models', decisions: 600, memoryDays: null }],
      learnedTo: { 4: '77' },
    })
    expect(faults).toEqual([])
  })

  it('has the same id on every node that learned the same, and keeps it while only the watermark moves', async () => {
    const nodes = [open(), open()]
    for (const [i, { memory, keeper }] of nodes.entries()) {
      memory.moments = new Map([[4, learnedFrom(300, String(70 + i))]])
      await keeper.refresh(['settings'])
    }
    const [one, other] = nodes.map(({ keeper }) => keeper.current()!.id)
    expect(other).toBe(one)
    nodes[0]!.memory.moments = new Map([[4, learnedFrom(300, '99')]])
    await nodes[0]!.keeper.refresh(['moments'])
    expect(nodes[0]!.keeper.current()!.id).toBe(one)
    expect(nodes[0]!.bodies.size).toBe(1)
  })

  it('follows other weights without new moments', async () => {
    const { memory, keeper } = open()
    memory.moments = new Map([[4, learnedFrom(300, '1')]])
    await keeper.refresh(['settings'])
    const mean = () => {
      const { experiments } = keeper.current()!.surfaces.get('home')!
      experiments[0]!.bandit!.decider!.decide(X('mobile'), Uint8Array.of(1, 1), 0)
      return experiments[0]!.bandit!.decider!.means[1]!
    }
    const small = mean()
    memory.settings = settingsOf([banditEpoch(10)])
    await keeper.refresh(['settings'])
    expect(mean()).toBeCloseTo(10 * small, 9)
  })

  it('counts an hour-old decision for what it could have shown, unless it is told not to', async () => {
    const { memory, keeper } = open()
    const learned = learnedFrom(300, '1')
    const [day, hour] = [20_000, 20_000 * 24 + 3]
    // The newer arm was shown in the last hour only. Of ten purchases one comes within the hour, and the others after one or two days.
    const days = learned.days.map((each) => (each.armId === 11 ? each : { ...each, day: day - 10 }))
    const delays = [9, 22].map((bin) => ({ armId: 10, day: day - 10, hour: null, slot: 0, bin, count: bin === 9 ? 5 : 25 }))
    const hours = [{ armId: 11, hour, moments: learned.days[1]!.moments }]
    memory.moments = new Map([[4, { watermark: '1', days, maturity: { untilMs: (hour + 1) * 3_600_000, hours, delays } }]])
    const means = async (knobs: object) => {
      memory.settings = settingsOf([banditEpoch(1, knobs)])
      await keeper.refresh(['settings'])
      const { decider } = keeper.current()!.surfaces.get('home')!.experiments[0]!.bandit!
      decider!.decide(X('mobile'), Uint8Array.of(1, 1), 0)
      return [...decider!.means]
    }
    const [asCame, matured] = [await means({ delay: 'none' }), await means({})]
    expect(matured[0]).toBeCloseTo(asCame[0]!, 1)
    expect(matured[1]).toBeGreaterThan(2 * asCame[1]!)
  })

  it('outlives a restart without a database', async () => {
    const first = open()
    first.memory.moments = new Map([[4, learnedFrom(300, '1')]])
    await first.keeper.refresh(['settings'])
    const { id } = first.keeper.current()!
    const knew = vector(first.keeper)
    await first.keeper.close()
    const second = open()
    second.memory.away = true
    await expect(second.keeper.refresh(['settings'])).rejects.toThrow('away')
    expect(await second.keeper.recall()).toBe(true)
    expect(second.keeper.current()!.id).toBe(id)
    expect(vector(second.keeper)).toEqual(knew)
  })
})
