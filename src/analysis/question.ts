/**
 * What is asked of a file of an A/B test: which column is the arm, which metrics, and how they are to be judged.
 */

export type Method = 'fixed' | 'always-valid' | 'bayesian'

export type MetricAsked =
  | { readonly kind: 'proportion' | 'mean'; readonly name: string; readonly column: string }
  | { readonly kind: 'ratio'; readonly name: string; readonly numerator: string; readonly denominator: string }

export interface Question {
  readonly arm: string
  readonly control: string
  readonly metrics: readonly MetricAsked[]
  readonly unit?: string
  readonly covariate?: string
  readonly segment?: string
  /** Planned shares of the arms, on any scale; equal ones when left out. */
  readonly weights?: ReadonlyMap<string, number>
  readonly method: Method
  readonly level: number
  /** Quantile of the unit totals beyond which they are capped. */
  readonly cap?: number
  /** Units of an arm that were planned. */
  readonly plannedUnits?: number
  /** Bayesian only: standard deviation of relative uplifts that the prior expects; Infinity is the flat prior. */
  readonly priorDeviation?: number
  /** Metrics of which less is better. */
  readonly lessIsBetter?: ReadonlySet<string>
}

const KINDS = ['proportion', 'mean', 'ratio'] as const

/** Reads "<column>:proportion", "<column>:mean" or "<numerator>/<denominator>:ratio"; columns may hold colons. Throws a sentence. */
export function metricOf(text: string): MetricAsked {
  const colon = text.lastIndexOf(':')
  const kind = KINDS.find((one) => one === text.slice(colon + 1))
  const name = text.slice(0, colon)
  if (colon < 1 || !kind)
    throw new Error(`A metric is <column>:proportion, <column>:mean or <numerator>/<denominator>:ratio, not "${text}".`)
  if (kind !== 'ratio') return { kind, name, column: name }
  const slash = name.indexOf('/')
  if (slash < 1 || slash === name.length - 1) throw new Error(`A ratio is <numerator>/<denominator>:ratio, not "${text}".`)
  return { kind, name, numerator: name.slice(0, slash), denominator: name.slice(slash + 1) }
}

/** Reads "a=1,b=2": planned shares on any scale. Throws a sentence. */
export function weightsOf(text: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const part of text.split(',')) {
    const equals = part.lastIndexOf('=')
    const weight = Number(part.slice(equals + 1))
    const arm = part.slice(0, equals).trim()
    if (equals < 1 || part.slice(equals + 1).trim() === '' || !(weight >= 0 && Number.isFinite(weight)))
      throw new Error(`Weights are <arm>=<number>,…, not "${part}".`)
    if (weights.has(arm)) throw new Error(`The arm "${arm}" has two weights.`)
    weights.set(arm, weight)
  }
  if (![...weights.values()].some((weight) => weight > 0)) throw new Error('At least one arm needs a weight above 0.')
  return weights
}
