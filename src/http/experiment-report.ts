/** The report of an experiment as it stands now: the epoch from the store, its moments from the log, the rest is arithmetic. */

import { type Allocation, slotWeightsOf } from '../experiments/allocation.ts'
import { standing } from '../experiments/gate.ts'
import type { Status } from '../experiments/lifecycle.ts'
import { readScores } from '../log/aipw-cells.ts'
import { readBuckets } from '../log/buckets.ts'
import { foldAll } from '../log/fold-all.ts'
import { readMoments } from '../log/moments.ts'
import { type ReportSource, reportOf } from '../reports/report.ts'
import type { Report } from '../reports/report-shape.ts'
import type { Database } from '../store/database.ts'
import type { ExperimentStore } from '../store/experiment-store.ts'
import { gateStore } from '../store/gate-store.ts'

export interface ReportWorld {
  readonly database: Database
  readonly experiments: Pick<ExperimentStore, 'get' | 'epochs'>
  /** Milliseconds since 1970. */
  now(): number
}

/** Of the latest epoch, or the one with this number; null when the experiment has none such. Rejects with PostgreSQL's error. */
export async function experimentReport({ database, experiments, now }: ReportWorld, key: string, no?: number): Promise<Report | null> {
  const [noun, epochs] = await Promise.all([experiments.get(key), experiments.epochs(key)])
  const epoch = no === undefined ? epochs.at(-1) : epochs.find((each) => each.no === no)
  if (!noun || !epoch) return null
  const { name, hypothesis } = noun.body
  return reportOf({
    experiment: { key, name, hypothesis, status: noun.status as Status },
    epoch: {
      no: epoch.no,
      startedAt: epoch.startedAt.toISOString(),
      endedAt: epoch.endedAt?.toISOString() ?? null,
      armIds: epoch.armIds,
      settings: epoch.settings,
    },
    metrics: epoch.settings.metricBodies,
    moments: await readMoments(database, epoch.id),
    ...(await banditPartsOf(database, epoch, noun.body.allocation)),
    gate: await gateNotesOf(database, epoch.id),
    asOf: new Date(now()).toISOString(),
  })
}

/** What only a bandit's epoch has: its scores, and what it is after now. */
async function banditPartsOf(
  database: Database,
  { id, settings }: Awaited<ReturnType<ExperimentStore['epochs']>>[number],
  now: Allocation,
): Promise<Pick<ReportSource, 'scores' | 'batches' | 'reward'>> {
  if (settings.allocation.kind === 'fixed') return {}
  const reward = now.kind === 'fixed' ? [] : slotWeightsOf(now, settings.metricBodies)
  const buckets = await readBuckets(database, id)
  const batches = buckets.map(({ armId, stratum, bucket, ...moments }) => ({
    armId,
    batch: `${stratum} ${bucket.toISOString()} ${moments.features}`,
    moments,
  }))
  return { scores: await readScores(database, id), batches, reward }
}

async function gateNotesOf(database: Database, epochId: number): Promise<Report['gate']> {
  const actions = await gateStore(database).ofEpoch(epochId)
  const held = new Set(standing(actions).map(({ id }) => id))
  return actions.map(({ id, at, kind, arm, by, evidence, undoes }) => ({
    ...{ id, kind, arm, by, undoes, evidence: evidence as Report['gate'][number]['evidence'] },
    at: at.toISOString(),
    stands: held.has(id),
  }))
}

const FOLD_MS = 2_000

/** Brings the moments up to now, as far as two seconds go; what is still missing then is above the report's watermark. Never rejects. */
export async function foldBriefly(database: Database): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, FOLD_MS).unref())
  await Promise.race([foldAll(database, { waitMs: FOLD_MS }).catch(() => null), late])
}
