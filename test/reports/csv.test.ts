import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvOf } from '../../src/reports/csv.ts'

describe('comma-separated values', () => {
  it('come back as they went in, whatever the texts hold', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((each) => !/^[=+\-@\t\r\n]/.test(each))
    fc.assert(
      fc.property(fc.array(fc.record({ a: text, b: text }), { minLength: 1 }), (rows) => {
        const lines: string[][] = parse(csvOf(['a', 'b'], rows), { relaxColumnCount: false })
        expect(lines).toEqual([['a', 'b'], ...rows.map(({ a, b }) => [a, b])])
      }),
    )
  })

  it('never let a text begin as a formula', () => {
    fc.assert(
      fc.property(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n'), fc.string(), (first, rest) => {
        const [, [cell] = []]: string[][] = parse(csvOf(['a'], [{ a: first + rest }]))
        expect(cell).toBe(`'${first}${rest}`)
      }),
    )
  })

  it('write numbers as numbers, exact ones digit by digit, truth as yes and no, and nothing as nothing', () => {
    const row = { a: -0.5, b: { decimal: '-900719925474099312345.67' }, c: true, d: undefined, e: '=1+1', f: 'a "b", c' }
    expect(csvOf(['a', 'b', 'c', 'd', 'e', 'f'], [row])).toBe(
      'a,b,c,d,e,f\r\n-0.5,-900719925474099312345.67,yes,,"\'=1+1","a ""b"", c"\r\n',
    )
  })
})
