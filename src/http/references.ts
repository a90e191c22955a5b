/** References: what a body names has to exist. Checked before a write, so that the caller learns every missing name with its place. */
import type { Experiment } from '../experiments/experiment.ts'
import type { PolicyDefinition } from '../policies/definition.ts'
import { kinds } from '../policies/registry.ts'
import type { Surface } from '../policies/surface.ts'
import { NO_REMOTE, type Unfit } from '../store/references.ts'
import type { Fault } from './problems.ts'
import { faultsProblem } from './validation.ts'
import type { World } from './world.ts'

export type ReferenceWorld = Pick<World, 'surfaces' | 'policies' | 'metrics'>

interface Reference {
  readonly to: keyof ReferenceWorld
  readonly key: string
  readonly pointer: string
  readonly unfit?: Unfit
}

const WORD: Readonly<Record<keyof ReferenceWorld, string>> = { surfaces: 'surface', policies: 'policy', metrics: 'metric' }

/** Throws `unknown-reference` with one fault a missing name, `invalid` for what is there and cannot serve in this place. */
export async function requireReferences(world: ReferenceWorld, references: readonly Reference[]): Promise<void> {
  const found = await Promise.all(references.map(({ to, key }) => world[to].get(key)))
  const faults: Fault[] = references.flatMap(({ to, key, pointer }, i) =>
    found[i] ? [] : [{ pointer, detail: `there is no ${WORD[to]} "${key}"` }],
  )
  if (faults.length > 0) throw faultsProblem('unknown-reference', faults)
  const wrong = references.flatMap(({ unfit, pointer }, i): Fault[] => {
    const { kind } = found[i]!.body as { kind?: string }
    return unfit && kind === unfit.kind ? [{ pointer, detail: unfit.because }] : []
  })
  if (wrong.length > 0) throw faultsProblem('invalid', wrong)
}

export function surfaceReferences({ policy, fallback }: Surface): readonly Reference[] {
  return [
    { to: 'policies', key: policy, pointer: '/policy' },
    { to: 'policies', key: fallback, pointer: '/fallback', unfit: NO_REMOTE },
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

/** The policy among those that this one needs, over any number of steps, which needs this one; null when there is none. */
export async function wayBackTo({ policies }: Pick<ReferenceWorld, 'policies'>, policy: PolicyDefinition): Promise<string | null> {
  const seen = new Set([policy.key])
  let needing: readonly PolicyDefinition[] = [policy]
  while (needing.length > 0) {
    const needed = new Set<string>()
    for (const one of needing)
      for (const { key } of policyReferences(one)) {
        if (key === policy.key) return one.key
        if (!seen.has(key)) needed.add(key)
      }
    const found = await Promise.all([...needed].map((key) => policies.get(key)))
    needing = found.flatMap((noun) => (noun ? [noun.body] : []))
    for (const key of needed) seen.add(key)
  }
  return null
}
