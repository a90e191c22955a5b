import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsOfLines, ndjsonSplitter } from '../../src/importing/ndjson.ts'

function read(text: string, columns: readonly string[], size = 7) {
  const rows: unknown[] = []
  const broken: unknown[] = []
  const strange: unknown[] = []
  const splitter = ndjsonSplitter(columns, {
    record: (cells, line) => rows.push([line, ...cells]),
    broken: (reason, line) => broken.push([line, reason]),
    strange: (line, keys) => strange.push([line, ...keys]),
  })
  for (let i = 0; i < text.length; i += size) splitter.push(text.slice(i, i + size))
  splitter.end()
  return { rows, broken, strange }
}

describe('the NDJSON splitter', () => {
  it('flattens objects, joins lists, and keeps empty what is null or absent', () => {
    const text = '{"id":"a","attributes":{"colour":"red","sizes":[41,42]},"price":89.90}\n\n{"id":null,"price":5}\n'
    const columns = columnsOfLines(text, ['brand'])
    expect(columns).toEqual(['id', 'attributes.colour', 'attributes.sizes', 'price', 'brand'])
    expect(read(text, columns).rows).toEqual([
      [1, 'a', 'red', '41, 42', '89.9', ''],
      [3, '', '', '', '5', ''],
    ])
  })

  it('keeps every digit of long numbers and lets impossible ones be seen', () => {
    const columns = ['id', 'value']
    expect(read('{"id":12345678901234567890,"value":1e309}', columns).rows).toEqual([[1, '12345678901234567890', '1e309']])
  })

  it('names lines that are no JSON and JSON that is no object', () => {
    const text = '{"a":1}\nnot json\n[1]\n"text"\n{"a":2\n{"a":3}'
    expect(read(text, ['a'])).toEqual({
      rows: [
        [1, '1'],
        [6, '3'],
      ],
      broken: [
        [2, 'not-json'],
        [3, 'not-an-object'],
        [4, 'not-an-object'],
        [5, 'not-json'],
      ],
      strange: [],
    })
  })

  it('tells of keys that are no column instead of dropping them unseen', () => {
    expect(read('{"a":1,"late":2}', ['a']).strange).toEqual([[1, 'late']])
  })

  it('gives back the texts of any objects, cut anywhere', () => {
    const row = fc.record({ a: fc.string({ unit: 'binary' }), b: fc.string({ unit: 'grapheme' }) })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (rows, size) => {
        const text = rows.map((each) => JSON.stringify(each)).join('\n')
        expect(read(text, ['a', 'b'], size).rows).toEqual(rows.map(({ a, b }, i) => [i + 1, a, b]))
      }),
    )
  })
})
