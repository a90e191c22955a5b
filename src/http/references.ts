/** References: what a body names has to exist. Checked before a write, so that the caller learns every missing name with its place. */
import type { Experiment } from '../experiments/experiment.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import { kinds } from '../policies/registry.ts'
import type { Surface } from '../policies/surface.ts'
import type { Fault } from './problems.ts'
import { faultsProblem } from './validation.ts'
import type { World } from './world.ts'

export type ReferenceWorld = Pick<World, 'surfaces' | 'policies' | 'metrics'>

interface Reference {
  readonly to: keyof ReferenceWorld
  readonly key: string
  readonly pointer: string
  /** Kinds of policy that cannot stand here, and why. */
  readonly refused?: { readonly kind: string; readonly because: string }
}

const WORD: Readonly<Record<keyof ReferenceWorld, string>> = { surfaces: 'surface', policies: 'policy', metrics: 'metric' }

/** Throws `unknown-reference` with one fault a missing name, `invalid` for what is there and cannot serve in this place. */
export async function requireReferences(world: ReferenceWorld, references: readonly Reference[]): Promise<void> {
  const found = await Promise.all(references.map(({ to, key }) => world[to].get(key)))
  const faults: Fault[] = references.flatMap(({ to, key, pointer }, i) =>
    found[i] ? [] : [{ pointer, detail: `there is no ${WORD[to]} "${key}"` }],
  )
  if (faults.length > 0) throw faultsProblem('unknown-reference', faults)
  const unfit = references.flatMap(({ refused, pointer }, i): Fault[] => {
    const { kind } = found[i]!.body as { kind?: string }
    return refused && kind === refused.kind ? [{ pointer, detail: refused.because }] : []
  })
  if (unfit.length > 0) throw faultsProblem('invalid', unfit)
}

/** The net under the others has to hold without anybody else. */
const NO_REMOTE = { kind: 'remote', because: 'is a remote strategy; a fallback has to work without anybody else' }

export function surfaceReferences({ policy, fallback }: Surface): readonly Reference[] {
  return [
    { to: 'policies', key: policy, pointer: '/policy' },
    { to: 'policies', key: fallback, pointer: '/fallback', refused: NO_REMOTE },
  ]
}

export function experimentReferences({ surface, arms, metrics }: Experiment): readonly Reference[] {
  return [
    { to: 'surfaces', key: surface, pointer: '/surface' },
    ...arms.map((arm, i) => ({ to: 'policies' as const, key: arm.policy, pointer: `/arms/${i}/policy` })),
    ...metrics.map((metric, i) => ({ to: 'metrics' as const, key: metric, pointer: `/metrics/${i}` })),
  ]
}

/** The policies that a combining policy needs. */
export function policyReferences({ kind, parameters }: PolicyDefinition): readonly Reference[] {
  const needs = kinds[kind]?.needs?.(parameters) ?? []
  return needs.map((key) => ({ to: 'policies', key, pointer: '/parameters' }))
}
