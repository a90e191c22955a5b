import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DELAY_EDGES_MS, delayBinOf, delayBinsOf, shareSeen } from '../../src/bandits/delay-bins.ts'
import { delayClasses, type SpanDecisions, type SpanDelays } from '../../src/bandits/delay-classes.ts'
import { drawExponential } from '../../src/stats/draws.ts'
import { randomOf } from '../../src/stats/random.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('delay bins', () => {
  it('are two an octave from a minute on, and the last one has no end', () => {
    expect([0, 59_999, MINUTE, 84_852, 84_853, 2 * MINUTE].map(delayBinOf)).toEqual([0, 0, 1, 1, 2, 3])
    expect(delayBinOf(DELAY_EDGES_MS.at(-1)!)).toBe(34)
    expect(delayBinOf(400 * DAY)).toBe(34)
    expect(delayBinsOf(HOUR).at(-1)).toMatchObject({ to: HOUR })
    for (const window of [MINUTE / 2, MINUTE, HOUR, 7 * DAY, 90 * DAY]) expect(delayBinOf(window - 1)).toBe(delayBinsOf(window).length - 1)
  })

  it('are seen as far as decisions that are spread over a span have lived through them', () => {
    const bin = { from: 2 * HOUR, to: 4 * HOUR }
    expect(shareSeen(bin, { youngest: 4 * HOUR, oldest: 5 * HOUR })).toBe(1)
    expect(shareSeen(bin, { youngest: 0, oldest: 2 * HOUR })).toBe(0)
    expect(shareSeen(bin, { youngest: 2 * HOUR, oldest: 4 * HOUR })).toBeCloseTo(0.5, 12)
    expect(shareSeen(bin, { youngest: 3 * HOUR, oldest: 3 * HOUR })).toBeCloseTo(0.5, 12)
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), fc.nat(10_000), fc.nat(10_000), (from, width, youngest, length) => {
        const [at, ages] = [
          { from, to: from + width + 1 },
          { youngest, oldest: youngest + length },
        ]
        const steps = 400
        let sum = 0
        for (let i = 0; i < steps; i++) {
          const age = youngest + ((i + 0.5) / steps) * length
          sum += Math.min(1, Math.max(0, (age - from) / (width + 1)))
        }
        expect(shareSeen(at, ages)).toBeCloseTo(sum / steps, 2)
      }),
    )
  })
})

/** Decisions evenly over an hour each, outcomes after exponential delays; what has come by `until` is seen. */
function world(given: { hours: readonly number[]; each: number; until: number; means: readonly number[]; rates?: readonly number[] }) {
  const { hours, each, until, means, rates = means.map(() => 0.3) } = given
  const random = randomOf(7)
  const decisions: SpanDecisions[] = []
  const delays = new Map<string, SpanDelays & { count: number }>()
  for (const hour of hours) {
    let shown = 0
    for (let i = 0; i < each; i++) {
      const at = hour * HOUR + random.uniform() * HOUR
      if (at > until) continue
      shown += 1
      means.forEach((mean, slot) => {
        if (random.uniform() >= rates[slot]!) return
        const delay = mean * drawExponential(random)
        if (at + delay > until || delay >= 7 * DAY) return
        const bin = delayBinOf(delay)
        const key = `${hour} ${slot} ${bin}`
        const known = delays.get(key) ?? { arm: 0, day: Math.floor(hour / 24), hour, slot, bin, count: 0 }
        delays.set(key, { ...known, count: known.count + 1 })
      })
    }
    decisions.push({ arm: 0, day: Math.floor(hour / 24), hour, decisions: shown })
  }
  const observed = { untilMs: until, windowsMs: means.map(() => 7 * DAY), delays: [...delays.values()] }
  return { decisions, observed }
}

describe('classes of maturity', () => {
  it('part minutes from hours from days, and join what comes alike late', () => {
    const { decisions, observed } = world({
      hours: Array.from({ length: 240 }, (_, i) => i),
      ...{ each: 40, until: 240 * HOUR, means: [5 * MINUTE, 30 * HOUR, 6 * HOUR, 10 * MINUTE] },
    })
    const classes = delayClasses(1, decisions, observed)
    expect(classes.classOf).toEqual([0, 2, 1, 0])
    expect(classes.count).toBe(3)
    const young = classes.arrived(0, { day: 9, hour: 238 })
    expect(young[0]).toBeGreaterThan(0.95)
    expect(young[1]).toBeCloseTo(1 - Math.exp(-1.5 / 6), 1)
    expect(young[2]).toBeCloseTo(1 - Math.exp(-1.5 / 30), 1)
    expect(classes.arrived(0, { day: 0, hour: 0 })).toEqual([1, 1, 1])
  })

  it('know the share that has come in the hour that goes on, and in spans of a day', () => {
    const until = 100 * HOUR + 30 * MINUTE
    const { decisions, observed } = world({ hours: Array.from({ length: 101 }, (_, i) => i), each: 400, until, means: [20 * MINUTE] })
    const classes = delayClasses(1, decisions, observed)
    // decisions of the last half hour have had a quarter on average: mean of 1 − e^(−t/20) over 0 … 30 minutes
    const expected = 1 - (20 / 30) * (1 - Math.exp(-1.5))
    expect(classes.arrived(0, { day: 4, hour: 100 })[0]).toBeCloseTo(expected, 1)
  })

  it('say that everything has come while no outcome was seen', () => {
    const { decisions, observed } = world({ hours: [0, 1], each: 10, until: 2 * HOUR, means: [HOUR], rates: [0] })
    expect(delayClasses(1, decisions, observed).arrived(0, { day: 0, hour: 1 })).toEqual([1])
  })
})
