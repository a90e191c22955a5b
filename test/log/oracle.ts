import type { Exposure } from '../../src/decisions/exposure.ts'
import type { OutcomeRecord } from '../../src/log/log.ts'
import type { PastEvent } from './sample.ts'

/** What the moments should be, told in plain loops over the events: the slots are those of makeEpoch, then PAST_SLOTS if `imported` is given. */

const HOUR = 3_600_000
const LONGEST = 72 * HOUR
type Cell = { units: bigint; excluded: bigint; s: bigint[]; ss: bigint[] }
type Purse = { units: bigint; gross: bigint; returned: bigint; netSquare: bigint }

export interface Expected {
  readonly arms: Map<number, Cell>
  readonly money: Map<string, Purse>
  readonly exposures: Map<number, bigint>
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

export function expectedOf(
  epochId: number,
  shown: readonly Exposure[],
  told: readonly OutcomeRecord[],
  imported?: readonly PastEvent[],
): Expected {
  const unitOfDecision = new Map(shown.map((one) => [hex(one.decisionId), hex(one.unit)]))
  const unitOf = (one: OutcomeRecord) => (one.unit ? hex(one.unit) : one.decisionId && unitOfDecision.get(hex(one.decisionId)))
  const mine = shown.filter((one) => one.epochId === epochId)
  const expected: Expected = { arms: new Map(), money: new Map(), exposures: new Map() }
  for (const one of mine) expected.exposures.set(one.armId!, (expected.exposures.get(one.armId!) ?? 0n) + 1n)
  for (const [unit, exposures] of Map.groupBy(mine, (one) => hex(one.unit))) {
    const first = exposures.toSorted((a, b) => a.decidedAt - b.decidedAt || a.armId! - b.armId!)[0]!
    const cell = cellOf(expected.arms, first.armId!, imported ? 8 : 4)
    if (exposures.some((one) => one.armId !== first.armId)) {
      cell.excluded += 1n
      continue
    }
    const hits = told.filter(
      (one) => unitOf(one) === unit && one.occurredAt >= first.decidedAt && one.occurredAt < first.decidedAt + LONGEST,
    )
    const past = imported && [
      ...told.filter((one) => unitOf(one) === unit && one.receivedAt < first.decidedAt),
      ...imported.filter((one) => hex(one.unit) === unit && one.importedAt < first.decidedAt),
    ]
    addUnit(cell, [...totalsOf(hits, first.decidedAt), ...(past ? pastTotalsOf(past, first.decidedAt) : [])])
    addMoney(expected.money, first.armId!, hits)
  }
  return expected
}

function cellOf(arms: Map<number, Cell>, armId: number, slots: number): Cell {
  const cell = arms.get(armId) ?? { units: 0n, excluded: 0n, s: Array(slots).fill(0n), ss: Array((slots * (slots + 1)) / 2).fill(0n) }
  arms.set(armId, cell)
  return cell
}

function totalsOf(hits: readonly OutcomeRecord[], firstAt: number): bigint[] {
  const within = (hours: number, ...types: string[]) =>
    hits.filter((one) => types.includes(one.type) && one.occurredAt < firstAt + hours * HOUR)
  const revenue = within(72, 'purchase', 'return')
    .filter((one) => one.currency === 'EUR')
    .reduce((sum, one) => sum + (one.valueMinor ?? 0n), 0n)
  return [
    within(48, 'purchase').length > 0 ? 1n : 0n,
    BigInt(within(1, 'click', 'view').length),
    revenue > 5_000n ? 5_000n : revenue,
    within(72, 'purchase', 'return').reduce((sum, one) => sum + BigInt(one.quantity), 0n),
  ]
}

function pastTotalsOf(past: readonly Pick<PastEvent, 'type' | 'valueMinor' | 'currency' | 'occurredAt'>[], firstAt: number): bigint[] {
  const within = (hours: number) => past.filter((one) => one.occurredAt < firstAt && one.occurredAt >= firstAt - hours * HOUR)
  const revenue = within(24)
    .filter((one) => ['purchase', 'return'].includes(one.type) && one.currency === 'EUR')
    .reduce((sum, one) => sum + (one.valueMinor ?? 0n), 0n)
  return [
    within(48).some((one) => one.type === 'purchase') ? 1n : 0n,
    revenue > 5_000n ? 5_000n : revenue,
    within(48).length > 0 ? 1n : 0n,
    within(24).length > 0 ? 1n : 0n,
  ]
}

function addUnit(cell: Cell, y: readonly bigint[]): void {
  cell.units += 1n
  let at = 0
  for (let i = 0; i < y.length; i++) {
    cell.s[i]! += y[i]!
    for (let j = 0; j <= i; j++) cell.ss[at++]! += y[i]! * y[j]!
  }
}

function addMoney(money: Map<string, Purse>, armId: number, hits: readonly OutcomeRecord[]): void {
  const paid = hits.filter((one) => ['purchase', 'return'].includes(one.type) && one.valueMinor !== null && one.currency !== null)
  for (const [currency, rows] of Map.groupBy(paid, (one) => one.currency)) {
    const sum = (type: string) => rows.filter((one) => one.type === type).reduce((total, one) => total + one.valueMinor!, 0n)
    const [gross, returned] = [sum('purchase'), sum('return')]
    const purse = money.get(`${armId} ${currency}`) ?? { units: 0n, gross: 0n, returned: 0n, netSquare: 0n }
    money.set(`${armId} ${currency}`, {
      units: purse.units + 1n,
      gross: purse.gross + gross,
      returned: purse.returned + returned,
      netSquare: purse.netSquare + (gross + returned) ** 2n,
    })
  }
}
