/** A what-if, conducted: the epoch from the store, its decisions from the log, the rest is arithmetic. */
import { setImmediate } from 'node:timers/promises'
import type { OffPolicyMoments } from '../bandits/off-policy-moments.ts'
import { type Alternative, openWhatIf } from '../decisions/what-if-fold.ts'
import { modelFaults, type ThompsonAllocation, type Weighed } from '../experiments/allocation.ts'
import type { Metric } from '../experiments/metric.ts'
import { slotsOf } from '../experiments/slot.ts'
import { readWhatIf, type WhatIfProgress } from '../log/what-if-rows.ts'
import { quantitiesOf, whatIfAnswer } from '../reports/what-if-answer.ts'
import type { AskedPolicy, WhatIf, WhatIfLog } from '../reports/what-if-shape.ts'
import type { Database } from '../store/database.ts'
import type { Epoch } from '../store/epoch.ts'
import type { WhatIfRequest } from './what-if-request.ts'

export interface WhatIfWorld {
  readonly database: Database
  /** Milliseconds since 1970. */
  now(): number
}

export interface AskedEpoch {
  readonly key: string
  readonly epoch: Epoch
  /** As the experiment has it now: its weights count where none are asked about. */
  readonly allocation: ThompsonAllocation
}

const HOUR_MS = 3_600_000

/** Rejects with PostgreSQL's error. The request fits the epoch (`whatIfFaults` is empty). */
export async function experimentWhatIf(
  { database, now }: WhatIfWorld,
  { key, epoch, allocation }: AskedEpoch,
  { request, onProgress }: { readonly request: WhatIfRequest; readonly onProgress?: WhatIfProgress },
): Promise<WhatIf> {
  const { settings, armIds } = epoch
  const { metricBodies } = settings
  const arms = settings.arms.map((arm) => arm.key)
  const asOf = new Date(now())
  const span = spanOf(request, { epoch, asOf })
  const fold = openWhatIf({ settings, armIds }, alternativeOf(request, arms))
  const question = { epochId: epoch.id, ...span, rowsMax: request.rows, asOf }
  const read = await readWhatIf(database, question, { fold, ...(onProgress ? { onProgress } : {}) })
  const { ledger, leftOut } = fold
  const visited = Math.min(read.decisions, request.rows)
  const log: Omit<WhatIfLog, 'units'> = {
    ...{ from: span.from.toISOString(), to: span.to.toISOString(), maturity: request.maturity },
    ...{ decisions: read.decisions, rowsMax: request.rows, since: read.since?.toISOString() ?? null, used: ledger.decisions, ...leftOut },
    immature: immatureOf(read.immature, metricBodies, visited),
  }
  const asked = askedOf(request, request.objectives ?? allocation.objectives.map(({ metric, weight }) => ({ metric, weight })))
  const moments = new Map<string, OffPolicyMoments>()
  for (const [name, values] of quantitiesOf(metricBodies, asked.weights))
    moments.set(name, await withBreaks(ledger.moments(values, request.switchAt)))
  return whatIfAnswer({
    ...{ experiment: key, epoch: epoch.no, arms, metrics: metricBodies, estimators: request.estimators, log },
    ...{ asked, moments, traffic: ledger.shares() },
    isModelled: ledger.modelled,
  })
}

/** What of the request does not fit the epoch, as paths and words. */
export function whatIfFaults(
  request: WhatIfRequest,
  { epoch, allocation }: Pick<AskedEpoch, 'epoch' | 'allocation'>,
): readonly { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const arms = new Set(epoch.settings.arms.map(({ key }) => key))
  const metrics = new Map(epoch.settings.metricBodies.map((metric) => [metric.key, metric]))
  const noArm = 'is no arm of this epoch'
  return [
    ...(request.arm !== undefined && !arms.has(request.arm) ? [{ path: ['arm'], message: noArm }] : []),
    ...Object.keys(request.shares ?? {}).flatMap((arm) => (arms.has(arm) ? [] : [{ path: ['shares', arm], message: noArm }])),
    ...(request.objectives ?? []).flatMap(({ metric }, i) => {
      const path = ['objectives', i, 'metric']
      if (!metrics.has(metric)) return [{ path, message: 'is not among the metrics of this epoch' }]
      return metrics.get(metric)!.kind === 'ratio' ? [{ path, message: 'is a ratio, which is no sum over decisions' }] : []
    }),
    ...modelTrouble(request, { epoch, allocation }),
  ]
}

/** What the model that is asked about, or the one that serves, cannot have. */
function modelTrouble(request: WhatIfRequest, { epoch, allocation }: Pick<AskedEpoch, 'epoch' | 'allocation'>) {
  const { objectives, allocation: asked } = request
  const model = asked?.model ?? allocation.model ?? 'linear'
  if (model === 'linear' || !(objectives || asked?.model)) return []
  const frozen = epoch.settings.allocation.kind === 'thompson' ? epoch.settings.allocation : {}
  const then = { ...allocation, ...frozen, model, ...(objectives ? { objectives } : {}) }
  const other = objectives?.find(({ metric }) => metric !== allocation.objectives[0]?.metric)
  if (model === 'logistic' && other)
    return [
      {
        path: ['objectives', objectives!.indexOf(other), 'metric'],
        message: 'was not what the log-odds are of, and snapshots keep no cells: ask with allocation.model "linear"',
      },
    ]
  return modelFaults(then, epoch.settings.metricBodies).map(({ path: [, ...path], message }) =>
    path[0] === 'objectives' && objectives
      ? { path, message }
      : { path: ['allocation', 'model'], message: `cannot be "${model}" here: ${path.join('.')} ${message}` },
  )
}

/** Runs work to its end, a step at a time: slates are served in between. */
async function withBreaks<Result>(work: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    await setImmediate()
  }
}

function alternativeOf({ arm, shares, objectives, allocation }: WhatIfRequest, arms: readonly string[]): Alternative {
  if (arm !== undefined) return { kind: 'arm', arm: arms.indexOf(arm) }
  if (shares) return { kind: 'shares', shares: arms.map((each) => shares[each] ?? 0) }
  const { floor, mode, scale, model } = allocation ?? {}
  return {
    kind: 'settings',
    change: {
      ...(objectives ? { objectives } : {}),
      ...(floor === undefined ? {} : { floor }),
      ...(mode === undefined ? {} : { mode }),
      ...(scale === undefined ? {} : { scale }),
      ...(model === undefined ? {} : { model }),
    },
  }
}

/** Mature decisions are those whose longest window has ended. */
function spanOf({ from, to, maturity }: WhatIfRequest, { epoch, asOf }: { readonly epoch: Epoch; readonly asOf: Date }) {
  const longest = Math.max(...epoch.settings.metricBodies.map(({ windowHours }) => windowHours)) * HOUR_MS
  const end = maturity === 'mature' ? asOf.getTime() - longest : asOf.getTime()
  return {
    from: new Date(Math.max(epoch.startedAt.getTime(), from ? Date.parse(from) : 0)),
    to: new Date(to ? Math.min(end, Date.parse(to)) : end),
  }
}

function immatureOf(counts: readonly number[], metrics: readonly Metric[], visited: number): WhatIfLog['immature'] {
  const slots = slotsOf(metrics).filter(({ daysBefore }) => daysBefore === null)
  return metrics
    .filter(({ kind }) => kind !== 'ratio')
    .map(({ key }) => {
      const count = counts[slots.findIndex(({ metric }) => metric === key)] ?? 0
      return { metric: key, share: visited === 0 ? 0 : count / visited }
    })
}

function askedOf({ arm, shares, objectives, allocation, level, switchAt }: WhatIfRequest, weights: readonly Weighed[]): AskedPolicy {
  const shared = { weights, level, switchAt }
  if (arm !== undefined) return { policy: 'arm', words: `always ${arm}`, ...shared }
  const listed = (entries: readonly (readonly [string, unknown])[]) => entries.map(([name, value]) => `${name} ${value}`).join(', ')
  if (shares) return { policy: 'shares', words: `shares ${listed(Object.entries(shares))}`, ...shared }
  const parts = [
    ...(objectives ? [`weights ${listed(objectives.map(({ metric, weight }) => [metric, weight]))}`] : []),
    ...(allocation ? [listed(Object.entries(allocation).filter(([, value]) => value !== undefined))] : []),
  ]
  return { policy: 'settings', words: parts.length > 0 ? parts.join('; ') : 'the settings as they were', ...shared }
}
