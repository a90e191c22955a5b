import { describe, expect, it } from 'vitest'
import { metricOf, weightsOf } from '../../src/analysis/question.ts'

describe('a question', () => {
  it('names its metrics by column and kind', () => {
    expect(metricOf('converted:proportion')).toEqual({ kind: 'proportion', name: 'converted', column: 'converted' })
    expect(metricOf('utm:source:mean')).toEqual({ kind: 'mean', name: 'utm:source', column: 'utm:source' })
    expect(metricOf('clicks/views:ratio')).toEqual({ kind: 'ratio', name: 'clicks/views', numerator: 'clicks', denominator: 'views' })
  })

  it.each(['converted', ':mean', 'converted:median', 'clicks:ratio', '/views:ratio', 'clicks/:ratio', ''])(
    'does not take %j for a metric',
    (text) => {
      expect(() => metricOf(text)).toThrow(/is <column>|is <numerator>/)
    },
  )

  it('reads planned shares', () => {
    expect([...weightsOf('a=1, b=2.5')]).toEqual([
      ['a', 1],
      ['b', 2.5],
    ])
    expect([...weightsOf('old=0,x=y=3')]).toEqual([
      ['old', 0],
      ['x=y', 3],
    ])
  })

  it.each(['a', 'a=', 'a=x', 'a=-1', '=1', 'a=1,a=2', 'a=0', 'a=Infinity'])('does not take %j for shares', (text) => {
    expect(() => weightsOf(text)).toThrow()
  })
})
