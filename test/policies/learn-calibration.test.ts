import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksOf } from '../../src/policies/attention.ts'
import { type Calibration, chanceOf } from '../../src/policies/calibration.ts'
import { learnChances, type Places } from '../../src/policies/learn-calibration.ts'
import { onCurve, rankCurveOf } from '../../src/policies/rank-curve.ts'
import { isUnknown } from '../../src/stats/estimate.ts'
import { type Random, randomOf } from '../../src/stats/random.ts'
import { reliabilityOf } from '../../src/stats/reliability.ts'

const FIRST = 20

interface Planted {
  readonly questions: number
  readonly seed: number
  /** The score of a rank (from 1) in a question. */
  readonly score: (rank: number, random: Random) => number
  /** At the first place. */
  readonly chance: (rank: number, score: number) => number
  /** Where the item of a rank was shown, from 1; anywhere, when it is left out. */
  readonly placeOf?: (rank: number, random: Random) => number
}

/** η that was planted: at place 16 it is looked at a third as much. */
const FADING = 0.4
const anywhere = (_: number, random: Random) => 1 + Math.floor(FIRST * random.uniform())

function planted({ questions, seed, score, chance, placeOf = anywhere }: Planted): Places & { readonly truth: Float64Array } {
  const random = randomOf(seed)
  const [asked, ranks, scores, bests, bought, truth, at]: number[][] = [[], [], [], [], [], [], []]
  for (let question = 0; question < questions; question++) {
    const given = Array.from({ length: FIRST }, (_, i) => score(i + 1, random)).sort((a, b) => b - a)
    given.forEach((one, i) => {
      const place = placeOf(i + 1, random)
      const p = chance(i + 1, one) * place ** -FADING
      asked!.push(question)
      ranks!.push(i + 1)
      scores!.push(one)
      bests!.push(given[0]!)
      truth!.push(p)
      bought!.push(random.uniform() < p ? 1 : 0)
      at!.push(place)
    })
  }
  return {
    questions: Int32Array.from(asked!),
    ranks: Int32Array.from(ranks!),
    scores: Float64Array.from(scores!),
    bests: Float64Array.from(bests!),
    starts: Int32Array.from([...at!.keys(), at!.length]),
    at: Int32Array.from(at!),
    bought: Uint8Array.from(bought!),
    truth: Float64Array.from(truth!),
  }
}

function learned(places: Places): Calibration {
  const chances = learnChances(places, FIRST)
  if (isUnknown(chances)) throw new Error(chances.because)
  return { kind: 'calibration', id: 'x', from: 'shown', horizonDays: 7, questions: 0, until: 0, ...chances }
}

const at = (calibration: Calibration, rank: number, score = 1, best = 1) => chanceOf(calibration, { rank, score, best })

/** Of what came of the showings, places and all. */
const chancesOf = (calibration: Calibration, places: Places) => {
  const looks = looksOf(places, calibration.fading)
  return Float64Array.from(places.ranks, (rank, row) => looks[row]! * at(calibration, rank, places.scores[row]!, places.bests[row]!))
}

/** The score tells: two requests with the same rank differ by ten. */
const byScore = { score: (rank: number, random: Random) => random.uniform() ** 3 / rank, chance: (_: number, score: number) => 0.6 * score }
/** The scores of a request have a scale of their own and say no more than the rank. */
const byRank = {
  score: (rank: number, random: Random) => (10 * random.uniform()) / rank,
  chance: (rank: number) => 0.2 * rank ** -0.8,
}

describe('the rank curve', () => {
  it('finds the two numbers that made the counts', () => {
    const places = new Float64Array(50).fill(10_000)
    const events = places.map((n, i) => n * 0.08 * (i + 1) ** -0.7)
    const { first, power } = rankCurveOf({ places, events })
    expect([first, power]).toEqual([expect.closeTo(0.08, 9), expect.closeTo(0.7, 9)])
  })

  it('expects as many events as there were', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 30 }), (events) => {
        fc.pre(events.some((k) => k > 0))
        const places = events.map(() => 100)
        const curve = rankCurveOf({ places, events })
        const expected = places.reduce((sum, n, i) => sum + n * onCurve(curve, i + 1), 0)
        if (curve.first < 1)
          expect(expected).toBeCloseTo(
            events.reduce((sum, k) => sum + k, 0),
            6,
          )
        expect(curve.power).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('what is learned of chances', () => {
  it('is the truth, as far as new questions show: nearly as good as knowing it, and far better than the rank where the score tells', () => {
    const calibration = learned(planted({ questions: 3_000, seed: 1, ...byScore }))
    expect(calibration.basis).toBe('score')
    const fresh = planted({ questions: 3_000, seed: 2, ...byScore })
    const [known, truth] = [reliabilityOf(chancesOf(calibration, fresh), fresh.bought), reliabilityOf(fresh.truth, fresh.bought)]
    if (isUnknown(known) || isUnknown(truth)) throw new Error('there are questions')
    expect(known.ece).toBeLessThan(0.003)
    expect(known.logLoss).toBeLessThan(1.01 * truth.logLoss)
  })

  it('goes by rank where scores of two requests do not compare', () => {
    const places = planted({ questions: 3_000, seed: 3, ...byRank })
    const calibration = learned(places)
    expect(calibration.basis).toBe('rank')
    for (const rank of [1, 3, 10, 20]) {
      const ratio = at(calibration, rank) / byRank.chance(rank)
      expect(ratio).toBeGreaterThan(0.75)
      expect(ratio).toBeLessThan(1.33)
    }
    expect(at(calibration, 1)).toBeGreaterThan(4 * at(calibration, 20))
  })

  it('never gives a better place the smaller chance, and no chance outside of [0, 1]', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(byScore, byRank), (seed, shape) => {
        const chances = learnChances(planted({ questions: 60, seed, ...shape }), FIRST)
        fc.pre(!isUnknown(chances))
        const calibration = {
          kind: 'calibration',
          id: 'x',
          from: 'shown',
          horizonDays: 7,
          questions: 0,
          until: 0,
          ...chances,
        } as Calibration
        expect(calibration.at).toEqual([...new Set(calibration.at)].sort((a, b) => a - b))
        const asked = Array.from({ length: 60 }, (_, i) => at(calibration, i + 1, 10 / (i + 1), 10))
        for (const [i, chance] of asked.entries()) {
          expect(chance).toBeLessThanOrEqual(asked[i - 1] ?? 1)
          expect(chance).toBeGreaterThan(0)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('is drawn towards the rank curve where little was seen', () => {
    const few = planted({ questions: 80, seed: 5, ...byRank })
    const calibration = learned(few)
    const seen = few.bought.reduce((sum, one) => sum + one, 0)
    expect(calibration.purchases).toBe(seen)
    // A handful of purchases at rank 1 do not make it certain, and no purchase at a rank does not make it hopeless.
    for (const rank of [1, 5, 20]) {
      const ratio = at(calibration, rank) / onCurve(calibration.curve, rank)
      expect(ratio).toBeGreaterThan(0.4)
      expect(ratio).toBeLessThan(2.5)
    }
  })

  it('falls at least like 1/r beyond what was shown, and gives nothing to what the policy gives nothing', () => {
    const calibration = learned(planted({ questions: 3_000, seed: 3, ...byRank }))
    expect(calibration.first).toBe(19)
    // It falls like r^(−.8) where it was seen; beyond, at least like 1/r.
    expect(at(calibration, 80)).toBeCloseTo(at(calibration, 40) / 2, 12)
    const narrow = planted({ questions: 3_000, seed: 3, ...byRank })
    const top = Float64Array.from(narrow.ranks, (rank) => (rank <= 5 ? 1 : 0))
    const rows = Int32Array.from(narrow.ranks.keys()).filter((row) => top[row] === 1)
    const shallow = learned({
      ...{ questions: rows.map((row) => narrow.questions[row]!), ranks: rows.map((row) => narrow.ranks[row]!) },
      ...{ scores: Float64Array.from(rows, (row) => narrow.scores[row]!), bests: Float64Array.from(rows, (row) => narrow.bests[row]!) },
      ...{ bought: Uint8Array.from(rows, (row) => narrow.bought[row]!), at: rows.map((row) => narrow.at[row]!) },
      starts: Int32Array.from([...rows.keys(), rows.length]),
    })
    expect(shallow.first).toBe(5)
    expect(at(shallow, 20)).toBeCloseTo(at(shallow, 5) / 4, 12)
    expect(at(calibration, 1, 0)).toBe(0)
  })

  it('is unknown below twenty purchases', () => {
    const quiet = planted({ questions: 10, seed: 1, ...byRank })
    expect(learnChances(quiet, FIRST)).toMatchObject({ kind: 'unknown', because: 'too-few-events', need: 20 })
  })

  it('tells what was seen from what was liked: how attention fades, and the chance at the first place', () => {
    const { fading } = learned(planted({ questions: 6_000, seed: 3, ...byRank }))
    expect(Math.abs(fading - FADING)).toBeLessThanOrEqual(0.1)
    // Shown in the order of the policy, place and rank are one: what is usual decides, and both together are still right.
    const inOrder = { ...byRank, placeOf: (rank: number) => rank }
    const calibration = learned(planted({ questions: 3_000, seed: 4, ...inOrder }))
    const fresh = planted({ questions: 3_000, seed: 5, ...inOrder })
    const found = reliabilityOf(chancesOf(calibration, fresh), fresh.bought)
    expect(!isUnknown(found) && found.ece).toBeLessThan(0.006)
  })

  it('counts an item that was shown three times as three looks', () => {
    const once = planted({ questions: 1_000, seed: 6, ...byRank, placeOf: () => 1 })
    const thrice = { ...once, starts: once.starts.map((start) => 3 * start), at: new Int32Array(3 * once.at.length).fill(1) }
    for (const rank of [1, 7, 20]) expect(at(learned(thrice), rank)).toBeCloseTo(at(learned(once), rank) / 3, 6)
  })
})
