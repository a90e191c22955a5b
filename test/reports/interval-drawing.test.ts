import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawIntervals } from '../../src/reports/interval-drawing.ts'

const label = (value: number): string => value.toFixed(1)

describe('drawn intervals', () => {
  it('share one axis on which 0 is marked', () => {
    const rows = [null, { low: -1, value: 0.5, high: 2 }, { low: 1, value: 2, high: 3 }, { low: -0.9, value: -0.8, high: -0.4 }]
    const { axis, lines } = drawIntervals(rows, 41, label)
    expect([axis, ...lines]).toEqual([
      '-1.0      0                           3.0',
      '          ┊                              ',
      '├─────────┼────●──────────────┤          ',
      '          ┊         ├─────────●─────────┤',
      ' ├●───┤   ┊                              ',
    ])
  })

  it('have their width, one estimate each, and touch 0 only when they hold it', () => {
    const end = fc.double({ min: -1e12, max: 1e12, noNaN: true })
    const row = fc.tuple(end, end, end).map((ends) => {
      const [low, value, high] = ends.sort((a, b) => a - b)
      return { low: low!, value: value!, high: high! }
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), fc.integer({ min: 16, max: 90 }), (rows, width) => {
        const { axis, lines } = drawIntervals(rows, width, label)
        expect([...axis]).toHaveLength(width)
        const zero = [...drawIntervals([null, ...rows], width, label).lines[0]!].indexOf('┊')
        for (const [i, line] of lines.entries()) {
          expect([...line]).toHaveLength(width)
          expect([...line].filter((mark) => mark === '●')).toHaveLength(1)
          const { low, high } = rows[i]!
          if (low > 0 || high < 0) expect([...line][zero]).toBe('┊')
        }
      }),
    )
  })

  it('are a point when there is nothing to spread, and an empty axis when there is nothing to draw', () => {
    expect(drawIntervals([{ low: 0, value: 0, high: 0 }], 5, label)).toEqual({ axis: '0    ', lines: ['●    '] })
    expect(drawIntervals([null], 5, label)).toEqual({ axis: '0    ', lines: ['┊    '] })
  })
})
