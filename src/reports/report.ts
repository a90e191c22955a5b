/**
 * The report: what an experiment was worth, as a pure function of the moments of one epoch.
 *
 *     moments ──▶ values, differences, lifts ──▶ status ──▶ verdict
 *        └─────▶ sample ratio, two arms, books ────┘ may block it
 *
 * It sees no rows and no clock: the same moments at the same time give the same report, on any machine.
 */

import type { ScoreMoments } from '../bandits/score-moments.ts'
import type { EpochSettings, Experiment } from '../experiments/experiment.ts'
import type { Status } from '../experiments/lifecycle.ts'
import type { Metric } from '../experiments/metric.ts'
import { slotsOf } from '../experiments/slot.ts'
import { assert } from '../stats/assert.ts'
import { banditReportOf } from './bandit-report.ts'
import type { BatchArm } from './batched-check.ts'
import { epochArmsOf } from './epoch-arms.ts'
import type { EpochMoments } from './epoch-moments.ts'
import { correctMetrics } from './families.ts'
import { guardrailReportOf } from './guardrail-report.ts'
import { honestlyJudged } from './honest-comparison.ts'
import { integrityOf } from './integrity.ts'
import { slotPlaces } from './metric-moments.ts'
import { judgedOn, metricReportOf } from './metric-report.ts'
import { moneyReportsOf } from './money-report.ts'
import { notesOf } from './notes.ts'
import { planProgressOf, unitsOpenOf } from './plan-progress.ts'
import type { Report } from './report-shape.ts'
import { decisionsOf } from './ship-decisions.ts'
import { trustOf } from './trust.ts'
import { verdictOf } from './verdict.ts'

export interface ReportSource {
  readonly experiment: Pick<Experiment, 'key' | 'name' | 'hypothesis'> & { readonly status: Status }
  readonly epoch: EpochSource
  /** The metrics as they were frozen with the epoch, in the order of its settings: the first is the primary one. */
  readonly metrics: readonly Metric[]
  readonly moments: EpochMoments
  /** Scores of a bandit's epoch; none for fixed allocation. */
  readonly scores?: readonly ScoreMoments[]
  /** The same decisions by arm and span of time, for the cross-check. */
  readonly batches?: readonly BatchArm[]
  /** What a bandit is after now: worth of one stored integer of each slot that looks forward. */
  readonly reward?: readonly number[]
  /** What the gate did in this epoch, oldest first. */
  readonly gate?: Report['gate']
  /** When the report is made: ISO 8601 in UTC. */
  readonly asOf: string
}

export interface EpochSource {
  readonly no: number
  readonly startedAt: string
  readonly endedAt: string | null
  /** Database ids of the arms, in the order of `settings.arms`. */
  readonly armIds: readonly number[]
  /** Frozen when the epoch started. */
  readonly settings: Pick<EpochSettings, 'surface' | 'unit' | 'allocation' | 'arms' | 'plan' | 'metrics' | 'guardrails'>
}

/** The report of one epoch. Sums that no sample can have are our mistake and throw; whatever cannot be known is `unknown` with a reason. */
export function reportOf({
  experiment,
  epoch,
  metrics,
  moments,
  asOf,
  scores = [],
  batches = [],
  reward = [],
  gate = [],
}: ReportSource): Report {
  const { key, name, hypothesis, status } = experiment
  const { settings, no, startedAt, endedAt } = epoch
  assert(
    metrics.length > 0 && metrics.every((metric, i) => metric.key === settings.metrics[i]),
    'metrics come in the order of the settings',
  )
  const arms = epochArmsOf(settings.arms, epoch.armIds, moments)
  const integrity = integrityOf(arms, moments)
  const allocation = settings.allocation.kind
  const isBandit = allocation === 'thompson'
  const sticky = settings.allocation.kind === 'thompson' && settings.allocation.sticky === true
  const running = endedAt === null && status === 'running'
  const plan = planProgressOf(settings.plan, arms, { days: moments.days, startedAt, asOf, running, together: isBandit })
  const open = endedAt === null && status !== 'stopped' && status !== 'archived'
  const places = slotPlaces(metrics)
  const sources = metrics.map((metric, i) => {
    const unitsOpen = unitsOpenOf(moments.days, metric.windowHours, asOf)
    return { metric, places: places.get(metric.key)!, primary: i === 0, unitsOpen }
  })
  const told = { cells: scores, slots: slotsOf(metrics).filter(({ daysBefore }) => daysBefore === null).length }
  const bandit = isBandit ? banditReportOf({ arms, metrics: sources, plan, scores: told, batches, reward, sticky, asOf }) : null
  const strata = bandit?.strata ?? []
  const trust = trustOf({ arms, days: moments.days, integrity, allocation, sticky, strata, watched: open && !plan.reached })
  const judged = sources.map((source) => (isBandit ? honestlyJudged(source, arms, plan, told) : judgedOn(source, arms, plan)))
  const corrected = correctMetrics(judged)
  const standing = { plan, blockedBy: trust.blockedBy }
  const metricReports = sources.map((source, i) =>
    metricReportOf(
      { ...source, compared: judged[i]!, corrected: corrected[i]!, money: moments.money, scores: isBandit ? told : null },
      arms,
      standing,
    ),
  )
  const guardrails = (settings.guardrails ?? []).map((guardrail) => {
    const i = metrics.findIndex((metric) => metric.key === guardrail.metric)
    assert(i >= 0, `the guardrail ${guardrail.metric} is a metric of the epoch`)
    return guardrailReportOf({ guardrail, metric: metrics[i]!, report: metricReports[i]!, judged: judged[i]! }, standing)
  })
  const facts = {
    experiment: { key, name, hypothesis, surface: settings.surface, unit: settings.unit, status },
    epoch: { no, startedAt, endedAt, allocation, ...(sticky ? { sticky } : {}) },
    asOf,
    watermark: { transaction: String(moments.watermark), foldedAt: moments.foldedAt },
    plan,
    trust,
    decisions: decisionsOf({ primary: metricReports[0]!, guardrails, ...standing }),
    metrics: metricReports,
    ...(bandit ? { bandit } : {}),
    guardrails,
    money: moneyReportsOf(moments.money, arms, plan),
    integrity,
    gate,
  }
  return { format: 'croupier-report/1', verdict: verdictOf(facts), ...facts, notes: notesOf(facts) }
}
