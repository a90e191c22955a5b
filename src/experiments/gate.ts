/**
 * The gate: what was done to the arms of an epoch while it ran, and what follows from it.
 *
 *     retire    shown worse than the control      not drawn in the bandit stratum any more; the uniform one goes on comparing it
 *     mask      breaches a guardrail              drawn in neither stratum, until a person takes it back
 *     promote   shown better than every other     the only one in the bandit stratum; the uniform one goes on comparing all
 *     stop      the experiment as a whole harms   the experiment ends
 *     unmask    a person's word                   takes back what was done to an arm before
 *
 * Actions are only ever added, each with its evidence. The state is what the actions that were not taken back amount to.
 */
import { z } from 'zod'

export const GATE_KINDS = ['retire', 'mask', 'promote', 'stop', 'unmask'] as const
export type GateKind = (typeof GATE_KINDS)[number]

/** What of an action the state depends on. */
export interface GateStep {
  readonly id: number
  readonly kind: GateKind
  /** Null for a stop. */
  readonly armId: number | null
  /** Id of the action that an unmask takes back; null for all others. */
  readonly undoes: number | null
}

/** Ids of arms, in ascending order. */
export interface Gates {
  readonly masked: readonly number[]
  readonly retired: readonly number[]
  readonly promoted: number | null
}

/** The actions that still stand: neither taken back nor a taking back. In the order given. */
export function standing<Step extends GateStep>(steps: readonly Step[]): readonly Step[] {
  const undone = new Set(steps.map(({ undoes }) => undoes))
  return steps.filter(({ id, kind }) => kind !== 'unmask' && !undone.has(id))
}

/** The state that the actions of an epoch amount to, oldest first; null when it touches no arm. */
export function gatesOf(steps: readonly GateStep[]): Gates | null {
  const held = standing(steps)
  const of = (kind: GateKind) =>
    [...new Set(held.flatMap((step) => (step.kind === kind && step.armId !== null ? [step.armId] : [])))].sort((a, b) => a - b)
  const promoted = held.findLast(({ kind }) => kind === 'promote')?.armId ?? null
  const gates: Gates = { masked: of('mask'), retired: of('retire'), promoted }
  return gates.masked.length + gates.retired.length === 0 && promoted === null ? null : gates
}

export const gateSettingsSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .meta({ description: 'Whether arms are retired and masked, and harm stops the experiment, by itself.' }),
    level: z.number().gt(0.5).max(0.9999).optional().meta({ description: 'Confidence level of its tests; the plan’s otherwise.' }),
    promote: z.boolean().default(false).meta({
      description: 'Whether an arm that is shown better than every other gets all traffic but the uniform share.',
    }),
  })
  .meta({ id: 'Gate', description: 'What the gate may do. A change counts at its next look and opens no epoch.' })

export type GateSettings = z.output<typeof gateSettingsSchema>

/** As they are, or by default: experiments from before there was a gate name no settings. */
export function gateSettingsOf({ gate }: { readonly gate?: GateSettings | undefined }): GateSettings {
  return gate ?? { enabled: true, promote: false }
}
