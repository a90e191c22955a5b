/**
 * Every metric with every treatment: judged, corrected for their number, and given a status.
 *
 * No metric is named the primary one, so all metrics and treatments are one family, corrected and judged by the rule of the live report
 * (`stats/corrected-status.ts`): asking for twelve metrics does not find something in half of all null experiments.
 */
import type { ArmPair } from '../stats/arm-estimate.ts'
import { correctedStatus, correctFamily } from '../stats/corrected-status.ts'
import { isUnknown, pValueOfLog, type Unknown } from '../stats/estimate.ts'
import type { AdjustedP } from '../stats/multiplicity.ts'
import type { Result } from './answer-shape.ts'
import type { Pairing } from './compare-arms.ts'
import { type Judgement, judge } from './judgement.ts'
import type { MetricCells } from './metric-cells.ts'
import type { MetricAsked, Question } from './question.ts'
import { segmentTable } from './segment-table.ts'

export interface MetricSource {
  readonly asked: MetricAsked
  readonly cells: MetricCells
  /** Beside them, when there is a cap: the same without it. */
  readonly uncapped?: MetricCells
}

export interface ResultsSource {
  readonly question: Question
  readonly metrics: readonly MetricSource[]
  readonly arms: readonly string[]
  /** Places of the arms in the order of the answer. */
  readonly order: readonly number[]
  readonly segments: readonly string[]
  /** A sample ratio mismatch makes every status unknown. */
  readonly mismatch: boolean
}

/** All results, metrics first. */
export function resultsOf(source: ResultsSource): readonly Result[] {
  const { question, arms, order } = source
  const treatments = order.filter((arm) => arms[arm] !== question.control)
  const rows = source.metrics.flatMap((metric) =>
    treatments.map((treatment) => ({ metric, treatment, judgement: judge(pairingOf(source, metric, treatment), question) })),
  )
  const corrected = correctFamily(rows.map(({ judgement }) => testOf(judgement)))
  return rows.map(({ metric, treatment, judgement }, i) =>
    resultOf(source, { metric, treatment, judgement, adjusted: corrected[i]?.pValue ?? null }),
  )
}

/** Credible intervals have no p-value. */
function testOf(judgement: Judgement | Unknown): AdjustedP | null {
  return isUnknown(judgement) || judgement.log10PValue === null ? null : pValueOfLog(judgement.log10PValue * Math.LN10)
}

interface Row {
  readonly metric: MetricSource
  readonly treatment: number
  readonly judgement: Judgement | Unknown
  readonly adjusted: number | null
}

function resultOf(source: ResultsSource, { metric, treatment, judgement, adjusted }: Row): Result {
  const { question, arms, segments } = source
  const pairing = pairingOf(source, metric, treatment)
  const units = unitsOf(pairing)
  const head = {
    ...{ metric: metric.asked.name, kind: metric.asked.kind, arm: arms[treatment]!, control: question.control },
    units,
    value: { control: armValue(metric, pairing.control), treatment: armValue(metric, treatment) },
  }
  const status = statusOf({ judgement, adjusted, units }, source, metric.asked)
  const table = question.segment === undefined ? {} : { segments: segmentTable(pairing, { names: segments, level: question.level }) }
  if (isUnknown(judgement))
    return {
      ...head,
      ...{ method: question.method, absolute: judgement, relative: judgement, pValue: null, log10PValue: null, adjustedPValue: null },
      ...status,
      ...table,
    }
  const { method, absolute, relative, log10PValue, varianceReduction, bayesian } = judgement
  return {
    ...head,
    ...{ method, absolute, relative },
    pValue: log10PValue === null ? null : pValueOfLog(log10PValue * Math.LN10).pValue,
    ...{ log10PValue, adjustedPValue: adjusted },
    ...status,
    ...(varianceReduction === undefined ? {} : { varianceReduction }),
    ...(metric.uncapped ? { uncapped: uncappedOf(source, metric, treatment) } : {}),
    ...(bayesian ? { bayesian } : {}),
    ...table,
  }
}

function pairingOf({ question, arms, segments }: ResultsSource, { asked, cells }: MetricSource, treatment: number): Pairing {
  return {
    ...{ asked, cells, treatment, control: arms.indexOf(question.control) },
    withCovariate: question.covariate !== undefined,
    segments: question.segment === undefined ? 0 : segments.length,
  }
}

function uncappedOf(source: ResultsSource, metric: MetricSource, treatment: number) {
  const judgement = judge(pairingOf(source, { asked: metric.asked, cells: metric.uncapped! }, treatment), source.question)
  return isUnknown(judgement)
    ? judgement
    : { estimate: judgement.absolute.estimate, low: judgement.absolute.low, high: judgement.absolute.high }
}

function unitsOf({ cells, control, treatment }: Pairing): ArmPair<number> {
  return { control: cells.shapeOf(control).n, treatment: cells.shapeOf(treatment).n }
}

function armValue({ asked, cells }: MetricSource, arm: number): number | null {
  const { n, mean } = cells.momentsOf(arm)
  if (n === 0) return null
  if (asked.kind !== 'ratio') return mean[0]!
  return mean[1] === 0 ? null : mean[0]! / mean[1]!
}

type Status = Pick<Result, 'status' | 'byItself' | 'because' | 'have' | 'need'>

/** In this order: untrustworthy, not enough of the plan, unknown, and then what the corrected p-value (or the credible interval) says. */
function statusOf(
  {
    judgement,
    adjusted,
    units,
  }: { readonly judgement: Judgement | Unknown; readonly adjusted: number | null; readonly units: ArmPair<number> },
  { question, mismatch }: ResultsSource,
  { name }: MetricAsked,
): Status {
  if (mismatch) return { status: 'unknown', because: 'sample-ratio-mismatch' }
  const fewest = Math.min(units.control, units.treatment)
  if (question.method === 'fixed' && question.plannedUnits !== undefined && fewest < question.plannedUnits)
    return { status: 'not yet', have: fewest, need: question.plannedUnits }
  if (isUnknown(judgement)) {
    const { because, have, need } = judgement
    return { status: 'unknown', because, ...(have === undefined ? {} : { have }), ...(need === undefined ? {} : { need }) }
  }
  const direction = question.lessIsBetter?.has(name) ? 'decrease' : 'increase'
  return correctedStatus({ interval: judgement.absolute, adjustedPValue: adjusted, level: question.level, direction })
}
