/**
 * A ledger: logged decisions in order of time, seen from one other policy, until they can be added up by unit, for any weights of outcomes.
 *
 *     decision ─▶ (unit, w, y₁…y_m, m̂₁(a)…m̂_m(a), ĝ₁…ĝ_m) ─▶ by unit ─▶ r = v·y, m̂ = v·m̂, ĝ = v·ĝ ─▶ moments of off-policy-moments
 *
 * Policies are remade snapshot by snapshot, which is the order of time; errors want the decisions of a unit together. So a decision waits
 * here as 3 + 3m plain numbers (92 bytes at m = 3), and is sorted by counting. Everything is linear in y: the reward and every metric
 * come from the same columns.
 */
import { assert } from '../stats/assert.ts'
import { type Evidence, type OffPolicyMoments, openOffPolicyFold } from './off-policy-moments.ts'
import { type DecisionContext, weightVarianceOf } from './off-policy-what-if.ts'

export interface LedgerShape {
  readonly arms: number
  /** m: outcomes of a decision. */
  readonly outcomes: number
}

export interface LedgerRow extends Pick<DecisionContext, 'propensities'> {
  /** Any whole number that is the unit's own, from 0. */
  readonly unit: number
  /** The arm that was played. */
  readonly arm: number
  /** Probabilities of the other policy, which sum to 1. */
  readonly probabilities: readonly number[]
  /** y, one number an outcome. */
  readonly outcomes: readonly number[]
  /** m̂ of every arm and outcome, arm by arm; null where nothing was expected. */
  readonly predictions: ArrayLike<number> | null
}

export interface Ledger {
  add(row: LedgerRow): void
  readonly decisions: number
  /** Whether anything was expected of the arms at any decision. */
  readonly modelled: boolean
  /** Mean probability of every arm, as it was logged and under the other policy. */
  shares(): { readonly ran: readonly number[]; readonly would: readonly number[] }
  /** The moments of the reward v·y, some units at a time: who has others to serve takes a break at every step. Nothing is added meanwhile. */
  moments(values: readonly number[], switchAt: number): Generator<void, OffPolicyMoments>
}

const FIRST_ROWS = 1024
/** Some 5 ms of work. */
const STEP_ROWS = 5_000
/** w and its variance before the draw; outcomes, predictions and model values follow. */
const FIXED = 2

/** Opens an empty ledger. */
export function openLedger({ arms, outcomes }: LedgerShape): Ledger {
  const width = FIXED + 3 * outcomes
  let columns = new Float64Array(FIRST_ROWS * width)
  let units = new Int32Array(FIRST_ROWS)
  let rows = 0
  let largest = -1
  let modelled = false
  let sorted: Sorted | null = null
  const unsupported = new Map<number, readonly number[]>()
  const ran = new Float64Array(arms)
  const would = new Float64Array(arms)

  const grow = () => {
    const [moreColumns, moreUnits] = [new Float64Array(columns.length * 2), new Int32Array(units.length * 2)]
    moreColumns.set(columns)
    moreUnits.set(units)
    columns = moreColumns
    units = moreUnits
  }
  return {
    get decisions() {
      return rows
    },
    get modelled() {
      return modelled
    },
    add({ unit, arm, propensities, probabilities, outcomes: y, predictions }) {
      assert(propensities.length === arms && probabilities.length === arms, `there are ${arms} arms`)
      assert(y.length === outcomes, `there are ${outcomes} outcomes`)
      const propensity = propensities[arm]
      assert(propensity !== undefined && propensity > 0, `arm ${arm} was played with propensity ${propensity}`)
      if (rows === units.length) grow()
      const at = rows * width
      modelled ||= predictions !== null
      columns[at] = probabilities[arm]! / propensity
      columns[at + 1] = weightVarianceOf(propensities, probabilities)
      for (let k = 0; k < outcomes; k++) columns[at + FIXED + k] = y[k]!
      let isSupported = true
      for (let a = 0; a < arms; a++) {
        ran[a]! += propensities[a]!
        would[a]! += probabilities[a]!
        if (probabilities[a]! > 0 && propensities[a] === 0) isSupported = false
        if (!predictions) continue
        for (let k = 0; k < outcomes; k++) {
          const prediction = predictions[a * outcomes + k]!
          columns[at + FIXED + 2 * outcomes + k]! += probabilities[a]! * prediction
          if (a === arm) columns[at + FIXED + outcomes + k] = prediction
        }
      }
      if (!isSupported)
        unsupported.set(
          rows,
          probabilities.map((probability, a) => (propensities[a] === 0 ? probability : 0)),
        )
      units[rows++] = unit
      largest = Math.max(largest, unit)
    },
    shares: () => ({ ran: Array.from(ran, (sum) => sum / rows), would: Array.from(would, (sum) => sum / rows) }),
    *moments(values, switchAt) {
      const fold = openOffPolicyFold({ arms, switchAt })
      if (sorted?.order.length !== rows) sorted = byUnit(units.subarray(0, rows), largest + 1)
      const { order, starts } = sorted
      let taken = 0
      for (let unit = 0; unit <= largest; unit++) {
        const decisions: Evidence[] = []
        for (let i = starts[unit]!; i < starts[unit + 1]!; i++) {
          const row = order[i]!
          const without = unsupported.get(row)
          decisions.push({ ...evidenceAt(columns, row * width, values), ...(without ? { unsupported: without } : {}) })
        }
        fold.add(decisions)
        taken += decisions.length
        if (taken < STEP_ROWS) continue
        taken = 0
        yield
      }
      return fold.moments()
    },
  }
}

function evidenceAt(columns: Float64Array, at: number, values: readonly number[]): Evidence {
  const outcomes = values.length
  let [reward, prediction, modelValue] = [0, 0, 0]
  for (let k = 0; k < outcomes; k++) {
    reward += values[k]! * columns[at + FIXED + k]!
    prediction += values[k]! * columns[at + FIXED + outcomes + k]!
    modelValue += values[k]! * columns[at + FIXED + 2 * outcomes + k]!
  }
  return { weight: columns[at]!, weightVariance: columns[at + 1]!, reward, prediction, modelValue }
}

interface Sorted {
  readonly order: Int32Array
  readonly starts: Int32Array
}

/** A sort by counting: the rows of unit u stand in order[starts[u] … starts[u + 1]), in their own order. */
function byUnit(units: Int32Array, count: number): Sorted {
  const starts = new Int32Array(count + 1)
  for (const unit of units) starts[unit + 1]! += 1
  for (let unit = 0; unit < count; unit++) starts[unit + 1]! += starts[unit]!
  const next = starts.slice()
  const order = new Int32Array(units.length)
  units.forEach((unit, row) => {
    order[next[unit]!] = row
    next[unit]! += 1
  })
  return { order, starts }
}
