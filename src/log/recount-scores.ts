/**
 * The recount of scores for verify: one decision after the other, unit by unit, in big integers, without before and after.
 *
 *     w = ⌊2²⁰/π + ½⌋      z += ⌊2²⁰·m̂ + ½⌋ for every arm      z_A += w·y − ⌊w·m̂_A + ½⌋      realised += 2²⁰·y      draws += 1
 *
 * The rule is that of decision-score, told once more in plain loops.
 */
import { createHash } from 'node:crypto'
import { PROPENSITY_MIN } from '../stats/adaptive-contrast.ts'

/** A decision with what came of it. */
export interface Recounted {
  readonly epochId: number
  readonly arms: number
  /** The drawn arm's place. */
  readonly drawn: number
  readonly stratum: string
  readonly unit: string
  readonly day: number
  readonly pi: readonly number[]
  readonly mhat: readonly number[] | null
  readonly isDraw: boolean
  readonly y: readonly bigint[]
}

/** In the order of the table's columns, `sums` to `weighted_squares`. */
export type CellSums = readonly bigint[][]

export interface RecountedCell {
  units: bigint
  readonly sums: CellSums
  /** Of its unit-days, whatever their order. */
  digest: bigint
}

const UNIT = 2 ** 20
const SHARE = 2 ** 30

/** What one unit-day adds to the digest of its cell. */
export function digestOf(unit: string, scores: string): bigint {
  return createHash('sha256').update(`${unit} ${scores}`).digest().readBigUInt64BE()
}

export interface ScoreRecount {
  /** Decisions of a unit follow each other. */
  add(decision: Recounted): void
  cells(): ReadonlyMap<string, RecountedCell>
}

export function openScoreRecount(): ScoreRecount {
  const cells = new Map<string, RecountedCell>()
  let unit = ''
  let days = new Map<string, bigint[]>()

  function close(): void {
    for (const [name, scores] of days) {
      const cell = cells.get(name)!
      const [sums, products] = cell.sums as [bigint[], bigint[]]
      let at = 0
      for (let i = 0; i < scores.length; i++) {
        sums[i]! += scores[i]!
        for (let j = i; j < scores.length; j++) products[at++]! += scores[i]! * scores[j]!
      }
      cell.units += 1n
      cell.digest = BigInt.asUintN(64, cell.digest + digestOf(unit.slice(unit.indexOf(' ') + 1), `{${scores.join()}}`))
    }
    days = new Map()
  }

  return {
    add(decision) {
      const who = `${decision.epochId} ${decision.unit}`
      if (who !== unit) close()
      unit = who
      const pi = Array.from({ length: decision.arms }, (_, arm) => {
        const p = decision.pi.length === decision.arms ? decision.pi[arm]! : 0
        return p < PROPENSITY_MIN || p > 1 ? 0 : p
      })
      const eligible = pi.reduce((mask, p, arm) => (p > 0 ? mask + 2n ** BigInt(arm) : mask), 0n)
      const name = `${decision.epochId} ${decision.day} ${decision.stratum} ${eligible}`
      const cell = cells.get(name) ?? noCell(decision.arms, decision.y.length)
      cells.set(name, cell)
      const scores = days.get(name) ?? zeros((decision.arms + 1) * decision.y.length + 1)
      days.set(name, scores)
      addDecision(decision, pi, { cell, scores })
    },
    cells() {
      close()
      return cells
    },
  }
}

function addDecision(
  { arms, drawn, mhat, isDraw, y }: Recounted,
  pi: readonly number[],
  { cell, scores }: { readonly cell: RecountedCell; readonly scores: bigint[] },
): void {
  const [, , counts, expected, covariance, inverse, weights, squaredWeights, ...byArm] = cell.sums as bigint[][]
  const w = pi.map((p) => (p > 0 ? BigInt(Math.floor(UNIT / p + 0.5)) : 0n))
  const own = w[drawn] ?? 0n
  const slots = y.length
  if (isDraw) {
    scores[scores.length - 1]! += 1n
    for (let place = 0; mhat?.length === arms * slots && place < mhat.length; place++) {
      const arm = Math.floor(place / slots)
      const m = mhat[place]!
      if (!Number.isFinite(m) || Math.abs(m) * Math.max(Number(w[arm]!), UNIT) >= 2 ** 52) continue
      scores[place]! += BigInt(Math.floor(UNIT * m + 0.5)) - (arm === drawn ? BigInt(Math.floor(Number(own) * m + 0.5)) : 0n)
    }
    let at = 0
    for (let a = 0; a < arms; a++) {
      expected![a]! += BigInt(Math.floor(SHARE * pi[a]! + 0.5))
      inverse![a]! += w[a]!
      for (let b = a; b < arms; b++) covariance![at++]! += BigInt(Math.floor(SHARE * ((a === b ? pi[a]! : 0) - pi[a]! * pi[b]!) + 0.5))
    }
    if (drawn >= 0) {
      counts![drawn]! += 1n
      weights![drawn]! += own
      squaredWeights![drawn]! += own * own
    }
  }
  for (let k = 0; k < slots; k++) {
    scores[arms * slots + k]! += BigInt(UNIT) * y[k]!
    if (drawn >= 0) scores[drawn * slots + k]! += own * y[k]!
  }
  if (drawn < 0) return
  const [outcomes, outcomeSquares, weighted, weightedSquares] = byArm as [bigint[], bigint[], bigint[], bigint[]]
  let at = (drawn * slots * (slots + 1)) / 2
  for (let k = 0; k < slots; k++) {
    outcomes[drawn * slots + k]! += y[k]!
    weighted[drawn * slots + k]! += own * y[k]!
    for (let l = k; l < slots; l++, at++) {
      outcomeSquares[at]! += y[k]! * y[l]!
      weightedSquares[at]! += own * y[k]! * y[l]!
    }
  }
}

function noCell(arms: number, slots: number): RecountedCell {
  const length = (arms + 1) * slots + 1
  const tri = (size: number) => (size * (size + 1)) / 2
  const byArm = [arms * slots, arms * tri(slots)]
  const lengths = [length, tri(length), arms, arms, tri(arms), arms, arms, arms, ...byArm, ...byArm]
  return { units: 0n, sums: lengths.map(zeros), digest: 0n }
}

function zeros(count: number): bigint[] {
  return new Array<bigint>(count).fill(0n)
}
