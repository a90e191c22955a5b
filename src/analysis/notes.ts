/** What a reader has to know beside the numbers, in sentences. */
import { countOf, countWords, shareWords } from '../reports/number-words.ts'
import { concentration, unitsForSkewness } from '../stats/skewness.ts'
import type { Answer, Result } from './answer-shape.ts'
import type { Question } from './question.ts'
import type { MetricSource } from './results.ts'
import type { Shape } from './shape-accumulator.ts'

/** An arm smaller than this share of a pair does not cancel the other's skew. */
const BALANCED_FROM = 0.4

export interface NotesSource {
  readonly question: Question
  readonly metrics: readonly MetricSource[]
  readonly arms: readonly string[]
  readonly caps: ReadonlyMap<string, number>
  readonly answer: Omit<Answer, 'notes'>
}

/** All notes that apply, the most serious first. */
export function notesOf(source: NotesSource): readonly string[] {
  return [
    ...trustNotes(source),
    ...faultNotes(source.answer),
    ...source.metrics.flatMap((metric) => [
      ...skewNotes(metric, source.arms),
      ...ownerNotes(metric, source.arms),
      ...capNotes(metric, source),
    ]),
    ...covariateNotes(source),
    ...methodNotes(source),
  ]
}

function trustNotes({ question, answer }: NotesSource): string[] {
  const notes: string[] = []
  if (answer.sampleRatio.alarm)
    notes.push(
      `The arms do not have their shares of the units, so no difference can be trusted: find out why first.${question.weights ? '' : ' If the split was not meant to be even, say so with --weights.'}`,
    )
  const { units, share, alarm } = answer.twoArms
  if (units > 0)
    notes.push(
      `${countOf(units, 'unit')} (${shareWords(share)}) were seen in two arms and are left out${alarm ? '; more than 0.1 % should not be' : ''}.`,
    )
  return notes
}

function faultNotes({ faults }: Omit<Answer, 'notes'>): string[] {
  return faults.map(
    ({ what, count, lines }) =>
      `${countWords(count)} × ${what} (line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}${count > lines.length ? ', …' : ''}).`,
  )
}

function skewNotes({ asked, cells }: MetricSource, arms: readonly string[]): string[] {
  if (asked.kind !== 'mean') return []
  const shapes = arms.map((_, arm) => cells.shapeOf(arm))
  const skewness = shapes.reduce((most, shape) => (Math.abs(shape.skewness) > Math.abs(most) ? shape.skewness : most), 0)
  const fewest = Math.min(...shapes.map(({ n }) => n))
  const need = unitsForSkewness(skewness)
  if (fewest >= need) return []
  const balanced = fewest >= BALANCED_FROM * 2 * mean(shapes)
  return [
    `${asked.name} is skewed (skewness ${skewness.toFixed(1)}): the mean of an arm is normal from about ${countWords(Math.ceil(need))} units, and the smallest arm has ${countWords(fewest)}. ${
      balanced
        ? 'With arms of equal size most of that cancels.'
        : 'With arms this unequal its intervals are wrong on one side: wait, or cap it (--cap).'
    }`,
  ]
}

function mean(shapes: readonly Shape[]): number {
  return shapes.reduce((sum, { n }) => sum + n, 0) / shapes.length
}

function ownerNotes({ asked, cells }: MetricSource, arms: readonly string[]): string[] {
  if (asked.kind !== 'mean') return []
  return arms.flatMap((arm, at) => {
    const { total, largest, n } = cells.shapeOf(at)
    const owner = n === 0 ? null : concentration({ sum: total, largest })
    return owner && 'share' in owner && owner.warn ? [`One unit of arm ${arm} owns ${shareWords(owner.share)} of its ${asked.name}.`] : []
  })
}

function capNotes({ asked, cells, uncapped }: MetricSource, { arms, caps, question }: NotesSource): string[] {
  const cap = caps.get(asked.name)
  if (!uncapped || cap === undefined) return []
  const capped = arms.reduce((sum, _, arm) => sum + cells.cappedOf(arm), 0)
  return [
    `${asked.name} is capped at ${Number(cap.toPrecision(6))}, the ${Number((question.cap! * 100).toPrecision(6))} % quantile over all arms together: ${countOf(capped, 'unit')} count for less. The figure without the cap stands beside it. A cap belongs into the plan, before anyone looks.`,
  ]
}

function covariateNotes({ question, answer }: NotesSource): string[] {
  if (question.covariate === undefined) return []
  return [
    `Adjusted for ${question.covariate}. That is only right if it was measured before the first exposure.`,
    ...answer.results.flatMap((result: Result) =>
      result.varianceReduction === undefined
        ? []
        : [`It takes ${shareWords(Math.max(0, result.varianceReduction))} of the variance out of ${result.metric} (arm ${result.arm}).`],
    ),
  ]
}

function methodNotes({ question, answer }: NotesSource): string[] {
  const notes: string[] = []
  const tests = answer.results.filter((result) => result.pValue !== null).length
  if (tests > 1)
    notes.push(
      `p-values are corrected for ${tests} tests (Holm); the status follows the corrected one, intervals are those of each metric by itself.`,
    )
  const alone = answer.results.filter(({ byItself }) => byItself !== undefined)
  if (alone.length > 0)
    notes.push(
      `${alone.map(({ metric, arm }) => `${metric} in ${arm}`).join(', ')}: the interval by itself leaves 0 out; corrected for ${tests} tests it is no difference shown.`,
    )
  switch (question.method) {
    case 'fixed':
      if (question.plannedUnits === undefined)
        notes.push('These p-values are for one look at a planned end. To look on the way, use --method always-valid.')
      break
    case 'always-valid':
      notes.push(
        question.plannedUnits === undefined
          ? 'Valid at any look; tuned to the units that are here, since no plan was given (--planned-units).'
          : `Valid at any look; tuned to ${countWords(question.plannedUnits)} planned units an arm.`,
      )
      break
    case 'bayesian':
      notes.push(
        'Rates start from a uniform prior, uplifts of means and ratios from a normal one around 0. A chance to win is no rule for stopping: with a flat prior, stopping at 95 % is wrong in 38 % of null experiments at 14 looks.',
      )
  }
  return notes
}
