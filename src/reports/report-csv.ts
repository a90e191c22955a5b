/**
 * The report as a table for spreadsheets: a row for every metric and arm, one for every guardrail and treatment, then one
 * for every currency and arm.
 *
 * A control's row has its value and no comparison. Where there is no number the cell is empty and `because` says why.
 */
import type { Unknown } from '../stats/estimate.ts'
import type { BanditContrast, BanditMoney } from './bandit-shape.ts'
import { type Cell, csvOf } from './csv.ts'
import type { AlwaysValid, Comparison, Contrast, Estimate, GuardrailReport, MetricReport, MoneyReport, Report } from './report-shape.ts'

const COLUMNS = [
  ...['record', 'experiment', 'epoch', 'as_of', 'verdict', 'trusted', 'metric', 'kind', 'direction', 'primary', 'currency'],
  ...['arm', 'control', 'units', 'value', 'difference', 'difference_low', 'difference_high', 'lift', 'lift_low', 'lift_high'],
  ...['p_value', 'log10_p_value', 'adjusted_p_value', 'status', 'for_stopping', 'because', 'have', 'need'],
  ...['payers', 'gross', 'returned', 'net', 'shown', 'harm', 'family', 'by_itself', 'decision', 'margin', 'bound'],
  ...['always_valid_low', 'always_valid_high', 'always_valid_lift_low', 'always_valid_lift_high'],
  ...['always_valid_p_value', 'always_valid_log10_p_value'],
  ...['method', 'variance_reduction'],
  ...['alternate_difference', 'alternate_low', 'alternate_high', 'alternate_p_value'],
  ...['value_low', 'value_high', 'total', 'total_low', 'total_high'],
] as const
type Row = Partial<Record<(typeof COLUMNS)[number], Cell>>

export function reportCsv(report: Report): string {
  const shared: Row = {
    experiment: report.experiment.key,
    epoch: report.epoch.no,
    as_of: report.asOf,
    verdict: report.verdict.kind,
    trusted: report.trust.blockedBy === null,
  }
  const rows = [
    ...report.metrics.flatMap((metric) => rowsOfMetric(metric, report.decisions)),
    ...rowsOfBandit(report),
    ...(report.bandit?.money ?? []).flatMap(rowsOfBanditMoney),
    ...report.guardrails.flatMap(rowsOfGuardrail),
    ...report.money.flatMap(rowsOfMoney),
  ]
  return csvOf(
    COLUMNS,
    rows.map((row) => ({ ...shared, ...row })),
  )
}

function rowsOfMetric(metric: MetricReport, decisions: Report['decisions']): Row[] {
  const { key, kind, direction, primary, measure } = metric
  const currency = measure.kind === 'money' ? measure.currency : undefined
  return metric.arms.map(({ arm, units, value }) => {
    const comparison = metric.comparisons.find((other) => other.arm === arm)
    const row: Row = { record: 'metric', metric: key, kind, direction, primary, currency, arm, units, ...numberOrReason(value) }
    if (!comparison) return { ...row, status: 'control' }
    const decision = primary ? decisions.find((other) => other.arm === arm)?.kind : undefined
    return { ...row, ...cellsOfContrast(comparison), ...cellsOfStatus(comparison), ...cellsOfAlternate(comparison), decision }
  })
}

/** One row a kind of figure: honest at the planned look, at any look, of closed windows, of the uniform stratum, batched, and the naive one. */
function rowsOfBandit({ bandit }: Report): Row[] {
  if (!bandit) return []
  const kinds = ['honest', 'anyLook', 'mature', 'uniform', 'batched', 'naive'] as const
  const rowsOf = (metric: string, contrasts: readonly BanditContrast[]) =>
    contrasts.flatMap((contrast) =>
      kinds.map((kind) => {
        const { value, low, high } = cellsOfEstimate(contrast[kind])
        const numbers = { difference: value, difference_low: low, difference_high: high }
        const { arm, control } = contrast
        const estimate = contrast[kind]
        return {
          record: 'bandit',
          metric,
          kind,
          arm,
          control,
          ...numbers,
          ...(estimate.kind === 'unknown' ? { because: estimate.because } : {}),
        }
      }),
    )
  const reward = bandit.reward.kind === 'unknown' ? [] : rowsOf('reward', bandit.reward.contrasts)
  return [...bandit.metrics.flatMap(({ key, contrasts }) => rowsOf(key, contrasts)), ...reward]
}

/** Honest money a draw and in all: one row an arm, and one for what choosing brought. */
function rowsOfBanditMoney({ metric, currency, arms, choosing }: BanditMoney): Row[] {
  const row = (kind: string, perDraw: Estimate | Unknown, total: Estimate | Unknown): Row => {
    const [own, all] = [cellsOfEstimate(perDraw), cellsOfEstimate(total)]
    return {
      ...{ record: 'bandit-money', metric, currency, kind },
      ...{ value: own.value, value_low: own.low, value_high: own.high, total: all.value, total_low: all.low, total_high: all.high },
      ...(perDraw.kind === 'unknown' ? { because: perDraw.because } : {}),
    }
  }
  return [
    ...arms.map(({ arm, perDraw, total }) => ({ ...row('honest', perDraw, total), arm })),
    row('choosing', choosing.perDraw, choosing.total),
  ]
}

function rowsOfGuardrail({ metric, margin, direction, results }: GuardrailReport): Row[] {
  return results.map(({ arm, control, state, because, bound, test, shown }) => ({
    ...{ record: 'guardrail', metric, direction, arm, control, margin, status: state, shown },
    ...(typeof bound === 'number' ? { bound } : { because: bound.because }),
    ...(test.kind === 'unknown' ? {} : { p_value: test.pValue, log10_p_value: test.log10PValue }),
    ...(because ? { because } : {}),
  }))
}

function rowsOfMoney({ currency, arms, comparisons }: MoneyReport): Row[] {
  return arms.map(({ arm, units, payers, gross, returned, net, netPerUnit }) => {
    const comparison = comparisons.find((other) => other.arm === arm)
    const totals = { gross: { decimal: gross }, returned: { decimal: returned }, net: { decimal: net } }
    const row: Row = { record: 'money', currency, arm, units, payers, ...totals, ...numberOrReason(netPerUnit) }
    return comparison ? { ...row, ...cellsOfContrast(comparison) } : { ...row, status: 'control' }
  })
}

function numberOrReason(value: number | Unknown): Row {
  return typeof value === 'number' ? { value } : { because: value.because }
}

function cellsOfContrast({ control, difference, lift, test, alwaysValid, shown }: Contrast): Row {
  const [d, l] = [cellsOfEstimate(difference), cellsOfEstimate(lift)]
  return {
    control,
    difference: d.value,
    difference_low: d.low,
    difference_high: d.high,
    lift: l.value,
    lift_low: l.low,
    lift_high: l.high,
    ...(test.kind === 'test'
      ? {
          ...{ p_value: test.pValue, log10_p_value: test.log10PValue, adjusted_p_value: test.adjustedPValue },
          ...{ family: test.family, method: test.method },
        }
      : { because: test.because }),
    shown,
    ...(alwaysValid.kind === 'always-valid' ? cellsOfLook(alwaysValid) : {}),
  }
}

function cellsOfLook({ difference, lift, pValue, log10PValue }: AlwaysValid): Row {
  const [d, l] = [cellsOfEstimate(difference), cellsOfEstimate(lift)]
  return {
    ...{ always_valid_low: d.low, always_valid_high: d.high, always_valid_lift_low: l.low, always_valid_lift_high: l.high },
    ...{ always_valid_p_value: pValue, always_valid_log10_p_value: log10PValue },
  }
}

function cellsOfEstimate(estimate: Estimate | Unknown): { readonly value?: number; readonly low?: number; readonly high?: number } {
  if (estimate.kind === 'unknown') return {}
  const { value, interval } = estimate
  return 'kind' in interval ? { value } : { value, low: interval.low, high: interval.high }
}

function cellsOfAlternate({ alternate, varianceReduction }: Comparison): Row {
  if (!alternate) return {}
  const { value, low, high } = cellsOfEstimate(alternate.difference)
  return {
    variance_reduction: varianceReduction,
    alternate_difference: value,
    alternate_low: low,
    alternate_high: high,
    ...(alternate.test.kind === 'test' ? { alternate_p_value: alternate.test.pValue } : {}),
  }
}

function cellsOfStatus({ status, because, have, need, forStopping, harm, byItself }: Comparison): Row {
  return { status, for_stopping: forStopping, harm, by_itself: byItself, have, need, ...(because ? { because } : {}) }
}
