/**
 * Credible intervals of the difference and of the relative lift of two rates, exact for beta posteriors.
 *
 *     P(t − c ≤ d) = ∫ f_c(x)·F_t(x + d) dx        P(t/c ≤ r) = ∫ f_c(x)·F_t(r·x) dx
 *
 * inverted for equal tails. The lift has no prior of its own here: it follows from those of the rates.
 */
import type { ArmPair } from './arm-estimate.ts'
import { betaVariable, expit } from './bayesian-variable.ts'
import { type BetaShapes, betaCdf } from './beta.ts'
import { bulkOf } from './bulk.ts'
import { assertLevel, type Interval, intervalOf } from './estimate.ts'
import { integrate } from './quadrature.ts'
import { rootByBracket } from './root.ts'

const TURNS = [-9, -6, -3, -1.5, 0, 1.5, 3, 6, 9]
const LOG_RATIO_MAX = 60
const POINTS = 16

/** Equal-tailed credible interval of treatment − control. */
export function differenceInterval(arms: ArmPair<BetaShapes>, { level }: { readonly level: number }): Interval {
  assertLevel(level)
  const below = (d: number): number => chanceBelow(arms, { at: (x) => x + d, from: (t) => t - d })
  const tail = (1 - level) / 2
  return intervalOf(
    rootByBracket((d) => below(d) - tail, { low: -1, high: 1 }),
    rootByBracket((d) => below(d) - 1 + tail, { low: -1, high: 1 }),
  )
}

/** Equal-tailed credible interval of treatment/control − 1. */
export function liftInterval(arms: ArmPair<BetaShapes>, { level }: { readonly level: number }): Interval {
  assertLevel(level)
  const below = (logRatio: number): number =>
    chanceBelow(arms, { at: (x) => Math.min(1, x * Math.exp(logRatio)), from: (t) => t * Math.exp(-logRatio) })
  const tail = (1 - level) / 2
  const range = { low: -LOG_RATIO_MAX, high: LOG_RATIO_MAX }
  return intervalOf(
    Math.expm1(rootByBracket((at) => below(at) - tail, range)),
    Math.expm1(rootByBracket((at) => below(at) - 1 + tail, range)),
  )
}

interface Curve {
  /** Where the treatment has to stay below, for a control rate. */
  readonly at: (control: number) => number
  /** The control rate for which that is this treatment rate. */
  readonly from: (treatment: number) => number
}

/** P(treatment ≤ curve(control)), cut where either posterior turns. */
function chanceBelow({ control, treatment }: ArmPair<BetaShapes>, curve: Curve): number {
  const variable = betaVariable(control)
  const other = betaVariable(treatment)
  const { low, high } = bulkOf(variable.logDensity, { start: variable.centre, scale: variable.width })
  const turns = TURNS.flatMap((turn) => {
    const rate = curve.from(expit(other.centre + turn * other.width))
    return [variable.centre + turn * variable.width, ...(rate > 0 && rate < 1 ? [Math.log(rate / (1 - rate))] : [])]
  })
  const breaks = [low, ...turns.filter((turn) => turn > low && turn < high), high].sort((a, b) => a - b)
  let sum = 0
  for (let i = 1; i < breaks.length; i++) {
    sum += integrate((u) => Math.exp(variable.logDensity(u)) * cdf(curve.at(expit(u)), treatment), {
      low: breaks[i - 1]!,
      high: breaks[i]!,
      points: POINTS,
    })
  }
  return sum
}

function cdf(x: number, shapes: BetaShapes): number {
  return x <= 0 ? 0 : x >= 1 ? 1 : betaCdf(x, shapes)
}
