/**
 * The gate at work: looks at every running bandit again and again, and acts on what is shown.
 *
 *     moments (log/) ─▶ judge (reports/, pure) ─▶ findings ─▶ actions with their evidence (store/, once) ─▶ every node's snapshot
 *
 * Every node may look; what it finds is recorded once (store/gate-store). Nothing happens between a look and its record that could be lost:
 * whoever dies there has done nothing, and the next look of any node finds the same. Where nothing has changed since the last look of this
 * node, nothing is read.
 */
import { type RunningEpoch, servingAllocationOf } from '../decisions/running.ts'
import { slotWeightsOf, type ThompsonAllocation } from '../experiments/allocation.ts'
import { gateSettingsOf } from '../experiments/gate.ts'
import { type Finding, judgeGate } from '../reports/gate-judge.ts'
import type { GateScores } from '../reports/gate-test.ts'
import type { GateAction, GateFinding } from '../store/gate-store.ts'

export interface GateWorld {
  epochs(): Promise<readonly RunningEpoch[]>
  /** Of an epoch, oldest first. */
  actions(epochId: number): Promise<readonly GateAction[]>
  /** What the log knows of an epoch's decisions, and how far it had been read; null while there is nothing. */
  scores(epoch: RunningEpoch): Promise<GateReading | null>
  record(of: { readonly experiment: string; readonly epochId: number }, findings: readonly GateFinding[]): Promise<readonly number[]>
  readonly log: { warn(message: string): void }
}

export interface GateReading {
  /** Changes whenever the scores do. */
  readonly watermark: string
  readonly scores: GateScores
}

export interface Gate {
  /** Looks at all running bandits; resolves with the ids of the actions that were recorded. Rejects with PostgreSQL's error. */
  look(): Promise<readonly number[]>
}

const DAY_MS = 86_400_000

export function openGate(world: GateWorld): Gate {
  const seen = new Map<number, string>()
  return {
    async look() {
      const recorded: number[] = []
      for (const epoch of await world.epochs()) {
        const allocation = servingAllocationOf(epoch)
        if (!allocation || !gateSettingsOf(allocation).enabled) continue
        const reading = await world.scores(epoch)
        const state = JSON.stringify([reading?.watermark, allocation, epoch.gates])
        if (!reading || seen.get(epoch.epochId) === state) continue
        const actions = await world.actions(epoch.epochId)
        const findings = judged(epoch, allocation, { actions, scores: reading.scores })
        const known = { objectives: allocation.objectives, watermark: reading.watermark }
        const evident = findings.map((finding) => ({ ...finding, evidence: { ...finding.evidence, ...known } }))
        const ids = evident.length > 0 ? await world.record({ experiment: epoch.key, epochId: epoch.epochId }, evident) : []
        if (ids.length > 0) for (const finding of findings) world.log.warn(sentenceOf(epoch, finding))
        recorded.push(...ids)
        seen.set(epoch.epochId, state)
      }
      return recorded
    },
  }
}

function judged(
  { settings, armIds, gates }: RunningEpoch,
  allocation: ThompsonAllocation,
  { actions, scores }: { readonly actions: readonly GateAction[]; readonly scores: GateScores },
): readonly Finding[] {
  const { level, promote } = gateSettingsOf(allocation)
  return judgeGate({
    ...{ settings, metrics: settings.metricBodies, armIds, gates: gates ?? null, scores, promote, allocation },
    weights: slotWeightsOf(allocation, settings.metricBodies),
    level: level ?? settings.plan.level,
    fromDays: armIds.map((armId) => dayAfter(actions.findLast((action) => action.kind === 'unmask' && action.armId === armId))),
    harmFromDay: dayAfter(actions.at(-1)),
  })
}

/** The first whole day (since 1970, UTC) after an action; null without one. */
function dayAfter(action: GateAction | undefined): number | null {
  return action ? Math.floor(action.at.getTime() / DAY_MS) + 1 : null
}

const DID = { retire: 'retired', mask: 'masked', promote: 'promoted', stop: 'stopped' } as const

function sentenceOf({ key, settings, armIds }: RunningEpoch, { kind, armId }: Finding): string {
  const arm = armId === null ? '' : `the arm "${settings.arms[armIds.indexOf(armId)]!.key}" of `
  return `The gate ${DID[kind]} ${arm}the experiment "${key}"; its evidence: GET /v1/experiments/${key}/actions`
}
