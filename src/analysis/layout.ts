/** Where the columns of a question stand in the header of a file, and which numbers are kept of a unit. */
import { columnOf } from './header.ts'
import type { MetricAsked, Question } from './question.ts'

/** One number of a unit. `sum`: rows are added up; `any`: whether one row has it; `first`: the first row that says it, frozen. */
export interface Quantity {
  readonly column: number
  readonly name: string
  readonly over: 'sum' | 'any' | 'first'
}

export interface MetricLayout {
  readonly asked: MetricAsked
  /** Places of its quantities: one, or numerator and denominator. */
  readonly at: readonly number[]
}

export interface Layout {
  readonly columns: number
  readonly arm: number
  readonly unit: number | null
  readonly segment: number | null
  readonly quantities: readonly Quantity[]
  readonly metrics: readonly MetricLayout[]
  /** Place of the covariate among the quantities. */
  readonly covariate: number | null
}

/** Finds the columns. Throws a sentence for one that is not there or there twice. */
export function layoutOf(question: Question, header: readonly string[]): Layout {
  const quantities: Quantity[] = []
  const keep = (name: string, over: Quantity['over']): number => {
    const known = quantities.findIndex((quantity) => quantity.name === name && quantity.over === over)
    return known >= 0 ? known : quantities.push({ column: columnOf(header, name), name, over }) - 1
  }
  const metrics = question.metrics.map((asked) => ({ asked: resolved(asked, header), at: [] as number[] }))
  for (const { asked, at } of metrics) {
    if (asked.kind === 'ratio') at.push(keep(asked.numerator, 'sum'), keep(asked.denominator, 'sum'))
    else at.push(keep(asked.column, asked.kind === 'mean' ? 'sum' : 'any'))
  }
  const names = metrics.map(({ asked }) => `${asked.name}:${asked.kind}`)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Error(`The metric ${twice} is asked for twice.`)
  return {
    columns: header.length,
    arm: columnOf(header, question.arm),
    unit: question.unit === undefined ? null : columnOf(header, question.unit),
    segment: question.segment === undefined ? null : columnOf(header, question.segment),
    metrics,
    covariate: question.covariate === undefined ? null : keep(question.covariate, 'first'),
    quantities,
  }
}

/** A ratio whose columns hold slashes themselves is cut where both sides are columns. */
function resolved(asked: MetricAsked, header: readonly string[]): MetricAsked {
  if (asked.kind !== 'ratio') return asked
  const parts = asked.name.split('/')
  for (let cut = 1; cut < parts.length; cut++) {
    const numerator = parts.slice(0, cut).join('/')
    const denominator = parts.slice(cut).join('/')
    if (header.includes(numerator) && header.includes(denominator)) return { ...asked, numerator, denominator }
  }
  return asked
}
