/** A plan as a page of plain text. */
import { countWords, differenceWords, liftWords, shareWords, type Wording, wordingFor } from '../reports/number-words.ts'
import { type Paint, PLAIN } from '../reports/paint.ts'
import { heading, tableOf, wrapped } from '../reports/text-table.ts'
import { confidence } from '../reports/verdict-sentences.ts'
import type { PowerPlan } from './power-plan.ts'
import type { PowerQuestion } from './power-question.ts'

export interface PlanPage {
  readonly question: PowerQuestion
  readonly plan: PowerPlan
  /** Smallest effects by week, when it is known how units come. */
  readonly weeks: readonly { readonly week: number; readonly totalUnits: number; readonly effect: number }[]
}

/** Writes the page. */
export function planText({ question, plan, weeks }: PlanPage, paint: Paint = PLAIN): string {
  const wording = wordingOf(question, plan)
  const sections = [
    [paint.strong('PLAN'), ...wrapped(askedWords(question, wording), '  ')],
    unitLines(question, plan),
    [
      ...wrapped(outcomeWords(question, plan, wording), '  '),
      ...wrapped(looksWords(question, plan), '  '),
      ...wrapped(daysWords(plan), '  '),
    ],
    weekLines(question, weeks, { wording, paint }),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function askedWords(
  { metric, effect, margin, level, sides, power, test, varianceFactor, guardrails }: PowerQuestion,
  wording: Wording,
): string {
  const what = margin
    ? `not worse than the control by more than ${margin.kind === 'relative' ? shareWords(margin.size) : differenceWords(margin.size, wording)}`
    : effect === undefined
      ? 'the smallest effect that can be shown'
      : `an effect of ${differenceWords(effect, wording)} (${liftWords(effect / Math.abs(metric.baseline))})`
  const tests = { fixed: 'one look at the end', 'group-sequential': 'looks planned on the way', 'always-valid': 'looks at any time' }[
    test.kind
  ]
  const factor = varianceFactor === 1 ? '' : ` Covariates and clusters multiply the variance by ${Number(varianceFactor.toPrecision(4))}.`
  const all = guardrails > 0 ? ` Each of ${guardrails} guardrails has to pass, so each gets more power.` : ''
  return `${metric.kind}, ${what}; ${confidence(level)} confidence ${margin || sides === 'greater' ? 'one-sided' : 'two-sided'}, power ${shareWords(power)}, ${tests}.${factor}${all}`
}

function unitLines({ treatments }: PowerQuestion, { controlUnits, treatmentUnits, totalUnits }: PowerPlan): string[] {
  return tableOf(
    [
      { title: '', align: 'left' },
      { title: 'units', align: 'right' },
    ],
    [
      ['control', countWords(controlUnits)],
      [treatments === 1 ? 'treatment' : `each of ${treatments} treatments`, countWords(treatmentUnits)],
      ['all arms', countWords(totalUnits)],
    ],
  )
}

function outcomeWords(
  { metric, effect, margin, controlUnits }: PowerQuestion,
  { power, smallestEffect }: PowerPlan,
  wording: Wording,
): string {
  if (margin) return `A treatment that does no harm passes with a probability of ${shareWords(power)}.`
  const least =
    typeof smallestEffect === 'number'
      ? `Smallest effect with the wanted power: ${differenceWords(smallestEffect, wording)} (${liftWords(smallestEffect / Math.abs(metric.baseline))}).`
      : 'No effect that is possible has the wanted power with so few units.'
  if (effect === undefined) return least
  const shown = `The effect is shown with a probability of ${shareWords(power)}.`
  return controlUnits === undefined ? shown : `${shown} ${least}`
}

function looksWords({ test }: PowerQuestion, { inflation, expectedUnits }: PowerPlan): string {
  if (test.kind === 'fixed' || inflation === undefined) return ''
  return `With ${test.looks} looks the plan is ${inflation.toFixed(3)} times a fixed test; when the effect is there it stops after ${countWords(expectedUnits!)} units on average.`
}

function daysWords({ days }: PowerPlan): string {
  if (days === undefined) return ''
  if (typeof days === 'number')
    return `That takes ${countWords(days)} day${days === 1 ? '' : 's'}${days < 7 ? '; run at least a whole week' : ''}.`
  return `That does not happen within ten years: ${countWords(days.have ?? 0)} different units come, ${countWords(days.need ?? 0)} are needed.`
}

function weekLines(
  { metric }: PowerQuestion,
  weeks: PlanPage['weeks'],
  { wording, paint }: { readonly wording: Wording; readonly paint: Paint },
): string[] {
  if (weeks.length === 0) return []
  const table = tableOf(
    [
      { title: 'after week', align: 'right' },
      { title: 'units', align: 'right' },
      { title: 'smallest effect', align: 'right' },
      { title: 'lift', align: 'right' },
    ],
    weeks.map(({ week, totalUnits, effect }) => [
      String(week),
      countWords(totalUnits),
      differenceWords(effect, wording),
      liftWords(effect / Math.abs(metric.baseline)),
    ]),
  )
  return [heading('SMALLEST EFFECT BY WEEK', '', paint), ...table]
}

function wordingOf({ metric, effect }: PowerQuestion, { smallestEffect }: PowerPlan): Wording {
  const size = Math.min(
    ...[effect, smallestEffect].filter((value) => typeof value === 'number' && value !== 0).map((value) => Math.abs(value!)),
  )
  return wordingFor({ kind: metric.kind === 'proportion' ? 'share' : 'number' }, Number.isFinite(size) ? size : undefined)
}
