import { describe, expect, it } from 'vitest'
import { experimentSchema } from '../../src/experiments/experiment.ts'
import { metricSchema } from '../../src/experiments/metric.ts'
import { type Finding, judgeGate } from '../../src/reports/gate-judge.ts'
import type { GateScores } from '../../src/reports/gate-test.ts'
import { drawExponential } from '../../src/stats/draws.ts'
import { randomOf } from '../../src/stats/random.ts'
import { playGate } from '../reports/gate-world.ts'
import { type Row, rowScores } from '../reports/row-scores.ts'

/**
 * What the gate finds, and what it finds where there is nothing, at thirty looks each. GATE_RUNS=800 gives the figures of ADR 20.
 */

const RUNS = Number(process.env.GATE_RUNS ?? 100)
const metrics = [metricSchema.parse({ key: 'sales', kind: 'proportion', of: { types: ['purchase'] } })]
const settings = experimentSchema.parse({
  ...{ key: 'test', surface: 'home', metrics: ['sales'], plan: { unitsPerArm: 1000 } },
  arms: ['control', 'one', 'two'].map((key) => ({ key, policy: key })),
  allocation: { kind: 'thompson', objectives: [{ metric: 'sales' }] },
})
const LOOKS = 30
const RATE = 0.2

function findings(scores: GateScores): readonly Finding[] {
  return judgeGate({
    ...{ settings, metrics, weights: [1], level: 0.95, promote: true, allocation: { floor: 0.05, uniformShare: 0.05 } },
    ...{ armIds: [0, 1, 2], gates: null, fromDays: [null, null, null], harmFromDay: null, scores },
  })
}

interface World {
  readonly rates: readonly number[]
  readonly batch: number
  readonly drift?: (t: number) => number
}

/** Kinds of actions and how often they were taken, by arm: in how many runs, at any of the looks. */
function actsIn({ rates, batch, drift = () => 1 }: World): Record<string, number> {
  const acts: Record<string, number> = {}
  for (let seed = 0; seed < RUNS; seed++) {
    const done = new Set<string>()
    const chance = (arm: number, _slot: number, t: number) => rates[arm]! * drift(t)
    playGate({ chance, arms: 3, slots: 1, batches: LOOKS, batch, random: randomOf(40_000 + seed) }, (scores) => {
      for (const { kind, armId } of findings(scores)) done.add(`${kind} ${armId ?? ''}`.trim())
      return false
    })
    for (const act of done) acts[act] = (acts[act] ?? 0) + 1
  }
  return acts
}

/** The same where outcomes are told late: every look sees what has come by then, of decisions of all ages. */
function actsWithDelays(batch: number): Record<string, number> {
  const acts: Record<string, number> = {}
  for (let seed = 0; seed < RUNS; seed++) {
    const done = new Set<string>()
    const rows: { readonly row: Row; readonly told: number }[] = []
    const random = randomOf(80_000 + seed)
    const delays = randomOf(-80_000 - seed)
    let look = 0
    const onRow = (row: Row) => rows.push({ row, told: look + (LOOKS / 4) * drawExponential(delays) })
    playGate({ chance: () => RATE, arms: 3, slots: 1, batches: LOOKS, batch, random, onRow }, () => {
      look += 1
      const seen = rowScores(3, 1)
      for (const { row, told } of rows) seen.add(told < look ? row : { ...row, y: [0] })
      for (const { kind, armId } of findings(seen)) done.add(`${kind} ${armId ?? ''}`.trim())
      return false
    })
    for (const act of done) acts[act] = (acts[act] ?? 0) + 1
  }
  return acts
}

const kinds = (acts: Record<string, number>, kind: string) =>
  Object.entries(acts).reduce((sum, [act, runs]) => sum + (act.startsWith(kind) ? runs : 0), 0)
/** Of a true rate of .05, once in a million. */
const MOST = RUNS * 0.05 + 5 * Math.sqrt(RUNS * 0.0475)

describe(`the gate in ${RUNS} experiments`, { timeout: 60_000 + RUNS * 1_000 }, () => {
  it('finds an arm at half the control’s rate within ten thousand decisions in nine of ten', () => {
    const acts = actsIn({ rates: [RATE, RATE / 2, RATE], batch: 333 })
    if (process.env.GATE_RUNS) console.log('half the rate', acts)
    expect(acts['retire 1'] ?? 0).toBeGreaterThanOrEqual(0.82 * RUNS)
    expect(acts['retire 2'] ?? 0).toBeLessThanOrEqual(MOST)
  })

  it.each([
    ['steady', () => 1],
    ['drifting', (t: number) => 0.5 + t],
    ['in waves', (t: number) => 1 + 0.5 * Math.sin(12 * t)],
  ] as const)('does nothing where nothing differs: %s', (name, drift) => {
    const acts = actsIn({ rates: [RATE, RATE, RATE], batch: 100, drift })
    if (process.env.GATE_RUNS) console.log(name, acts)
    for (const kind of ['retire', 'promote', 'stop']) expect(kinds(acts, kind)).toBeLessThanOrEqual(MOST)
  })

  it('does nothing where nothing differs and outcomes are told late', () => {
    const acts = actsWithDelays(50)
    if (process.env.GATE_RUNS) console.log('late', acts)
    for (const kind of ['retire', 'promote', 'stop']) expect(kinds(acts, kind)).toBeLessThanOrEqual(MOST)
  })
})
