import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Quantity } from '../../src/analysis/layout.ts'
import { openScratchFile } from '../../src/analysis/scratch-file.ts'
import { openUnitStore } from '../../src/analysis/unit-store.ts'
import { openUnitTable } from '../../src/analysis/unit-table.ts'

const quantities: readonly Quantity[] = [
  { column: 0, name: 'revenue', over: 'sum' },
  { column: 1, name: 'bought', over: 'any' },
  { column: 2, name: 'before', over: 'first' },
]
const number = fc.oneof(fc.integer({ min: -5, max: 9 }), fc.constant(Number.NaN))
const rows = fc.array(
  fc.record({
    unit: fc.constantFrom('ann', 'bö', '', '漢字', 'x'.repeat(40), '7', '8', '9'),
    arm: fc.integer({ min: 0, max: 1 }),
    segment: fc.integer({ min: 0, max: 3 }),
    values: fc.tuple(number, fc.constantFrom(0, 1, Number.NaN), number),
  }),
  { maxLength: 60 },
)
type Row = { unit: string; arm: number; segment: number; values: readonly number[] }

function drained(all: readonly Row[], unitsMax: number) {
  const table = openUnitTable(quantities, unitsMax)
  for (const { unit, arm, segment, values } of all) table.add(unit, { arm, segment, values: Float64Array.from(values) })
  const units: string[] = []
  const inTwo = table.drain(({ arm, segment, values }) => units.push(JSON.stringify([arm, segment, ...values])))
  table.close()
  return { inTwo, units: units.sort() }
}

/** The same by the book: all rows of a unit at once. */
function byTheBook(all: readonly Row[]) {
  const groups = Map.groupBy(all, (row) => row.unit)
  const units: string[] = []
  let inTwo = 0
  for (const group of groups.values()) {
    if (new Set(group.map((row) => row.arm)).size > 1) {
      inTwo++
      continue
    }
    const known = (i: number) => group.map((row) => row.values[i]!).filter((x) => !Number.isNaN(x))
    const sum = known(0).length === 0 ? Number.NaN : known(0).reduce((a, b) => a + b, 0)
    const any = known(1).length === 0 ? Number.NaN : Math.max(...known(1))
    units.push(JSON.stringify([group[0]!.arm, group[0]!.segment, sum, any, known(2)[0] ?? Number.NaN]))
  }
  return { inTwo, units: units.sort() }
}

describe('rows summed by unit', () => {
  it('are the same in memory, on disk and half of each, and by the book', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 9 }), (all, bound) => {
        const expected = byTheBook(all)
        expect(drained(all, 100)).toEqual(expected)
        expect(drained(all, bound)).toEqual(expected)
        expect(drained(all, 0)).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('grow past the first capacity', () => {
    const all = Array.from({ length: 5000 }, (_, i) => ({ unit: `u${i % 2500}`, arm: 0, segment: 0, values: [1, 0, i] }))
    const { units, inTwo } = drained(all, 1e6)
    expect(inTwo).toBe(0)
    expect(units.length).toBe(2500)
    expect(units).toContain(JSON.stringify([0, 0, 2, 0, 7]))
  })
})

describe('a scratch file', () => {
  it('gives back what was appended, as often as asked, in blocks of the asked size', () => {
    const file = openScratchFile()
    const bytes = Uint8Array.from({ length: 700_000 }, (_, i) => i % 251)
    file.append(bytes.subarray(0, 10))
    file.append(bytes.subarray(10, 300_010))
    file.append(bytes.subarray(300_010))
    for (const most of [4096, 1_000_000]) {
      const back = Buffer.concat(Array.from(file.blocks(most), (block) => Buffer.from(block)))
      expect(Buffer.compare(back, Buffer.from(bytes))).toBe(0)
    }
    file.close()
  })
})

describe('units on disk', () => {
  it('come back in order, missing numbers as missing', () => {
    const store = openUnitStore(2)
    for (let i = 0; i < 10_000; i++)
      store.add({ arm: i % 3, segment: i % 7, values: Float64Array.of(i / 3, i % 5 === 0 ? Number.NaN : -i) })
    for (const _ of [1, 2]) {
      let i = 0
      for (const { arm, segment, values } of store.records()) {
        if (arm !== i % 3 || segment !== i % 7 || values[0] !== i / 3 || !Object.is(values[1], i % 5 === 0 ? Number.NaN : -i))
          throw new Error(`record ${i} differs`)
        i++
      }
      expect(i).toBe(10_000)
    }
    store.close()
  })
})
