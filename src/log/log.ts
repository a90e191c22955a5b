/**
 * The log's port: what can be written to it, and what a writer is told.
 *
 * "Written" means durable: in the table after a commit with synchronous_commit = on, or in the fsynced spool while the database is away.
 */
import type { Exposure } from '../decisions/exposure.ts'

/** Ties an exposure to the caller's requestId, so that a repetition gets the same bytes for seven days, on any node. */
export interface RequestKey {
  /** HMAC of surface and requestId, 16 bytes. */
  readonly key: Uint8Array
  /** Hash of the request's body: the same id with another body is a conflict. 16 bytes. */
  readonly bodyHash: Uint8Array
  /** The answer as it was given. */
  readonly response: Uint8Array
}

export type Appended =
  | { readonly kind: 'table' }
  | { readonly kind: 'spool' }
  /** Somebody wrote this requestId before: answer with these bytes. */
  | { readonly kind: 'repeated'; readonly response: Uint8Array }
  /** The requestId was used before with another body. */
  | { readonly kind: 'conflict' }
  /** Neither table nor spool could be written. */
  | { readonly kind: 'lost'; readonly because: string }

export interface ExposureLog {
  /** Resolves when the exposure is durable (or could not be made so). Never rejects. */
  append(exposure: Exposure, key?: RequestKey): Promise<Appended>
  /** Waits for everything in flight, then closes. */
  close(): Promise<void>
}

/** An outcome as it is stored; validated, pseudonymised and in minor units already. */
export interface OutcomeRecord {
  readonly outcomeId: string
  /** Hash of the outcome as it was sent, 16 bytes: the same id with another body is a conflict. */
  readonly bodyHash: Uint8Array
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  readonly occurredAt: number
  readonly unit: Uint8Array | null
  readonly decisionId: Uint8Array | null
  readonly type: string
  readonly itemNo: number | null
  readonly itemId: string | null
  /** Returns are ≤ 0. */
  readonly valueMinor: bigint | null
  readonly currency: string | null
  readonly quantity: number
  readonly flags: readonly string[]
}

/** `queued`: the database is away, the outcome is in the fsynced spool. */
export type OutcomeAnswer = 'accepted' | 'duplicate' | 'conflict' | 'queued' | 'lost'

export interface OutcomeLog {
  /** One answer an outcome, in their order. Never rejects. */
  append(outcomes: readonly OutcomeRecord[]): Promise<readonly OutcomeAnswer[]>
  close(): Promise<void>
}
