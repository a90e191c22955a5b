/** The receipt of a decision, put together from the log, the snapshot it was made under and the secret. */
import { uuidText } from '../decisions/decision-id.ts'
import { type Receipt, receiptOf } from '../decisions/receipt.ts'
import { type LoggedDecision, type Replay, type ReplaySecrets, replay, replayStay } from '../decisions/replay.ts'
import type { SnapshotBody } from '../decisions/snapshot-body.ts'
import { readDecision } from '../log/logged-decision.ts'
import type { Database } from '../store/database.ts'
import type { SnapshotStore } from '../store/snapshot-store.ts'

export interface ReceiptWorld {
  readonly database: Database
  readonly snapshots: Pick<SnapshotStore, 'load'>
  readonly secrets: ReplaySecrets
  /** Milliseconds since 1970. */
  now(): number
}

type Shown = Pick<LoggedDecision, 'surface' | 'reason' | 'policy' | 'servedPolicy' | 'modelVersion' | 'items' | 'stratum'>

export interface DecisionReceipt extends Receipt, Shown {
  readonly decisionId: string
  readonly decidedAt: string
  readonly snapshot: string
  /** Of a unit's stay: the decision that drew its arm, which features and arms speak of; null otherwise. */
  readonly firstDecision: string | null
  /** Id of the calibration that went with the model that served; null when it had none, or when the snapshot is not kept. */
  readonly calibration: string | null
  readonly replay: Replay
}

/** Null when the log has no such decision. The pseudonym is not shown. Rejects with PostgreSQL's error. */
export async function decisionReceipt(world: ReceiptWorld, decisionId: string): Promise<DecisionReceipt | null> {
  const { database, secrets, snapshots, now } = world
  const logged = await readDecision(database, decisionId)
  if (!logged) return null
  const isStay = logged.kind === 'assigned'
  const firstDecision = logged.firstDecision ? uuidText(logged.firstDecision) : null
  const first = isStay && firstDecision !== null ? await readDecision(database, firstDecision) : null
  const drawn = first ?? logged
  const body = isStay && !first ? null : ((await snapshots.load(drawn.snapshotId)) as SnapshotBody | null)
  const servedUnder = drawn === logged ? body : ((await snapshots.load(logged.snapshotId)) as SnapshotBody | null)
  const again = replay(drawn, body, secrets, now())
  const { surface, reason, policy, servedPolicy, modelVersion, items, stratum } = logged
  return {
    decisionId: uuidText(logged.decisionId),
    decidedAt: new Date(logged.decidedAt).toISOString(),
    ...{ surface, reason, policy, servedPolicy, modelVersion, snapshot: logged.snapshotId, items, stratum, firstDecision },
    calibration: calibrationOf(servedUnder, logged),
    ...receiptOf(drawn, body, secrets.seed),
    replay: isStay ? replayStay(logged, first, again) : again,
  }
}

/** Of a frozen model the snapshot does not tell: its experiment's epoch does, by the version. */
function calibrationOf(body: SnapshotBody | null, { servedPolicy, modelVersion }: LoggedDecision): string | null {
  return body?.models[servedPolicy] === modelVersion ? (body.calibrations?.[servedPolicy] ?? null) : null
}
