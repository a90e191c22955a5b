/** The series of the metrics page that are about this service: what was logged, served, refused, and how fresh everything is. */
import { foldLag } from '../log/fold-all.ts'
import type { Sample, Series } from '../telemetry/metrics-page.ts'
import { LOADS } from './route.ts'
import type { World } from './world.ts'

/** What both logs count. */
export interface CountedLog {
  readonly counters: object
  readonly drainCounters: object
  connected(): boolean
  backlogBytes(): number
}

type Counted =
  | 'counters'
  | 'remotes'
  | 'gate'
  | 'killSwitches'
  | 'snapshot'
  | 'settingsReadAt'
  | 'liveShoppers'
  | 'database'
  | 'now'
  | 'teaching'
export type CountedWorld = Pick<World, Counted> & {
  readonly exposures: CountedLog & { readonly counters: { readonly flushMsSum: number; readonly flushMsMax: number } }
  readonly outcomes: CountedLog
  /** Counts what became of first draws of sticky bandits' units, and how many units are remembered. */
  readonly assignments: Pick<World['assignments'], 'counters'>
}

const MS = 1_000

export function seriesOf(world: CountedWorld): readonly Series[] {
  return [...servingSeries(world), ...logSeries(world), ...gateSeries(world), ...stateSeries(world)]
}

function servingSeries({ counters, remotes }: CountedWorld): readonly Series[] {
  const byName = (counter: ReadonlyMap<string, number>, label: string) =>
    [...counter].map(([name, value]) => ({ value, labels: { [label]: name } }))
  return [
    {
      name: 'croupier_slates_total',
      help: 'Slates by the policy that served.',
      kind: 'counter',
      samples: () => byName(counters.served, 'policy'),
    },
    { name: 'croupier_slate_reasons_total', help: 'Slates by reason.', kind: 'counter', samples: () => byName(counters.reasons, 'reason') },
    {
      name: 'croupier_remote_events_total',
      help: 'Questions to remote strategies by what came of them, and unknown items that were left out.',
      kind: 'counter',
      samples: () => failures(remotes.counters),
    },
    {
      name: 'croupier_remote_open',
      help: '1 for every remote strategy that is left alone because it failed too often.',
      kind: 'gauge',
      samples: () => [...remotes.unavailable()].map((policy) => ({ value: 1, labels: { policy } })),
    },
    {
      name: 'croupier_rung_failures_total',
      help: 'Policies that could not serve, with the reason.',
      kind: 'counter',
      samples: () => failures(counters.failures),
    },
    {
      name: 'croupier_unknown_candidates_total',
      help: 'Candidates that are not in the catalogue.',
      kind: 'counter',
      samples: () => [{ value: counters.unknownCandidates }],
    },
  ]
}

/** Keys are "<policy> <reason>". */
function failures(counter: ReadonlyMap<string, number>): readonly Sample[] {
  return [...counter].map(([failure, value]) => {
    const [policy = '', because = ''] = failure.split(' ')
    return { value, labels: { policy, because } }
  })
}

function logSeries({ exposures, outcomes, assignments }: CountedWorld): readonly Series[] {
  const both = (read: (log: CountedLog) => number): readonly Sample[] => [
    { value: read(exposures), labels: { log: 'exposures' } },
    { value: read(outcomes), labels: { log: 'outcomes' } },
  ]
  const events = () => [...eventsOf('exposures', exposures.counters), ...eventsOf('outcomes', outcomes.counters)]
  const drained = () => [...eventsOf('exposures', exposures.drainCounters), ...eventsOf('outcomes', outcomes.drainCounters)]
  return [
    { name: 'croupier_log_events_total', help: 'What happened to rows and batches of the log.', kind: 'counter', samples: events },
    { name: 'croupier_drain_events_total', help: 'What happened to rows that waited in the spool.', kind: 'counter', samples: drained },
    {
      name: 'croupier_flush_seconds_total',
      help: 'Time of all exposure batches together.',
      kind: 'counter',
      samples: () => [{ value: exposures.counters.flushMsSum / MS }],
    },
    {
      name: 'croupier_flush_seconds_max',
      help: 'The longest exposure batch.',
      kind: 'gauge',
      samples: () => [{ value: exposures.counters.flushMsMax / MS }],
    },
    {
      name: 'croupier_assignments_total',
      help: 'Units of sticky bandits whose arm was asked for: first draws that count, arms that were there before, and those that nobody could say.',
      kind: 'counter',
      samples: () => {
        const { remembered: _, ...asked } = assignments.counters
        return Object.entries(asked).map(([event, value]) => ({ value, labels: { event } }))
      },
    },
    {
      name: 'croupier_assignments_remembered',
      help: 'Units of sticky bandits whose arm is in memory.',
      kind: 'gauge',
      samples: () => [{ value: assignments.counters.remembered }],
    },
    { name: 'croupier_spool_bytes', help: 'What waits in the spool.', kind: 'gauge', samples: () => both((log) => log.backlogBytes()) },
    {
      name: 'croupier_log_connected',
      help: '1 while PostgreSQL takes rows.',
      kind: 'gauge',
      samples: () => both((log) => Number(log.connected())),
    },
  ]
}

/** All counters but times. */
function eventsOf(log: string, counters: object): readonly Sample[] {
  return Object.entries(counters).flatMap(([event, value]: [string, number]) =>
    event.includes('Ms') ? [] : [{ value, labels: { log, event } }],
  )
}

function gateSeries({ gate }: CountedWorld): readonly Series[] {
  const byLoad = (name: 'inHand' | 'waiting' | 'refused') => LOADS.map((load) => ({ value: gate.counters[load][name], labels: { load } }))
  return [
    { name: 'croupier_requests_in_hand', help: 'Requests being worked on, by kind.', kind: 'gauge', samples: () => byLoad('inHand') },
    {
      name: 'croupier_requests_waiting',
      help: 'Requests that wait for a place, by kind.',
      kind: 'gauge',
      samples: () => byLoad('waiting'),
    },
    {
      name: 'croupier_requests_refused_total',
      help: 'Requests told to come back later, by kind.',
      kind: 'counter',
      samples: () => byLoad('refused'),
    },
  ]
}

function stateSeries(world: CountedWorld): readonly Series[] {
  const { killSwitches, snapshot, settingsReadAt, liveShoppers, database, now, teaching } = world
  return [
    {
      name: 'croupier_snapshot_info',
      help: '1, with the id of the snapshot that decides.',
      kind: 'gauge',
      samples: () => [snapshot()].flatMap((one) => (one ? [{ value: 1, labels: { id: one.id } }] : [])),
    },
    {
      name: 'croupier_settings_age_seconds',
      help: 'Since the settings were read last.',
      kind: 'gauge',
      samples: () => (settingsReadAt() > 0 ? [{ value: (now() - settingsReadAt()) / MS }] : []),
    },
    {
      name: 'croupier_live_units',
      help: 'Units whose latest deeds are kept in memory.',
      kind: 'gauge',
      samples: () => [{ value: liveShoppers().shoppers }],
    },
    {
      name: 'croupier_live_items',
      help: 'Items noted of live units; bounded.',
      kind: 'gauge',
      samples: () => [{ value: liveShoppers().items }],
    },
    {
      name: 'croupier_training_age_seconds',
      help: 'Since the log was read for the last training.',
      kind: 'gauge',
      samples: () => [teaching.readAt()].flatMap((at) => (at === null ? [] : [{ value: (now() - at) / MS }])),
    },
    {
      name: 'croupier_demand_psi',
      help: 'Population stability index of demand since the last training; above 0.25 and the noise it has drifted.',
      kind: 'gauge',
      samples: () => driftSamples(teaching.drift()),
    },
    {
      name: 'croupier_killed_policies',
      help: '1 for every policy that is switched off.',
      kind: 'gauge',
      samples: () => [...killSwitches.killed()].map((policy) => ({ value: 1, labels: { policy } })),
    },
    {
      name: 'croupier_fold_lag_seconds',
      help: 'Age of the oldest row that is not in the moments; absent while the database is away.',
      kind: 'gauge',
      samples: () =>
        foldLag(database).then(
          ({ seconds }) => [{ value: seconds }],
          () => [],
        ),
    },
  ]
}

/** Absent while it is unknown. */
function driftSamples(drift: ReturnType<World['teaching']['drift']>): readonly Sample[] {
  if (drift?.kind !== 'drift') return []
  return [
    { value: drift.psi, labels: { of: 'demand' } },
    { value: drift.noise, labels: { of: 'noise' } },
  ]
}
