import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newUnitTable } from '../../src/training/unit-table.ts'

const word = fc.constantFrom('00000000', '00000001', 'ffffffff', '12345678')
/** Pseudonyms of few different words, so that many begin alike. */
const pseudonyms = fc.array(
  fc.tuple(word, word, word, word).map((words) => words.join('')),
  { maxLength: 300 },
)

describe('the table of shoppers', () => {
  it('numbers pseudonyms in the order of first sight, as a Map would', () => {
    fc.assert(
      fc.property(pseudonyms, (given) => {
        const table = newUnitTable()
        const known = new Map<string, number>()
        for (const hex of given) {
          if (!known.has(hex)) known.set(hex, known.size)
          expect(table.numberOf(`\\x${hex}`, 2)).toBe(known.get(hex))
        }
        expect(table.count).toBe(known.size)
        expect(Buffer.from(table.keys()).toString('hex')).toBe([...known.keys()].join(''))
      }),
    )
  })

  it('takes over the pseudonyms of another table with their numbers', () => {
    fc.assert(
      fc.property(pseudonyms, pseudonyms, (given, more) => {
        const [table, other] = [newUnitTable(), newUnitTable()]
        for (const hex of given) table.numberOf(hex, 0)
        other.take(table.keys())
        for (const hex of [...more, ...given]) expect(other.numberOf(hex, 0)).toBe(table.numberOf(hex, 0))
        expect(other.keys()).toEqual(table.keys())
      }),
    )
  })

  it('keeps its numbers while it grows', () => {
    const table = newUnitTable()
    const hex = (i: number) => (Math.imul(i, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').repeat(4)
    for (let i = 0; i < 20_000; i++) expect(table.numberOf(hex(i), 0)).toBe(i)
    for (let i = 0; i < 20_000; i++) expect(table.numberOf(hex(i), 0)).toBe(i)
    expect(table.keys()).toHaveLength(20_000 * 16)
  })
})
