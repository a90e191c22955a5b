/**
 * Power with several treatments against one control: the critical z that keeps the error over all of them.
 *
 *     Bonferroni  α/K      Dunnett  P(max |Zᵢ| > c) = α with the shared control taken into account      best split  n_c = √K·n_t
 *
 * Units and power then follow from the ordinary formulas with this critical value, for each treatment by itself.
 * @see Dunnett (1955), doi:10.1080/01621459.1955.10501294
 */
import { assert } from './assert.ts'
import { dunnettCritical } from './dunnett.ts'
import { criticalZ } from './power.ts'

/** The critical z of each treatment's two-sided test. `ratio` is units of a treatment per unit of the control. */
export function criticalZOfArms({
  level,
  treatments,
  ratio,
  correction,
}: {
  readonly level: number
  readonly treatments: number
  readonly ratio: number
  readonly correction: 'bonferroni' | 'dunnett'
}): number {
  assert(Number.isInteger(treatments) && treatments >= 1 && ratio > 0, `treatments are counted and have units, got ${treatments}`)
  if (correction === 'bonferroni') return criticalZ({ level, comparisons: treatments })
  const loading = Math.sqrt(ratio / (1 + ratio))
  return dunnettCritical({ loadings: new Array<number>(treatments).fill(loading) }, { level })
}

/** Units of a treatment per unit of the control that make all comparisons sharpest for a given total. */
export function bestRatio(treatments: number): number {
  assert(Number.isInteger(treatments) && treatments >= 1, `treatments are counted, got ${treatments}`)
  return 1 / Math.sqrt(treatments)
}
