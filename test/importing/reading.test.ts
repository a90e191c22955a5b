import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINOR_MAX } from '../../src/importing/decimal.ts'
import { QUANTITY_MAX } from '../../src/importing/interaction-reader.ts'
import { openReading, type Reading } from '../../src/importing/reading.ts'
import { REASONS, type Verdict } from '../../src/importing/refusal.ts'
import type { InteractionRow } from '../../src/importing/row-reader.ts'
import { sniff } from '../../src/importing/sniff.ts'
import { requestOf } from './importer.ts'

const COLUMNS = ['unit', 'itemId', 'type', 'quantity', 'value', 'currency', 'occurredAt', 'basket'] as const
const auto = { format: 'auto', delimiter: 'auto' } as const

function verdictsOf(text: string): { readonly verdict: Verdict<InteractionRow>; readonly line: number }[] {
  const reading = openReading(requestOf('history'), sniff(text, auto, [])) as Reading<InteractionRow>
  const verdicts: { verdict: Verdict<InteractionRow>; line: number }[] = []
  const splitter = reading.splitter({ row: (verdict, line) => verdicts.push({ verdict, line }), note() {} })
  splitter.push(text)
  splitter.end()
  return verdicts
}

/** Cells as bad files have them, mixed with good ones. */
const nasty = fc.oneof(
  fc.constantFrom(
    '',
    'A',
    'u1',
    '1',
    '-1',
    '0',
    '1e309',
    '-0',
    'NaN',
    '99999999999999999999',
    '0.005',
    'EUR',
    'eur',
    '€',
    'return',
    'view',
    'é😀',
  ),
  fc.constantFrom(
    '2026-11-20',
    '2026-02-30',
    '2026-11-20T10:00:00Z',
    '1763632800',
    '"',
    '""',
    '"x"',
    '"x',
    '\0',
    '\ufffd',
    ' ',
    "'; DROP TABLE items",
  ),
  fc.string({ maxLength: 8 }),
)
/** A row is mostly good, so that what is accepted is looked at as well. */
const GOOD = {
  unit: ['u1', 'u2', ''],
  itemId: ['A', 'B 7'],
  type: ['view', 'purchase', 'return', 'addtocart', ''],
  quantity: ['1', '-2', '', '3.0'],
  value: ['9.95', '-5', '', '0'],
  currency: ['EUR', 'JPY', ''],
  occurredAt: ['2026-11-20', '2026-11-20T10:00:00+02:00', '1763632800'],
  basket: ['b1', ''],
} as const
const row = fc.tuple(
  ...COLUMNS.map((column) => fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...GOOD[column]) }, { weight: 1, arbitrary: nasty })),
)
const rows = fc.array(fc.oneof({ weight: 9, arbitrary: row }, { weight: 1, arbitrary: fc.array(nasty, { maxLength: 9 }) }), {
  maxLength: 12,
})

describe('a reading', () => {
  it('has one verdict for every record, whatever stands in it, and accepts only what can be stored', () => {
    const seen = { accepted: 0, refused: 0, skipped: 0 }
    fc.assert(
      fc.property(rows, (records) => {
        const text = `${COLUMNS.join(',')}\n${records.map((cells) => cells.join(',')).join('\n')}`
        const lines = verdictsOf(text).map(({ verdict, line }) => {
          seen[verdict.kind]++
          if (verdict.kind === 'refused') expect(Object.keys(REASONS)).toContain(verdict.reason)
          if (verdict.kind === 'accepted') expectStorable(verdict.row)
          return line
        })
        expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b))
        expect(Math.max(0, ...lines)).toBeLessThanOrEqual(text.split('\n').length)
      }),
      { numRuns: 500, seed: 7 },
    )
    expect(seen.accepted).toBeGreaterThan(300)
    expect(seen.refused).toBeGreaterThan(300)
    expect(seen.skipped).toBe(0)
  })

  it('means the same for a row of CSV and the same row as an object', () => {
    const cell = fc
      .oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 5 }))
      .filter((text) => !/["\r\n\0\ufffd]/.test(text) && text.isWellFormed())
    fc.assert(
      fc.property(fc.tuple(...COLUMNS.map((column) => fc.oneof(fc.constantFrom(...GOOD[column]), cell))), (cells) => {
        const csv = `${COLUMNS.join(',')}\n${cells.map((text) => `"${text}"`).join(',')}\n`
        const ndjson = `\n${JSON.stringify(Object.fromEntries(COLUMNS.map((column, i) => [column, cells[i]])))}\n`
        expect(verdictsOf(ndjson)).toEqual(verdictsOf(csv))
      }),
    )
  })
})

function expectStorable(row: InteractionRow): void {
  for (const text of [row.unit, row.itemId, row.title, row.type, row.currency, row.basket]) {
    if (text === null) continue
    expect(text.isWellFormed()).toBe(true)
    expect(text).not.toMatch(/[\0\ufffd]/)
    expect(text.length).toBeLessThanOrEqual(1000)
  }
  expect(row.itemId).not.toBe('')
  expect(Number.isInteger(row.quantity) && Math.abs(row.quantity) <= QUANTITY_MAX).toBe(true)
  expect(row.valueMinor === null || (Number.isSafeInteger(row.valueMinor) && Math.abs(row.valueMinor) <= MINOR_MAX)).toBe(true)
  expect(row.valueMinor === null).toBe(row.currency === null)
  expect(row.occurredAt).toBeGreaterThanOrEqual(Date.UTC(1990))
  expect(row.occurredAt).toBeLessThan(Date.UTC(2100))
  if (row.type === 'return') expect(Math.max(row.quantity, row.valueMinor ?? 0)).toBeLessThanOrEqual(0)
  else expect(Math.min(row.quantity, row.valueMinor ?? 0)).toBeGreaterThanOrEqual(0)
}
