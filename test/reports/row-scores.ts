import { weighed } from '../../src/reports/gate-scores.ts'
import type { GateScores } from '../../src/reports/gate-test.ts'
import { nonZeroUnitsAtLeast } from '../../src/stats/always-valid-gate.ts'
import { unknown } from '../../src/stats/estimate.ts'

/** Augmented scores of decisions in floating point, summed as they come: what the log keeps in whole numbers. One day, all arms drawable. */

export interface Row {
  readonly stratum: 'uniform' | 'bandit'
  readonly pi: readonly number[]
  /** By arm, then slot. */
  readonly mhat: readonly (readonly number[])[]
  readonly arm: number
  readonly y: readonly number[]
}

export interface RowScores extends GateScores {
  add(row: Row): void
  readonly rows: number
}

export function rowScores(arms: number, slots: number): RowScores {
  const [both, bandit, uniform] = [sumsOfRows(arms, slots), sumsOfRows(arms, slots), sumsOfRows(arms, slots)]
  return {
    get rows() {
      return both.rows
    },
    add(row) {
      both.add(row)
      ;(row.stratum === 'bandit' ? bandit : uniform).add(row)
    },
    contrast: (question) =>
      weighed([
        { weight: question.strata.uniform, sums: uniform.contrast(question) },
        { weight: question.strata.bandit, sums: bandit.contrast(question) },
      ]),
    events: both.events,
    outcomeVariance: both.outcomeVariance,
  }
}

function sumsOfRows(arms: number, slots: number): RowScores {
  const columns = (arms + 1) * slots
  const sum = new Float64Array(columns)
  const cross = new Float64Array(columns * columns)
  const inverse = new Float64Array(arms)
  const drawn = Array.from({ length: arms }, () => ({ n: 0, y: new Float64Array(slots), yy: new Float64Array(slots * slots) }))
  const psi = new Float64Array(columns)
  let rows = 0
  const rewards = (arm: number, weights: readonly number[]) => {
    const { n, y, yy } = drawn[arm]!
    let total = 0
    let square = 0
    weights.forEach((w, k) => {
      total += w * y[k]!
      for (const [l, v] of weights.entries()) square += w * v * yy[k * slots + l]!
    })
    return { n, total, square }
  }
  const outcomeVariance = (weights: readonly number[]) => {
    let within = 0
    for (let arm = 0; arm < arms; arm++) {
      const { n, total, square } = rewards(arm, weights)
      if (n > 0) within += square - (total * total) / n
    }
    return rows === 0 ? 0 : within / rows
  }
  return {
    get rows() {
      return rows
    },
    add({ pi, mhat, arm, y }) {
      rows += 1
      for (let a = 0; a < arms; a++) {
        inverse[a]! += 1 / pi[a]!
        for (let k = 0; k < slots; k++) psi[a * slots + k] = mhat[a]![k]! + (a === arm ? (y[k]! - mhat[a]![k]!) / pi[a]! : 0)
      }
      for (let k = 0; k < slots; k++) psi[arms * slots + k] = y[k]!
      for (let i = 0; i < columns; i++) {
        sum[i]! += psi[i]!
        for (let j = 0; j < columns; j++) cross[i * columns + j]! += psi[i]! * psi[j]!
      }
      const mine = drawn[arm]!
      mine.n += 1
      for (let k = 0; k < slots; k++) {
        mine.y[k]! += y[k]!
        for (let l = 0; l < slots; l++) mine.yy[k * slots + l]! += y[k]! * y[l]!
      }
    },
    contrast({ arms: coefficients, realised, slots: weights }) {
      if (rows === 0) return unknown('no-overlap', { have: 0, need: 1 })
      const c = [...coefficients, realised].flatMap((each) => weights.map((w) => each * w))
      let total = 0
      let square = 0
      for (let i = 0; i < columns; i++) {
        total += c[i]! * sum[i]!
        for (let j = 0; j < columns; j++) square += c[i]! * c[j]! * cross[i * columns + j]!
      }
      const pooled = coefficients.reduce((s, each, a) => s + each * each * inverse[a]!, realised * realised * rows)
      return {
        ...{ kind: 'contrast', rows, rowsLeftOut: 0, sum: total, weight: rows },
        empiricalVariance: Math.max(0, square - (total * total) / rows),
        pooledVariance: outcomeVariance(weights) * pooled,
      }
    },
    events: (arm, weights) => {
      const { n, total, square } = rewards(arm, weights)
      const m2 = Math.max(0, square - (total * total) / Math.max(1, n))
      return { n, conversions: n === 0 ? 0 : nonZeroUnitsAtLeast({ n, mean: total / n, m2 }) }
    },
    outcomeVariance,
  }
}
