import type { Exposure } from '../../src/decisions/exposure.ts'
import type { OutcomeRecord } from '../../src/log/log.ts'

/** What the buckets of a bandit should be, told in plain loops over the events: the slots are those of makeEpoch. */

const HOUR = 3_600_000
const LEARNED = ['drawn', 'assigned']

export interface PlainBucket {
  n: bigint
  a: bigint[]
  b: bigint[]
  c: bigint[]
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** By "arm stratum hour", the hour as ISO 8601. */
export function bucketsOf(epochId: number, shown: readonly Exposure[], told: readonly OutcomeRecord[]): Map<string, PlainBucket> {
  const decisions = shown.filter((one) => one.epochId === epochId && LEARNED.includes(one.kind))
  const buckets = new Map<string, PlainBucket>()
  for (const decision of decisions) {
    const mine = told.filter((outcome) => ownerOf(outcome, decisions) === decision)
    const hour = new Date(Math.floor(decision.decidedAt / HOUR) * HOUR).toISOString()
    addDecision(buckets, `${decision.armId} ${decision.stratum} ${hour}`, [...decision.x].map(BigInt), brought(decision, mine))
  }
  return buckets
}

/** Where delay bins end, in minutes: two an octave, in whole milliseconds. */
const EDGES = Array.from({ length: 34 }, (_, i) => Math.round(60_000 * Math.SQRT2 ** i))

/** Decisions by "arm stratum hour slot bin" of their first outcome that is no return. */
export function delaysOf(epochId: number, shown: readonly Exposure[], told: readonly OutcomeRecord[]): Map<string, number> {
  const decisions = shown.filter((one) => one.epochId === epochId && LEARNED.includes(one.kind))
  const counts = new Map<string, number>()
  for (const decision of decisions) {
    const mine = told.filter((outcome) => ownerOf(outcome, decisions) === decision)
    const hour = new Date(Math.floor(decision.decidedAt / HOUR) * HOUR).toISOString()
    const slots = [
      within(decision, mine, 48, 'purchase'),
      within(decision, mine, 1, 'click', 'view'),
      within(decision, mine, 72, 'purchase').filter(({ currency }) => currency === 'EUR'),
      within(decision, mine, 72, 'purchase'),
    ]
    slots.forEach((outcomes, slot) => {
      if (outcomes.length === 0) return
      const delay = Math.min(...outcomes.map(({ occurredAt }) => occurredAt)) - decision.decidedAt
      const key = `${decision.armId} ${decision.stratum} ${hour} ${slot} ${EDGES.filter((edge) => edge <= delay).length}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    })
  }
  return counts
}

/** The decision it names, else its unit's latest one before it. */
function ownerOf(outcome: OutcomeRecord, decisions: readonly Exposure[]): Exposure | undefined {
  const { decisionId, unit } = outcome
  if (decisionId) return decisions.find((one) => hex(one.decisionId) === hex(decisionId))
  const before = decisions.filter((one) => unit && hex(one.unit) === hex(unit) && one.decidedAt <= outcome.occurredAt)
  return before.toSorted((a, b) => a.decidedAt - b.decidedAt || (hex(a.decisionId) < hex(b.decisionId) ? -1 : 1)).at(-1)
}

function within({ decidedAt }: Exposure, mine: readonly OutcomeRecord[], hours: number, ...types: string[]): readonly OutcomeRecord[] {
  return mine.filter((one) => types.includes(one.type) && one.occurredAt >= decidedAt && one.occurredAt < decidedAt + hours * HOUR)
}

function brought(decision: Exposure, mine: readonly OutcomeRecord[]): bigint[] {
  const revenue = within(decision, mine, 72, 'purchase', 'return')
    .filter((one) => one.currency === 'EUR')
    .reduce((sum, one) => sum + (one.valueMinor ?? 0n), 0n)
  return [
    within(decision, mine, 48, 'purchase').length > 0 ? 1n : 0n,
    BigInt(within(decision, mine, 1, 'click', 'view').length),
    revenue > 5_000n ? 5_000n : revenue,
    within(decision, mine, 72, 'purchase', 'return').reduce((sum, one) => sum + BigInt(one.quantity), 0n),
  ]
}

function addDecision(buckets: Map<string, PlainBucket>, key: string, x: readonly bigint[], y: readonly bigint[]): void {
  const triangle = (v: readonly bigint[]) => v.flatMap((left, i) => v.slice(i).map((right) => left * right))
  const more = { a: triangle(x), b: x.flatMap((left) => y.map((right) => left * right)), c: triangle(y) }
  const known = buckets.get(key)
  if (!known) {
    buckets.set(key, { n: 1n, ...more })
    return
  }
  known.n += 1n
  for (const part of ['a', 'b', 'c'] as const) known[part] = known[part].map((value, i) => value + more[part][i]!)
}
