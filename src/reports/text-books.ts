/** The page's books: exposures of every arm, recounted in the log, with fallbacks. */
import { countWords, shareWords } from './number-words.ts'
import type { Paint } from './paint.ts'
import type { Report } from './report-shape.ts'
import { tableOf } from './text-table.ts'

export function booksLines({ integrity }: Report, paint: Paint): string[] {
  const { arms, exposures, recount, equal } = integrity
  const right = (title: string) => ({ title, align: 'right' as const })
  const rows = arms.map((arm) => [
    arm.arm,
    countWords(arm.exposures),
    countWords(arm.recount),
    countWords(arm.fallback),
    typeof arm.fallbackShare === 'number' ? shareWords(arm.fallbackShare) : '—',
    countWords(arm.masked),
  ])
  const sum = ['Σ', countWords(exposures), countWords(recount)]
  const says = equal ? paint.good('equal in every arm') : paint.bad('NOT equal')
  return [
    paint.strong('BOOKS'),
    ...tableOf(
      [
        { title: 'exposures', align: 'left' },
        ...[right('in the arms'), right('in the log'), right('fallback'), right('share'), right('while an arm was off')],
      ],
      [...rows, sum],
    ),
    `  Σ arms ${countWords(exposures)}, exposures of the log ${countWords(recount)}: ${says}`,
  ]
}
