/** What a batch did, as a page of text. */
import type { BatchCounts } from '../batch/run-batch.ts'

export interface BatchReport extends BatchCounts {
  readonly batch: string
  readonly surface: string
  /** The file of slates; null when the batch was told to stop before its end. */
  readonly out: string | null
  readonly refusedFile: string | null
  /** Of what this run dealt: known to the log from an earlier run, and so not logged again. */
  readonly repeated: number
  readonly seconds: number
  readonly perSecond: number
  /** How many slates each policy served in this run, without the repeated ones. */
  readonly served: Readonly<Record<string, number>>
  readonly reasons: Readonly<Record<string, number>>
}

/** The page; lines without a newline at the end. */
export function batchPage(report: BatchReport): string {
  const { batch, surface, out, lines, dealt, kept, repeated, unmeasured, refused, refusedFile, seconds, perSecond } = report
  const pace = `${number(dealt)} slates in ${seconds.toFixed(1)} s, ${number(Math.round(perSecond))}/s`
  const rows: (readonly [string, number, string])[] = [
    ['lines read', lines, ''],
    ['dealt', dealt, out ?? ''],
    ...optional('  known to the log', repeated, 'dealt by an earlier run; not logged again'),
    ...optional('  not measured', unmeasured, 'no consent: nothing is logged, no token'),
    ...optional('kept', kept, 'stood in the file already'),
    ...optional('refused', refused, refusedFile === null ? '' : `see ${refusedFile}`),
    ...Object.entries(report.served).map(([policy, n]) => [`served by ${policy}`, n, ''] as const),
    ...optional('fell back', report.reasons.fallback ?? 0, 'the chosen policy could not serve'),
  ]
  const wide = Math.max(...rows.map(([name]) => name.length))
  const digits = Math.max(...rows.map(([, n]) => number(n).length))
  return [
    `Batch ${batch} on ${surface}: ${pace}.`,
    ...(out === null ? ['It was stopped. Run the same command again to go on.'] : []),
    '',
    ...rows.map(([name, n, means]) => `  ${name.padEnd(wide)}  ${number(n).padStart(digits)}  ${means}`.trimEnd()),
  ].join('\n')
}

function optional(name: string, n: number, means: string): readonly (readonly [string, number, string])[] {
  return n === 0 ? [] : [[name, n, means]]
}

function number(value: number): string {
  return value.toLocaleString('en')
}
