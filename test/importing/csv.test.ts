import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvSplitter, RECORD_CHARS_MAX } from '../../src/importing/csv.ts'

interface Split {
  readonly records: readonly { readonly cells: readonly string[]; readonly line: number; readonly raw: string }[]
  readonly broken: readonly { readonly reason: string; readonly line: number; readonly raw: string }[]
}

/** Splits a text that comes in the given pieces. */
function split(pieces: readonly string[], delimiter = ','): Split {
  const records: Split['records'][number][] = []
  const broken: Split['broken'][number][] = []
  const splitter = csvSplitter(delimiter, {
    record: (cells, line, raw) => records.push({ cells: [...cells], line, raw }),
    broken: (reason, line, raw) => broken.push({ reason, line, raw }),
  })
  for (const piece of pieces) splitter.push(piece)
  splitter.end()
  return { records, broken }
}

/** Cuts a text at the given fractions of its length. */
function cut(text: string, at: readonly number[]): string[] {
  const places = [0, ...at.map((fraction) => Math.floor(fraction * text.length)).sort((a, b) => a - b), text.length]
  return places.slice(1).map((end, i) => text.slice(places[i], end))
}

/** More lines of a hundred characters than a record may hold. */
const LINES = Math.ceil(RECORD_CHARS_MAX / 50)
const character = fc.constantFrom('a', 'b', '7', ' ', '"', ',', ';', '\t', '\n', '\r', '\r\n', 'é', '😀')
const cell = fc.array(character, { maxLength: 6 }).map((characters) => characters.join(''))
const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 })

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}

describe('the CSV splitter', () => {
  it('gives back what a writer of RFC 4180 wrote, with the line where each record starts', () => {
    const record = fc.record({ cells: fc.array(cell, { minLength: 2, maxLength: 4 }), end: fc.constantFrom('\n', '\r\n') })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), fractions, (records, at) => {
        let text = ''
        const expected = records.map(({ cells, end }) => {
          const line = text.split('\n').length
          const raw = cells.map(quoted).join(',')
          text += raw + end
          return { cells, line, raw }
        })
        expect(split(cut(text, at))).toEqual({ records: expected, broken: [] })
      }),
    )
  })

  it('agrees with csv-parse wherever csv-parse reads the text', () => {
    let compared = 0
    fc.assert(
      fc.property(
        fc.array(fc.oneof(character, cell.map(quoted)), { maxLength: 30 }),
        fractions,
        fc.constantFrom(',', ';', '\t'),
        (parts, at, delimiter) => {
          const text = parts.join('')
          let oracle: string[][]
          try {
            oracle = parse(text, { delimiter, record_delimiter: ['\r\n', '\n'], relax_column_count: true, skip_empty_lines: true })
          } catch {
            return
          }
          compared++
          const { records, broken } = split(cut(text, at), delimiter)
          expect(broken).toEqual([])
          expect(records.map(({ cells }) => cells)).toEqual(oracle)
        },
      ),
      { numRuns: 2000, seed: 7 },
    )
    expect(compared).toBeGreaterThan(500)
  })

  it('reads the same from any pieces of any text, broken or not', () => {
    fc.assert(
      fc.property(fc.array(character, { maxLength: 60 }), fractions, (characters, at) => {
        const text = characters.join('')
        expect(split(cut(text, at))).toEqual(split([text]))
      }),
      { numRuns: 1000 },
    )
  })

  it('takes a quote inside a plain cell as a character', () => {
    expect(split(['a,7" SINGLE,b\n']).records[0]!.cells).toEqual(['a', '7" SINGLE', 'b'])
  })

  it('loses one line, not the file, to a quote that is never closed', () => {
    const { records, broken } = split(['a,b\n1,"oops\n2,two\n3,three'])
    expect(broken).toEqual([{ reason: 'unclosed-quote', line: 2, raw: '1,"oops' }])
    expect(records.map(({ line, raw }) => [line, raw])).toEqual([
      [1, 'a,b'],
      [3, '2,two'],
      [4, '3,three'],
    ])
  })

  it('refuses what follows a closing quote and goes on with the next line', () => {
    const { records, broken } = split(['"a"x,1\r\nb,2\r\n'])
    expect(broken).toEqual([{ reason: 'stray-quote', line: 1, raw: '"a"x,1' }])
    expect(records.map(({ cells, line }) => [cells, line])).toEqual([[['b', '2'], 2]])
  })

  it('keeps a bound on what it holds: an endless line and an endless quote are refused', () => {
    const endless = 'x'.repeat(RECORD_CHARS_MAX + 10)
    for (const size of [1000, 65_536, 10_000_000]) {
      const pieces = (text: string) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
      const long = split(pieces(`a,b\n${endless}\nc,d\n`))
      expect(long.broken.map(({ reason, line }) => [reason, line])).toEqual([['record-too-long', 2]])
      expect(long.records.map(({ cells, line }) => [cells, line])).toEqual([
        [['a', 'b'], 1],
        [['c', 'd'], 3],
      ])
      const open = split(pieces(`a,b\n"open\n${`${'y'.repeat(99)}\n`.repeat(LINES)}`))
      expect(open.broken.map(({ reason, line, raw }) => [reason, line, raw])).toEqual([['record-too-long', 2, '"open']])
      expect(open.records.length).toBe(1 + LINES)
    }
  })
})
