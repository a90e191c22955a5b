/** Honest money on the page of a bandit: what a draw of each arm brings, what all draws would have brought, and what choosing did. */
import type { Unknown } from '../stats/estimate.ts'
import type { BanditMoney, BanditReport } from './bandit-shape.ts'
import { differenceWithRange } from './metric-words.ts'
import { valueWords, type Wording, wordingFor } from './number-words.ts'
import { reasonWords } from './reason-words.ts'
import type { Estimate } from './report-shape.ts'
import { boundsOf } from './shown.ts'
import { tableOf, wrapped } from './text-table.ts'

export function banditMoneyLines({ money }: BanditReport, per: string): string[] {
  return money.flatMap((one) => ['', ...linesOf(one, per)])
}

function linesOf({ metric, currency, arms, choosing }: BanditMoney, per: string): string[] {
  const right = (title: string) => ({ title, align: 'right' as const })
  const wordings = { perDraw: wordingOf(currency, [...arms.map(({ perDraw }) => perDraw)]), total: wordingOf(currency, [choosing.total]) }
  const rows = arms.map(({ arm, perDraw, total }) => [
    arm,
    valueWithRange(perDraw, wordings.perDraw),
    valueWithRange(total, wordings.total),
  ])
  const { perDraw, total } = choosing
  return [
    `  ${metric}, honest: what all draws would have brought, had they been one arm's`,
    ...tableOf([{ title: '', align: 'left' }, right(`a ${per}`), right('in all')], rows),
    ...wrapped(
      perDraw.kind === 'unknown'
        ? `choosing against drawing evenly: unknown, because ${reasonWords(perDraw.because)}`
        : `choosing against drawing evenly: ${differenceWithRange(perDraw, wordings.perDraw)} a ${per}, ${differenceWithRange(total, wordings.total)} in all`,
      '  ',
    ),
  ]
}

/** Fine enough for the narrowest interval. */
function wordingOf(currency: string, estimates: readonly (Estimate | Unknown)[]): Wording {
  const halves = estimates.flatMap((estimate) => {
    const bounds = boundsOf(estimate)
    return bounds ? [(bounds.high - bounds.low) / 2] : []
  })
  return wordingFor({ kind: 'money', currency }, halves.length > 0 ? Math.min(...halves) : undefined, 2)
}

/** "4.91 EUR (4.60 to 5.22)" */
function valueWithRange(estimate: Estimate | Unknown, wording: Wording): string {
  if (estimate.kind === 'unknown') return 'unknown'
  const bounds = boundsOf(estimate)
  const plain = { ...wording, measure: { kind: 'number' } as const }
  return valueWords(estimate.value, wording) + (bounds ? ` (${valueWords(bounds.low, plain)} to ${valueWords(bounds.high, plain)})` : '')
}
