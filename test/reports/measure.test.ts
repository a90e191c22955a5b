import { describe, expect, it } from 'vitest'
import { type Metric, metricSchema } from '../../src/experiments/metric.ts'
import { measureOf, minorExponentOf, toMajor } from '../../src/reports/measure.ts'

const quantity = (aggregate: string) => ({ types: ['purchase'], aggregate })
const mean = (aggregate: string): Metric => metricSchema.parse({ key: 'm', kind: 'mean', of: quantity(aggregate), currency: 'EUR' })
const ratio = (over: string, under: string): Metric =>
  metricSchema.parse({ key: 'r', kind: 'ratio', numerator: quantity(over), denominator: quantity(under), currency: 'KWD' })
const proportion: Metric = metricSchema.parse({ key: 'p', kind: 'proportion', of: quantity('any') })

describe('the measure of a metric', () => {
  it.each([
    [proportion, { kind: 'share' }, 0],
    [mean('value'), { kind: 'money', currency: 'EUR' }, 2],
    [mean('count'), { kind: 'number' }, 0],
    [mean('any'), { kind: 'share' }, 0],
    [ratio('count', 'count'), { kind: 'share' }, 0],
    [ratio('value', 'count'), { kind: 'money', currency: 'KWD' }, 3],
    [ratio('count', 'value'), { kind: 'number' }, -3],
    [ratio('value', 'value'), { kind: 'share' }, 0],
    [ratio('quantity', 'count'), { kind: 'number' }, 0],
  ])('follows from what is added up (%#)', (metric, measure, exponent) => {
    expect(measureOf(metric)).toEqual(measure)
    expect(minorExponentOf(metric)).toBe(exponent)
  })

  it('goes from minor to major units in one step', () => {
    expect([toMajor(29, 2), toMajor(0.005, -3), toMajor(7, 0)]).toEqual([0.29, 5, 7])
  })
})
