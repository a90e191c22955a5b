/** The page's guardrails: how bad it may be at worst, how bad it may be at most, and whether that is shown. */
import { liftWords, pWords, shareWords } from './number-words.ts'
import type { Paint } from './paint.ts'
import { reasonWords } from './reason-words.ts'
import type { GuardrailResult, Report } from './report-shape.ts'
import { heading, tableOf, wrapped } from './text-table.ts'
import { confidence, quoted } from './verdict-sentences.ts'

export function guardrailLines({ guardrails, plan }: Report, paint: Paint): string[] {
  if (guardrails.length === 0) return []
  const right = (title: string) => ({ title, align: 'right' as const })
  const rows = guardrails.flatMap(({ metric, margin, direction, results }) =>
    results.map((result) => [
      ...[metric, result.arm, `${direction === 'increase' ? '-' : '+'}${shareWords(margin)}`],
      typeof result.bound === 'number' ? liftWords(result.bound) : 'unknown',
      result.test.kind === 'unknown' ? '—' : pWords(result.test.log10PValue),
      result.state,
    ]),
  )
  const look = plan.reached ? '' : ', at any look'
  return [
    heading('GUARDRAILS', `what each arm may cost, relative to the control, at ${confidence(plan.level)} confidence${look}`, paint),
    ...tableOf(
      [
        { title: '', align: 'left' },
        { title: 'arm', align: 'left' },
        right('accepted'),
        right('at worst'),
        right('p'),
        { title: '', align: 'left' },
      ],
      rows,
    ).map((line) => painted(line, paint)),
    ...reasonLines(guardrails.flatMap(({ metric, results }) => results.map((result) => ({ metric, result })))),
  ]
}

function reasonLines(rows: readonly { readonly metric: string; readonly result: GuardrailResult }[]): string[] {
  const words = rows.flatMap(({ metric, result: { arm, because } }) =>
    because ? [`${quoted(metric)} of ${quoted(arm)} is not tested, because ${reasonWords(because)}`] : [],
  )
  return [...new Set(words)].flatMap((sentence) => wrapped(sentence, '  '))
}

function painted(line: string, paint: Paint): string {
  if (line.endsWith('  holds')) return line.slice(0, -'holds'.length) + paint.good('holds')
  return line.endsWith('  breached') ? line.slice(0, -'breached'.length) + paint.bad('breached') : line
}
