/** What a bandit believes now, put together from the log, the snapshot that served last, and the experiment as it is. */
import { CONTEXTS_MAX } from '../bandits/constrained.ts'
import { FEATURE_NAMES } from '../bandits/features.ts'
import { controlOf } from '../experiments/experiment.ts'
import { readBanditNow } from '../log/bandit-now.ts'
import { banditState } from '../reports/bandit-state.ts'
import type { BanditState } from '../reports/bandit-state-shape.ts'
import type { AskedEpoch, WhatIfWorld } from './experiment-what-if.ts'

/** `between`: two objectives to weigh against each other. Rejects with PostgreSQL's error. */
export async function experimentBandit(
  { database, now }: WhatIfWorld,
  { key, epoch, allocation }: AskedEpoch,
  between: readonly [string, string] | null,
): Promise<BanditState> {
  const { settings, armIds } = epoch
  const read = await readBanditNow(database, {
    ...{ epochId: epoch.id, features: FEATURE_NAMES.length, contexts: CONTEXTS_MAX, asOf: new Date(now()) },
  })
  const belief = read.served?.belief ?? null
  return banditState({
    ...{ experiment: key, epoch: epoch.no, snapshot: read.served?.id ?? null, servedAt: read.served?.served_at.toISOString() ?? null },
    ...{ arms: settings.arms.map((arm) => arm.key), control: controlOf(settings.arms), metrics: settings.metricBodies, between },
    objectives: allocation.objectives.map(({ metric, weight }) => ({ metric, weight })),
    evidence: belief?.evidence ?? null,
    model: belief?.kind === 'models' ? (belief.models.kind ?? 'linear') : (allocation.model ?? 'linear'),
    logits: belief?.kind === 'models' && belief.models.kind === 'logistic' ? belief.models : null,
    because: belief?.kind === 'unknown' ? belief.because : null,
    decisions: belief?.kind === 'models' ? belief.decisions : 0,
    memoryDays: belief?.kind === 'models' ? belief.memoryDays : null,
    prices: belief?.kind === 'models' ? (belief.prices ?? null) : null,
    contexts: read.contexts,
    traffic: armIds.map((armId) => read.traffic.get(armId) ?? { hour: 0, day: 0 }),
  })
}

/** What is wrong with the two objectives that were named: a sentence, or null. */
export function betweenFault(between: readonly string[], { allocation }: Pick<AskedEpoch, 'allocation'>): string | null {
  const known = new Set(allocation.objectives.map(({ metric }) => metric))
  const stranger = between.find((metric) => !known.has(metric))
  if (stranger !== undefined) return `"${stranger}" is no objective of the experiment`
  return between.length === 2 && between[0] !== between[1] ? null : 'two different objectives are needed'
}
