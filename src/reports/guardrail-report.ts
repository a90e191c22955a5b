/**
 * Guardrails: is the treatment not worse than the control by more than the margin that was agreed before the start?
 *
 *     lift  ──┼──────────┼──────────────▶  (more is better)
 *         −margin        0
 *     holds              the whole interval lies above −margin
 *     breached           the whole interval lies below −margin
 *     not yet shown      −margin lies inside it
 *
 * The interval is the one that the report shows of the same comparison: always valid while it runs, fixed once the plan is reached. The
 * test of the margin has the same critical value, so that state, bound and interval agree.
 */
import type { Guardrail } from '../experiments/experiment.ts'
import type { Metric } from '../experiments/metric.ts'
import { isUnknown, type Unknown } from '../stats/estimate.ts'
import { testNonInferiority, testNonInferiorityOfRates } from '../stats/non-inferiority.ts'
import { testNonInferiorityAtAnyLook } from '../stats/non-inferiority-always.ts'
import type { JudgedArm } from './metric-report.ts'
import type { Comparison, GuardrailReport, GuardrailResult, MetricReport, PlanProgress, Trust } from './report-shape.ts'
import { boundsOf, shownOf } from './shown.ts'

export interface GuardrailSource {
  readonly guardrail: Guardrail
  readonly metric: Metric
  readonly report: MetricReport
  /** In the order of the report's comparisons. */
  readonly judged: readonly JudgedArm[]
}

export function guardrailReportOf(
  source: GuardrailSource,
  { plan, blockedBy }: { readonly plan: PlanProgress; readonly blockedBy: Trust['blockedBy'] },
): GuardrailReport {
  const { guardrail, metric, report, judged } = source
  return {
    ...{ metric: metric.key, margin: guardrail.margin, direction: metric.direction },
    results: report.comparisons.map((comparison, i) => {
      const tested = plan.reached ? testAtTheEnd(source, judged[i]!, plan) : testOnTheWay(source, judged[i]!, plan)
      return {
        ...resultOf(comparison, tested, metric.direction),
        ...(blockedBy ? ({ state: 'not yet shown', because: blockedBy } as const) : {}),
      }
    }),
  }
}

interface Tested {
  readonly kind: string
  readonly pValue: number
  readonly log10PValue: number
  readonly nonInferior: boolean
  readonly inferior: boolean
}

/** One-sided at the level of one end of the interval. */
function testAtTheEnd(
  { guardrail, metric: { direction } }: GuardrailSource,
  { fixed, judged }: JudgedArm,
  plan: PlanProgress,
): Tested | Unknown {
  if (isUnknown(fixed)) return fixed
  const options = { margin: { kind: 'relative', size: guardrail.margin }, direction, level: (1 + plan.level) / 2 } as const
  if (fixed.method === 'score' && judged.counts) return testNonInferiorityOfRates(judged.counts, options)
  return isUnknown(judged.arms) ? judged.arms : testNonInferiority(judged.arms, { ...options, reference: 'difference' })
}

function testOnTheWay(
  { guardrail, metric: { direction } }: GuardrailSource,
  { look, judged }: JudgedArm,
  plan: PlanProgress,
): Tested | Unknown {
  if (isUnknown(look)) return look
  if (isUnknown(judged.arms)) return judged.arms
  const margin = { kind: 'relative', size: guardrail.margin } as const
  return testNonInferiorityAtAnyLook(judged.arms, { margin, direction }, { level: plan.level, fraction: look.fraction })
}

function resultOf(comparison: Comparison, tested: Tested | Unknown, direction: Metric['direction']): GuardrailResult {
  const { arm, control, shown } = comparison
  const { lift } = shownOf(comparison)
  const ends = boundsOf(lift)
  const missing: Unknown | null = lift.kind === 'unknown' ? lift : 'kind' in lift.interval ? lift.interval : null
  const [atWorst, atBest] = ends ? (direction === 'increase' ? [ends.low, ends.high] : [ends.high, ends.low]) : [missing!, missing!]
  const head = { arm, control, bound: atWorst, atBest, shown }
  if (isUnknown(tested)) return { ...head, state: 'not yet shown', because: tested.because, test: tested }
  const { pValue, log10PValue, nonInferior, inferior } = tested
  return {
    ...head,
    state: nonInferior ? 'holds' : inferior ? 'breached' : 'not yet shown',
    test: { kind: 'non-inferiority', pValue, log10PValue },
  }
}
