/**
 * What a decision brought: y, one whole number an objective, from the outcomes that are the decision's.
 *
 *     any       1 when there was one
 *     count     how many                     each over the objective's own window from the decision, [0, window),
 *     quantity  pieces, returns negative     held at ±(2⁵³ − 1), so that it is exact as a double, then at its cap
 *     value     minor units in its currency, returns negative
 */
import type { ClientBase } from 'pg'
import { statement } from './statement.ts'

export interface Objective {
  readonly aggregate: 'any' | 'count' | 'value' | 'quantity'
  readonly types: ReadonlySet<string>
  readonly windowMicros: number
  readonly currency: string | null
  readonly cap: bigint | null
}

/** An outcome, as seen from a decision. */
export interface Hit {
  readonly type: string
  readonly valueMinor: bigint
  readonly currency: string | null
  readonly quantity: number
  /** From the decision to the outcome. */
  readonly ageMicros: number
}

/** A bandit's epoch: its arms, and its objectives in their order. */
export interface Bandit {
  readonly armIds: readonly number[]
  readonly objectives: readonly Objective[]
}

/** By epoch. */
export type Bandits = ReadonlyMap<number, Bandit>

interface ObjectiveRow {
  readonly epoch_id: number
  readonly arm_ids: readonly number[]
  readonly aggregate: Objective['aggregate'] | null
  readonly types: readonly string[]
  readonly window_micros: number
  readonly currency: string | null
  readonly cap: string | null
}

const OBJECTIVES = statement('decision-objectives')
const HELD = BigInt(Number.MAX_SAFE_INTEGER)

/** Empty without a bandit. Rejects with PostgreSQL's error. */
export async function readBandits(client: ClientBase): Promise<Bandits> {
  const { rows } = await client.query<ObjectiveRow>(OBJECTIVES)
  const bandits = new Map<number, Bandit & { readonly objectives: Objective[] }>()
  for (const { epoch_id, arm_ids, aggregate, types, window_micros, currency, cap } of rows) {
    const bandit = bandits.get(epoch_id) ?? { armIds: arm_ids, objectives: [] }
    bandits.set(epoch_id, bandit)
    if (aggregate === null) continue
    const shared = { aggregate, currency, windowMicros: window_micros, types: new Set(types) }
    bandit.objectives.push({ ...shared, cap: cap === null ? null : BigInt(cap) })
  }
  return bandits
}

export function longestMicros(bandits: Bandits): number {
  return Math.max(0, ...[...bandits.values()].flatMap(({ objectives }) => objectives).map(({ windowMicros }) => windowMicros))
}

/** y of a decision with these outcomes, in any order. */
export function broughtBy(objectives: readonly Objective[], hits: readonly Hit[]): readonly number[] {
  return objectives.map((objective) => {
    const total = totalOf(
      objective,
      hits.filter((hit) => counts(objective, hit)),
    )
    const most = objective.cap !== null && objective.cap < HELD ? objective.cap : HELD
    return Number(total > most ? most : total < -HELD ? -HELD : total)
  })
}

/** Whether an outcome of a decision counts for an objective. */
export function counts({ aggregate, types, windowMicros, currency }: Objective, hit: Hit): boolean {
  if (!types.has(hit.type) || hit.ageMicros >= windowMicros) return false
  return aggregate !== 'value' || currency === null || hit.currency === currency
}

function totalOf({ aggregate }: Objective, hits: readonly Hit[]): bigint {
  switch (aggregate) {
    case 'any':
      return hits.length > 0 ? 1n : 0n
    case 'count':
      return BigInt(hits.length)
    case 'quantity':
      return hits.reduce((sum, { quantity }) => sum + BigInt(quantity), 0n)
    case 'value':
      return hits.reduce((sum, { valueMinor }) => sum + valueMinor, 0n)
  }
}
