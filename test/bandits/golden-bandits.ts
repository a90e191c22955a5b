import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface GoldenCase<Inputs, Expected> {
  readonly name: string
  readonly source: string
  readonly inputs: Inputs
  readonly expected: Expected
  readonly tolerance: number
}

const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'golden', 'bandits.json'), 'utf8')) as {
  readonly cases: readonly GoldenCase<never, never>[]
}

/** The cases whose name begins so; at least one. */
export function goldenCases<Inputs, Expected>(prefix: string): readonly GoldenCase<Inputs, Expected>[] {
  const found = cases.filter(({ name }) => name.startsWith(prefix)) as unknown as readonly GoldenCase<Inputs, Expected>[]
  if (found.length === 0) throw new Error(`no golden case begins with ${prefix}`)
  return found
}
