/** How the numbers of a metric are read: as shares, plain numbers or money; and the step from minor to major units, made once, here. */
import type { Metric, Quantity } from '../experiments/metric.ts'
import { exponentOf } from '../experiments/money.ts'
import type { Measure } from './report-shape.ts'

export function measureOf(metric: Metric): Measure {
  switch (metric.kind) {
    case 'proportion':
      return { kind: 'share' }
    case 'mean':
      if (isMoney(metric.of)) return { kind: 'money', currency: metric.currency! }
      return { kind: metric.of.aggregate === 'any' ? 'share' : 'number' }
    case 'ratio':
      return measureOfRatio(metric)
  }
}

/** Power of ten by which a value in minor units is larger than in major ones: 2 for euros, 0 for counts, −2 for counts per euro. */
export function minorExponentOf(metric: Metric): number {
  if (metric.kind === 'proportion' || !metric.currency) return 0
  const exponent = exponentOf(metric.currency)
  if (metric.kind === 'mean') return isMoney(metric.of) ? exponent : 0
  return (isMoney(metric.numerator) ? exponent : 0) - (isMoney(metric.denominator) ? exponent : 0)
}

/** A value in minor units in major ones. Dividing by 10ᵏ rounds once; multiplying by 0.01 would round twice. */
export function toMajor(value: number, exponent: number): number {
  return exponent >= 0 ? value / 10 ** exponent : value * 10 ** -exponent
}

/** Money per something is money; money per money, and so many of so many, are shares; the rest are plain numbers. */
function measureOfRatio({ numerator, denominator, currency }: Extract<Metric, { kind: 'ratio' }>): Measure {
  if (isMoney(numerator)) return isMoney(denominator) ? { kind: 'share' } : { kind: 'money', currency: currency! }
  return { kind: counts(numerator) && counts(denominator) ? 'share' : 'number' }
}

function isMoney(quantity: Quantity): boolean {
  return quantity.aggregate === 'value'
}

function counts(quantity: Quantity): boolean {
  return quantity.aggregate === 'any' || quantity.aggregate === 'count'
}
