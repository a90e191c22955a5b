import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../src/analysis/layout.ts'
import { metricOf, type Question } from '../../src/analysis/question.ts'

const header = ['user', 'arm', 'revenue', 'clicks', 'views', 'a/b', 'pre']
const question = (metrics: string[], more: Partial<Question> = {}): Question => ({
  ...{ arm: 'arm', control: 'c', metrics: metrics.map(metricOf), method: 'fixed', level: 0.95 },
  ...more,
})

describe('the layout of a question in a file', () => {
  it('keeps each number once, and once more where it is asked as yes or no', () => {
    const layout = layoutOf(
      question(['revenue:mean', 'clicks/views:ratio', 'revenue/clicks:ratio', 'clicks:proportion'], { covariate: 'pre' }),
      header,
    )
    expect(layout.quantities.map(({ name, over }) => `${name} ${over}`)).toEqual([
      'revenue sum',
      'clicks sum',
      'views sum',
      'clicks any',
      'pre first',
    ])
    expect(layout.metrics.map(({ at }) => at)).toEqual([[0], [1, 2], [0, 1], [3]])
    expect(layout.covariate).toBe(4)
    expect(layout).toMatchObject({ columns: 7, arm: 1, unit: null, segment: null })
  })

  it('cuts a ratio where both sides are columns', () => {
    const { metrics } = layoutOf(question(['a/b/views:ratio']), header)
    expect(metrics[0]!.asked).toMatchObject({ numerator: 'a/b', denominator: 'views' })
  })

  it('names the columns that there are when one is missing, and refuses doubles', () => {
    expect(() => layoutOf(question(['sales:mean']), header)).toThrow(/no column "sales".*user, arm, revenue/)
    expect(() => layoutOf(question(['revenue:mean'], { unit: 'id' }), header)).toThrow(/no column "id"/)
    expect(() => layoutOf(question(['revenue:mean']), [...header, 'revenue'])).toThrow(/two columns "revenue"/)
    expect(() => layoutOf(question(['revenue:mean', 'revenue:mean']), header)).toThrow(/asked for twice/)
  })
})
