/** The page's table of treatments against the control, and under it why something is unknown. */
import type { Unknown } from '../stats/estimate.ts'
import { differenceWithRange, liftWithRange } from './metric-words.ts'
import { pWords, type Wording } from './number-words.ts'
import { reasonWords } from './reason-words.ts'
import type { Contrast, Estimate } from './report-shape.ts'
import { type Column, tableOf, wrapped } from './text-table.ts'
import { confidence, namesOf } from './verdict-sentences.ts'

/** With several treatments a last column has Holm's corrected p. */
export function contrastTable(
  contrasts: readonly Contrast[],
  { wording, level }: { readonly wording: Wording; readonly level: number },
): string[] {
  const several = contrasts.length > 1
  const columns: Column[] = [
    { title: `against ${contrasts[0]!.control}`, align: 'left' },
    { title: `difference (${confidence(level)} interval)`, align: 'left' },
    { title: `lift (${confidence(level)} interval)`, align: 'left' },
    { title: 'p', align: 'right' },
    ...(several ? [{ title: 'corrected', align: 'right' } as const] : []),
  ]
  const rows = contrasts.map(({ arm, difference, lift, test }) => [
    ...[arm, differenceWithRange(difference, wording), liftWithRange(lift)],
    ...(test.kind === 'test' ? [pWords(test.log10PValue), pWords(Math.log10(test.adjustedPValue))] : ['—', '—']),
  ])
  return [...tableOf(columns, rows), ...reasonLines(contrasts)]
}

/** One line a reason, however many arms share it. */
function reasonLines(contrasts: readonly Contrast[]): string[] {
  const arms = new Map<string, string[]>()
  for (const { arm, difference, lift } of contrasts) {
    const reason = missingOf(difference, 'difference') ?? missingOf(lift, 'lift')
    if (reason) arms.set(reason, [...(arms.get(reason) ?? []), arm])
  }
  return [...arms].flatMap(([reason, names]) => wrapped(`${namesOf(names)}: ${reason}`, '  '))
}

function missingOf(estimate: Estimate | Unknown, what: string): string | null {
  if (estimate.kind === 'unknown') return `${what} unknown, because ${reasonWords(estimate.because)}`
  return 'kind' in estimate.interval ? `${what} without an interval, because ${reasonWords(estimate.interval.because)}` : null
}
