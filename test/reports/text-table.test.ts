import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PLAIN } from '../../src/reports/paint.ts'
import { harmless, heading, PAGE_WIDTH, shortened, tableOf, widthOf, wrapped } from '../../src/reports/text-table.ts'

const right = (title: string) => ({ title, align: 'right' as const })
const left = (title: string) => ({ title, align: 'left' as const })

describe('a table', () => {
  it('is as wide as its cells, indented by two', () => {
    const rows = [
      ['popularity', '1,020', 'control'],
      ['hybrid', '15'],
    ]
    expect(tableOf([left('arm'), right('n'), left('says')], rows)).toEqual([
      '  arm             n  says',
      '  popularity  1,020  control',
      '  hybrid         15',
    ])
  })

  it('shortens long labels in the middle, where keys differ least', () => {
    const [, row] = tableOf(
      [left(''), right('n')],
      [['home-page-recommendation-strategy-with-a-very-long-name-v2'.repeat(2), '1'.repeat(60)]],
    )
    expect(row).toMatch(/^ {2}home-page-recommen…very-long-name-v2 {2}1{60}$/)
  })

  it('goes on below with the same labels when the columns do not fit side by side, and loses none', () => {
    const cells = fc.array(fc.stringMatching(/^[a-z]{1,60}$/), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,64}$/), cells, (name, row) => {
        const lines = tableOf([left(''), ...row.map(() => right('n'))], [[name, ...row]])
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(PAGE_WIDTH)
        const shown = lines.flatMap((line) => line.trim().split(/ +/))
        expect(row.filter((cell) => !shown.includes(cell))).toEqual([])
      }),
    )
  })
})

describe('a paragraph', () => {
  it('keeps all words, in lines that fit', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 60 }), fc.integer({ min: 20, max: 100 }), (text, width) => {
        const lines = wrapped(text, '  ', width)
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
        expect(lines.map((line) => line.slice(2)).join(' ')).toBe(text)
      }),
    )
  })

  it('never parts a number from its unit', () => {
    expect(wrapped('a rate of 4.90 % and +0.7 pp', '', 14)).toEqual(['a rate of', '4.90 % and', '+0.7 pp'])
  })

  it('cuts a word that is longer than a line', () => {
    expect(wrapped('x'.repeat(25), '', 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)])
  })
})

describe('what people typed', () => {
  it('cannot steer the terminal', () => {
    expect(harmless('\u001b[31mred\u0007 \u202etxet\r\nnext')).toBe('[31mred txet next')
  })

  it('is counted in characters, not in halves of them', () => {
    expect(shortened('👟👟👟👟👟', 3)).toBe('👟…👟')
    expect(widthOf('👟👟')).toBe(2)
  })

  it('gives a heading that fits', () => {
    expect(heading('METRIC m', 'primary', PLAIN)).toBe('METRIC m  primary')
    expect(widthOf(heading('METRIC m', 'x'.repeat(200), PLAIN))).toBe(PAGE_WIDTH)
    expect(heading('x'.repeat(95), 'remark', PLAIN)).toBe('x'.repeat(95))
  })
})
