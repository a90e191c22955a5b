/**
 * Verify at decision grain: the cells of bandits equal a recount of the log, bit for bit, and so do their scores (verify-scores).
 *
 * The log is asked by another query than the fold's, and added up in big integers, one decision after the other, without before and after.
 */
import type { ClientBase } from 'pg'
import { triangle } from '../bandits/decision-moments.ts'
import { DELAY_EDGES_MS } from '../bandits/delay-bins.ts'
import { eachRow } from './cursor.ts'
import { openScoreRecount, type ScoreRecount } from './recount-scores.ts'
import { statement } from './statement.ts'
import type { Difference } from './verify.ts'
import { type DelayTally, openDelayTally, verifyDelays } from './verify-delays.ts'
import { type LogitTally, openLogitTally, verifyLogits } from './verify-logits.ts'
import { verifyScores } from './verify-scores.ts'
import { smallintsOf } from './wholes.ts'

export interface DecisionsVerified {
  readonly cells: number
  readonly differences: readonly Difference[]
}

interface Sums {
  n: bigint
  readonly a: bigint[]
  readonly b: bigint[]
  readonly c: bigint[]
}

type Decision = readonly [
  ...[cell: string, objectives: number, x: string, places: readonly number[] | null, ys: readonly string[] | null],
  ...[waited: readonly number[] | null, bins: readonly number[] | null],
  ...[epochId: number, armIds: readonly number[], armId: number, stratum: string, unit: string, day: number],
  ...[pi: string, mhat: string | null, kind: string],
]
type Stored = readonly [cell: string, n: string, a: readonly string[], b: readonly string[], c: readonly string[]]

const DECISIONS = statement('verify-decisions')
const BUCKETS = statement('verify-buckets')

/** Recounts and compares. Needs verify's transaction; `patienceMs` is for one batch of rows. Rejects with PostgreSQL's error. */
export async function verifyDecisions(client: ClientBase, patienceMs: number): Promise<DecisionsVerified> {
  const tallies = { delays: openDelayTally(), scores: openScoreRecount(), logits: await openLogitTally(client) }
  const recounted = await recountedCells(client, patienceMs, tallies)
  const differences: Difference[] = []
  let cells = 0
  await eachRow<Stored>(client, { text: BUCKETS, values: [], patienceMs }, ([cell, n, ...sums]) => {
    cells += 1
    const [a, b, c] = sums.map((values) => values.map(BigInt)) as [bigint[], bigint[], bigint[]]
    differences.push(...differencesOf(cell, { n: BigInt(n), a, b, c }, recounted.get(cell)))
    recounted.delete(cell)
  })
  for (const [cell, sums] of recounted) differences.push({ part: 'bandit_buckets', id: cell, stored: null, recounted: String(sums.n) })
  differences.push(...(await verifyDelays(client, tallies.delays, patienceMs)))
  differences.push(...(await verifyLogits(client, tallies.logits, patienceMs)))
  const scored = await verifyScores(client, tallies.scores.cells(), patienceMs)
  return { cells: cells + scored.cells, differences: [...differences, ...scored.differences] }
}

interface Tallies {
  readonly delays: DelayTally
  readonly scores: ScoreRecount
  readonly logits: LogitTally
}

async function recountedCells(client: ClientBase, patienceMs: number, { delays, scores, logits }: Tallies): Promise<Map<string, Sums>> {
  const cells = new Map<string, Sums>()
  await eachRow<Decision>(client, { text: DECISIONS, values: [DELAY_EDGES_MS], patienceMs }, (row) => {
    const [cell, objectives, text, places, ys, waited, bins, epochId, armIds, armId, stratum, unit, day, pi, mhat, kind] = row
    if (waited) delays.add(cell, waited, bins!)
    const vector = smallintsOf(text)
    const x = Array.from(vector, BigInt)
    const y = new Array<bigint>(objectives).fill(0n)
    places?.forEach((place, i) => {
      y[place] = BigInt(ys![i]!)
    })
    logits.add({ epochId, stratum, cell }, vector, y)
    const draw = { arms: armIds.length, drawn: armIds.indexOf(armId), isDraw: kind === 'drawn', pi: numbersOf(pi) }
    scores.add({ ...{ epochId, stratum, unit, day, y }, ...draw, mhat: mhat === null ? null : numbersOf(mhat).map(Math.fround) })
    const sums = cells.get(cell) ?? noSums(x.length, objectives)
    cells.set(cell, sums)
    sums.n += 1n
    let atA = 0
    for (let i = 0; i < x.length; i++) for (let j = i; j < x.length; j++) sums.a[atA++]! += x[i]! * x[j]!
    if (!places) return
    for (let i = 0; i < x.length; i++) for (let k = 0; k < y.length; k++) sums.b[i * y.length + k]! += x[i]! * y[k]!
    let atC = 0
    for (let i = 0; i < y.length; i++) for (let j = i; j < y.length; j++) sums.c[atC++]! += y[i]! * y[j]!
  })
  return cells
}

/** An array of floats in PostgreSQL's text. */
function numbersOf(text: string): readonly number[] {
  return JSON.parse(`[${text.slice(1, -1)}]`)
}

function noSums(features: number, objectives: number): Sums {
  const zeros = (count: number) => new Array<bigint>(count).fill(0n)
  return { n: 0n, a: zeros(triangle(features)), b: zeros(features * objectives), c: zeros(triangle(objectives)) }
}

/** Number by number; places count from 1. */
function differencesOf(cell: string, stored: Sums, recounted: Sums | undefined): Difference[] {
  const different = (id: string, one: bigint | undefined, other: bigint | undefined): Difference[] =>
    one === other
      ? []
      : [{ part: 'bandit_buckets', id: `${cell} ${id}`, stored: one?.toString() ?? null, recounted: other?.toString() ?? null }]
  if (!recounted) return [{ part: 'bandit_buckets', id: cell, stored: stored.n.toString(), recounted: null }]
  const parts = (['a', 'b', 'c'] as const).flatMap((part) => {
    const [one, other] = [stored[part], recounted[part]]
    const length = Math.max(one.length, other.length)
    return Array.from({ length }, (_, i) => different(`${part} ${i + 1}`, one[i], other[i])).flat()
  })
  return [...different('n', stored.n, recounted.n), ...parts]
}
