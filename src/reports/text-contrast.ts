/** The page's table of treatments against the control, and under it why something is unknown and what the alternate interval says. */
import type { Unknown } from '../stats/estimate.ts'
import { differenceWithRange, liftWithRange } from './metric-words.ts'
import { countWords, pWords, type Wording } from './number-words.ts'
import type { Paint } from './paint.ts'
import { reasonWords } from './reason-words.ts'
import type { AlwaysValid, Contrast, Estimate } from './report-shape.ts'
import { shownOf } from './shown.ts'
import { type Column, tableOf, wrapped } from './text-table.ts'
import { confidence, namesOf, quoted } from './verdict-sentences.ts'

/** More alternates than this fill the page; the JSON has them all. */
const ALTERNATES_MOST = 3

interface Manner {
  readonly wording: Wording
  readonly level: number
}

/** The treatments, and under them what the test of every look says besides. */
export function contrastTable(contrasts: readonly Contrast[], { paint, ...manner }: Manner & { readonly paint: Paint }): string[] {
  return [...contrastRows(contrasts, manner), ...alternateLines(contrasts, manner.wording).map(paint.faint)]
}

/** The interval that holds now; after the plan, a last column has the p that is corrected within the family. */
export function contrastRows(contrasts: readonly Contrast[], { wording, level }: Manner): string[] {
  const [{ control, shown }] = contrasts as [Contrast]
  const several = shown === 'fixed' && contrasts.some(({ test }) => test.kind === 'test' && test.family > 1)
  const interval = `${confidence(level)} interval${shown === 'fixed' ? '' : ', any look'}`
  const columns: Column[] = [
    { title: `against ${control}`, align: 'left' },
    { title: `difference (${interval})`, align: 'left' },
    { title: `lift (${interval})`, align: 'left' },
    { title: 'p', align: 'right' },
    ...(several ? [{ title: 'corrected', align: 'right' } as const] : []),
  ]
  const rows = contrasts.map((contrast) => {
    const { difference, lift, log10PValue } = shownOf(contrast)
    return [
      ...[contrast.arm, differenceWithRange(difference, wording), liftWithRange(lift)],
      typeof log10PValue === 'number' ? pWords(log10PValue) : '—',
      contrast.test.kind === 'test' ? pWords(Math.log10(contrast.test.adjustedPValue)) : '—',
    ].slice(0, columns.length)
  })
  return [...tableOf(columns, rows), ...reasonLines(contrasts)]
}

/** One line a reason, however many arms share it. */
function reasonLines(contrasts: readonly Contrast[]): string[] {
  const arms = new Map<string, string[]>()
  for (const contrast of contrasts) {
    const { difference, lift } = shownOf(contrast)
    const reason = missingOf(difference, 'difference') ?? missingOf(lift, 'lift')
    if (reason) arms.set(reason, [...(arms.get(reason) ?? []), contrast.arm])
  }
  return [...arms].flatMap(([reason, names]) => wrapped(`${namesOf(names)}: ${reason}`, '  '))
}

function missingOf(estimate: Estimate | Unknown, what: string): string | null {
  if (estimate.kind === 'unknown') return `${what} unknown, because ${becauseWords(estimate)}`
  return 'kind' in estimate.interval ? `${what} without an interval, because ${becauseWords(estimate.interval)}` : null
}

/** Events are counted, so that a reader sees them come. */
function becauseWords({ because, have, need }: Unknown): string {
  const counts =
    because === 'too-few-events' && have !== undefined && need !== undefined ? ` (${countWords(have)} of ${countWords(need)} events)` : ''
  return reasonWords(because) + counts
}

/** After the plan: what the test of every look says of the same arms. */
function alternateLines(contrasts: readonly Contrast[], wording: Wording): string[] {
  const known = contrasts.flatMap(({ arm, shown, alwaysValid }) =>
    shown === 'fixed' && alwaysValid.kind === 'always-valid' ? [{ arm, alwaysValid }] : [],
  )
  if (known.length === 0 || known.length > ALTERNATES_MOST) return []
  const words = ({ arm, alwaysValid }: { readonly arm: string; readonly alwaysValid: AlwaysValid }): string => {
    const name = contrasts.length > 1 ? `${quoted(arm)} ` : ''
    return `${name}${differenceWithRange(alwaysValid.difference, wording)}, p = ${pWords(alwaysValid.log10PValue)}`
  }
  return wrapped(`alternate, for looking at any time: ${known.map(words).join('; ')}`, '  ')
}
