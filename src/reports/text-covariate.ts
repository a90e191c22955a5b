/** The page's lines on what a covariate did to a metric: how much noise it took out, and the plain figures beside. */
import { noiseWords, worthWords } from './noise-words.ts'
import { countOf, type Wording } from './number-words.ts'
import type { Contrast, MetricReport } from './report-shape.ts'
import { contrastRows } from './text-contrast.ts'
import { wrapped } from './text-table.ts'

/** The lines under a metric's table; none where no covariate was used. */
export function covariateLines(
  { covariate, comparisons }: MetricReport,
  { wording, level, unit }: { readonly wording: Wording; readonly level: number; readonly unit: string },
): string[] {
  const reductions = comparisons.flatMap(({ varianceReduction }) => varianceReduction ?? [])
  if (!covariate || reductions.length === 0) return []
  const alternates: Contrast[] = comparisons.flatMap(({ arm, control, shown, alternate }) =>
    alternate ? [{ arm, control, shown, ...alternate }] : [],
  )
  return [
    '',
    ...wrapped(
      `${noiseWords(reductions)} by the ${countOf(covariate.days, 'day')} before the first exposure (CUPED)${worthWords(reductions, unit)}`,
      '  ',
    ),
    '  alternate, without that; it decides nothing:',
    ...contrastRows(alternates, { wording, level }),
  ]
}
