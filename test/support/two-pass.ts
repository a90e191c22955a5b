/**
 * The figures of a comparison from all units in memory, in two passes: means first, then deviations. Written out as in a textbook and shared
 * with nothing in src/, so that moments, sums of products and their algebra are checked against something else.
 */

export interface Figures {
  /** Treatment minus control. */
  readonly estimate: number
  readonly standardError: number
  readonly degreesOfFreedom: number
}

export interface Pair<Value> {
  readonly control: Value
  readonly treatment: Value
}

type Numbers = readonly number[]
/** A row a unit. */
type Rows = readonly Numbers[]

/** Welch's test of two means. */
export function welch({ control, treatment }: Pair<Numbers>): Figures {
  return figures(mean(treatment) - mean(control), { control: spread(control), treatment: spread(treatment) })
}

/** Ratio of sums from rows of (numerator, denominator), by the delta method. */
export function delta({ control, treatment }: Pair<Rows>): Figures {
  const [c, t] = [ratioOf(control), ratioOf(treatment)]
  return figures(t - c, { control: spread(linearised(control)), treatment: spread(linearised(treatment)) })
}

/** Rows of (y, covariates …): slopes within arms, then Welch's test on y − θ·x. */
export function adjusted(arms: Pair<Rows>): Figures & { readonly plain: Figures } {
  const centred = [...centre(arms.control), ...centre(arms.treatment)]
  const theta = slopesOf(
    centred.map(([y]) => y!),
    centred.map(([, ...x]) => x),
  )
  const residuals = (rows: Rows) => rows.map(([y, ...x]) => y! - x.reduce((sum, value, i) => sum + theta[i]! * value, 0))
  const plain = welch({ control: arms.control.map(([y]) => y!), treatment: arms.treatment.map(([y]) => y!) })
  return { ...welch({ control: residuals(arms.control), treatment: residuals(arms.treatment) }), plain }
}

/** Rows of (numerator, denominator, numerator before, denominator before). */
export function adjustedRatio(arms: Pair<Rows>): Figures & { readonly plain: Figures } {
  const part = (rows: Rows, from: number) => rows.map((row) => [row[from]!, row[from + 1]!])
  const arm = (rows: Rows) => ({
    now: linearised(part(rows, 0)),
    before: linearised(part(rows, 2)),
    ratio: ratioOf(part(rows, 0)),
    past: ratioOf(part(rows, 2)),
  })
  const [c, t] = [arm(arms.control), arm(arms.treatment)]
  const [theta] = slopesOf(
    [...c.now, ...t.now],
    [...c.before, ...t.before].map((value) => [value]),
  )
  const residual = ({ now, before }: typeof c) => now.map((value, i) => value - theta! * before[i]!)
  const estimate = t.ratio - c.ratio - theta! * (t.past - c.past)
  return {
    ...figures(estimate, { control: spread(residual(c)), treatment: spread(residual(t)) }),
    plain: delta({ control: part(arms.control, 0), treatment: part(arms.treatment, 0) }),
  }
}

export function mean(values: Numbers): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

interface Spread {
  /** Of the mean. */
  readonly variance: number
  readonly degreesOfFreedom: number
}

function spread(values: Numbers): Spread {
  const middle = mean(values)
  const n = values.length
  return { variance: values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (n - 1) / n, degreesOfFreedom: n - 1 }
}

function figures(estimate: number, { control: c, treatment: t }: Pair<Spread>): Figures {
  const variance = c.variance + t.variance
  const degreesOfFreedom = variance ** 2 / (c.variance ** 2 / c.degreesOfFreedom + t.variance ** 2 / t.degreesOfFreedom)
  return { estimate, standardError: Math.sqrt(variance), degreesOfFreedom }
}

function ratioOf(rows: Rows): number {
  return mean(rows.map(([m]) => m!)) / mean(rows.map(([, d]) => d!))
}

/** (m − r·d)/d̄ of each unit: what its ratio adds to the arm's. */
function linearised(rows: Rows): Numbers {
  const ratio = ratioOf(rows)
  const denominator = mean(rows.map(([, d]) => d!))
  return rows.map(([m, d]) => (m! - ratio * d!) / denominator)
}

function centre(rows: Rows): Rows {
  const middle = rows[0]!.map((_, i) => mean(rows.map((row) => row[i]!)))
  return rows.map((row) => row.map((value, i) => value - middle[i]!))
}

/** Least squares by orthogonalising the columns one after the other; one that adds nothing has slope 0. */
function slopesOf(y: Numbers, x: Rows): Numbers {
  const k = x[0]!.length
  const dot = (a: Numbers, b: Numbers) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  const basis: { readonly of: number; readonly column: Numbers; readonly size: number; readonly onto: Numbers }[] = []
  for (let of = 0; of < k; of++) {
    const raw = x.map((row) => row[of]!)
    const onto: number[] = []
    let column: Numbers = raw
    for (const other of basis) {
      const share = dot(column, other.column) / other.size
      onto.push(share)
      column = column.map((value, i) => value - share * other.column[i]!)
    }
    const size = dot(column, column)
    if (size > 1e-9 * dot(raw, raw)) basis.push({ of, column, size, onto })
  }
  const theta = new Array<number>(k).fill(0)
  for (let at = basis.length - 1; at >= 0; at--) {
    const { of, column, size } = basis[at]!
    const later = basis.slice(at + 1).reduce((sum, other) => sum + theta[other.of]! * other.onto[at]!, 0)
    theta[of] = dot(y, column) / size - later
  }
  return theta
}
