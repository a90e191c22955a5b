/** A noun as it is stored, and what can come of a change to it. The same shape for surfaces, policies, metrics and experiments. */
import type { Experiment } from '../experiments/experiment.ts'
import type { Metric } from '../experiments/metric.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import type { Surface } from '../policies/surface.ts'

export interface Bodies {
  readonly surfaces: Surface
  readonly policies: PolicyDefinition
  readonly metrics: Metric
  readonly experiments: Experiment
}
export type NounTable = keyof Bodies

export interface Stored<Body> {
  readonly id: number
  readonly key: string
  /** Counts changes; what If-Match compares. */
  readonly revision: number
  readonly body: Body
  readonly status: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What came of a change. A refusal is a value: the caller decides what it means. */
export type NounChange<Body> =
  | { readonly kind: 'done'; readonly noun: Stored<Body> }
  /** It exists already, or has another revision than the caller thought. */
  | { readonly kind: 'conflict'; readonly current: Stored<Body> }
  | { readonly kind: 'missing' }
  | Refused

/** It needs something that is not there or cannot stand there; something needs it as it is; or its status does not allow the change. */
export interface Refused {
  readonly kind: 'refused'
  readonly why: 'missing' | 'in-use' | 'status'
  readonly because: string
}

/** By key; `after` is the last key of the page before. */
export interface PageOf {
  readonly after?: string | undefined
  readonly limit: number
}

/** For `transact`: only what is done is worth telling. */
export function isDone(change: NounChange<unknown>): boolean {
  return change.kind === 'done'
}

export function refused(why: Refused['why'], because: string): Refused {
  return { kind: 'refused', why, because }
}
