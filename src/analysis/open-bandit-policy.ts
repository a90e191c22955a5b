/** A policy to ask about: the probability of each item at each position, the same for everybody. */
import { ITEMS_MAX, POSITIONS_MAX } from './open-bandit-row.ts'

export type ItemPolicy =
  | { readonly kind: 'uniform' }
  /** By item, then by position; one number an item holds at every position. */
  | { readonly kind: 'table'; readonly probabilities: readonly (readonly number[])[] }

/** How far from 1 the probabilities of a position may sum: files round. */
const SUM_SLACK = 1e-6

/** Reads `[[p, p, p], …]`, one list an item. Throws a sentence that says what is wrong. */
export function policyOfJson(text: string): ItemPolicy {
  const table = parsed(text)
  const isTable =
    Array.isArray(table) && table.length > 0 && table.every((row) => Array.isArray(row) && row.every((p) => typeof p === 'number'))
  if (!isTable) throw new Error('A policy is a list of items, each a list of its probabilities by position: [[0.2, 0.1], [0.8, 0.9]].')
  const probabilities = table as readonly (readonly number[])[]
  const positions = probabilities[0]!.length
  if (probabilities.length > ITEMS_MAX || positions > POSITIONS_MAX)
    throw new Error(`A policy has at most ${ITEMS_MAX} items and ${POSITIONS_MAX} positions.`)
  if (positions === 0) throw new Error('A policy has at least one position.')
  for (const [item, row] of probabilities.entries()) {
    if (row.length !== positions) throw new Error(`Item ${item} has ${row.length} probabilities, item 0 has ${positions}.`)
    const wrong = row.find((p) => !(p >= 0 && p <= 1))
    if (wrong !== undefined) throw new Error(`Item ${item} has the probability ${wrong}.`)
  }
  for (let position = 0; position < positions; position++) {
    const sum = probabilities.reduce((total, row) => total + row[position]!, 0)
    if (Math.abs(sum - 1) > SUM_SLACK) throw new Error(`The probabilities of position ${position + 1} sum to ${sum}, not to 1.`)
  }
  return { kind: 'table', probabilities }
}

/** The probabilities by position, then by item. */
export function tableOfPolicy(
  policy: ItemPolicy,
  { items, positions }: { readonly items: number; readonly positions: number },
): readonly Float64Array[] {
  return Array.from({ length: positions }, (_, position) =>
    Float64Array.from({ length: items }, (_item, item) =>
      policy.kind === 'uniform' ? 1 / items : (policy.probabilities[item]![position] ?? policy.probabilities[item]![0]!),
    ),
  )
}

/** Items and positions that the policy knows; Infinity where it takes any. */
export function extentOf(policy: ItemPolicy): { readonly items: number; readonly positions: number } {
  if (policy.kind === 'uniform') return { items: Number.POSITIVE_INFINITY, positions: Number.POSITIVE_INFINITY }
  const positions = policy.probabilities[0]!.length
  return { items: policy.probabilities.length, positions: positions === 1 ? Number.POSITIVE_INFINITY : positions }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`The policy is no JSON: ${(error as Error).message}.`)
  }
}
