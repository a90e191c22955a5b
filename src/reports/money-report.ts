/**
 * The money of an epoch, currency by currency: what came in, what went back, and what that is for one unit.
 *
 * A unit that never bought counts as zero, so n is the number of all units, and Σ and Σ² come from those who did. Totals are exact.
 */
import { decimalOf, exponentOf } from '../experiments/money.ts'
import { assert } from '../stats/assert.ts'
import { unknown } from '../stats/estimate.ts'
import { type Moments, momentsOfSums } from '../stats/moments.ts'
import { contrastsOf } from './contrast.ts'
import { type EpochArm, splitArms } from './epoch-arms.ts'
import type { MoneyMoments } from './epoch-moments.ts'
import { correctCompared } from './families.ts'
import { judgeMeans } from './judge-arms.ts'
import { lookOf } from './look.ts'
import { toMajor } from './measure.ts'
import { shownBy } from './metric-report.ts'
import type { MoneyOfArm, MoneyReport, PlanProgress } from './report-shape.ts'

/** A report for every currency that was seen, in alphabetical order. */
export function moneyReportsOf(money: readonly MoneyMoments[], arms: readonly EpochArm[], plan: PlanProgress): readonly MoneyReport[] {
  const currencies = [...new Set(money.map((row) => row.currency))].sort()
  return currencies.map((currency) => {
    const minorExponent = exponentOf(currency)
    const { control, treatments } = splitArms(arms)
    const netOf = (arm: EpochArm): Moments => netPerUnit(rowOf(money, arm, currency), arm)
    const payersOf = (arm: EpochArm): number => Number(rowOf(money, arm, currency).units)
    const compared = treatments.map((treatment) => {
      const payers = { control: payersOf(control), treatment: payersOf(treatment) }
      const judged = judgeMeans({ control: netOf(control), treatment: netOf(treatment) }, plan.level, payers)
      return { arm: treatment.key, fixed: judged.fixed, look: lookOf(judged, plan) }
    })
    return {
      currency,
      arms: arms.map((arm) => moneyOfArm(rowOf(money, arm, currency), arm, netOf(arm))),
      comparisons: contrastsOf(compared, correctCompared(compared), { control: control.key, minorExponent, shown: shownBy(plan) }),
    }
  })
}

function rowOf(money: readonly MoneyMoments[], { id }: EpochArm, currency: string): MoneyMoments {
  const none = { armId: id, currency, units: 0n, gross: 0n, returned: 0n, netSquare: 0n }
  return money.find((row) => row.armId === id && row.currency === currency) ?? none
}

function netPerUnit({ units, gross, returned, netSquare }: MoneyMoments, { key, moments }: EpochArm): Moments {
  assert(units <= moments.units, `arm ${key} has ${units} units with money among ${moments.units}`)
  return momentsOfSums({ n: moments.units, sum: gross + returned, sumOfSquares: netSquare })
}

function moneyOfArm(row: MoneyMoments, { key, moments }: EpochArm, net: Moments): MoneyOfArm {
  const { currency, gross, returned } = row
  return {
    arm: key,
    units: Number(moments.units),
    payers: Number(row.units),
    gross: decimalOf(gross, currency),
    returned: decimalOf(returned, currency),
    net: decimalOf(gross + returned, currency),
    netPerUnit: net.n === 0 ? unknown('too-few-units', { have: 0, need: 1 }) : toMajor(net.mean, exponentOf(currency)),
  }
}
