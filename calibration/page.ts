/** The calibration page: every statement with what was measured, figures, and grids that show where methods lie. */
import type { Drawing } from './drawings.ts'
import type { Grid } from './grids.ts'
import { agrees, bandOf, type Finding, type Measurement, type Statement } from './statement.ts'
import { STUDIES } from './studies.ts'

export interface PageSource {
  readonly seed: number
  readonly scale: number
  readonly findings: readonly Finding[]
  readonly drawings: readonly Drawing[]
  readonly grids: readonly Grid[]
  /** For the band that readers see; statements are judged by the stricter one of the tests. */
  readonly falseAlarm: number
}

const CLAIMS = { equal: '', 'at-most': 'at most ', 'at-least': 'at least ' } as const

/** Writes the page. */
export function pageOf(source: PageSource): string {
  const { seed, scale, findings, drawings, grids } = source
  const failed = findings.filter((finding) => !agrees(finding, source.falseAlarm))
  return `# Calibration

Does each method do what it says, as often as it says? This page is written by \`npm run calibrate\` from simulations with a known truth.
It was made with seed ${seed} and ${scale} times the runs of the tests; \`npm run calibrate -- --seed <n> --scale <n>\` makes it again with others.

**${failed.length === 0 ? `All ${findings.length} statements hold.` : `${failed.length} of ${findings.length} statements do not hold.`}**

A statement holds when the count lies in the exact binomial band of its claim; the band in the tables is left by a true claim once in a
thousand runs, and a statement is called failed only beyond the band that it leaves once in a million. Rows marked *control* are about the
naive method: they have to show its fault, or the simulation would not find one in ours either. The numbering follows the calibration
protocol; C19, the live service against a recount in memory, is a journey test on PostgreSQL.

${drawings.map(({ file, caption, svg }) => `![${titleOf(svg)}](calibration/${file})\n\n*${caption}*`).join('\n\n')}

${STUDIES.map(({ ids, title }) =>
  section(
    `${ids} · ${title}`,
    findings.filter(({ study }) => ids.split(', ').includes(study)),
    source,
  ),
).join('\n\n')}

## Wider worlds

${grids.map(gridText).join('\n\n')}
`
}

function section(title: string, findings: readonly Finding[], source: PageSource): string {
  const rows = findings.map((finding) => ('runs' in finding ? statementRow(finding, source) : measurementRow(finding)))
  return [`## ${title}`, '', '| statement | claimed | measured | runs | band (99.9 %) | |', '|---|---|---|---|---|---|', ...rows].join('\n')
}

function statementRow(statement: Statement, { falseAlarm }: PageSource): string {
  const { what, claim, rate, hits, runs, control } = statement
  const { low, high } = bandOf(statement, 0.001)
  const band =
    claim === 'at-least'
      ? `≥ ${percent(low / runs)}`
      : claim === 'at-most'
        ? `≤ ${percent(high / runs)}`
        : `${percent(low / runs)} – ${percent(high / runs)}`
  const verdict = agrees(statement, falseAlarm) ? (control ? 'control, caught' : 'holds') : '**fails**'
  return `| ${what} | ${CLAIMS[claim]}${percent(rate)} | ${percent(hits / runs)} | ${runs.toLocaleString('en')} | ${band} | ${verdict} |`
}

function measurementRow({ what, low, high, value }: Measurement): string {
  return `| ${what} | ${number(low)} – ${number(high)} | ${number(value)} | | | ${value >= low && value <= high ? 'holds' : '**fails**'} |`
}

function gridText({ title, reading, columns, rows }: Grid): string {
  return [
    `**${title}.** ${reading}`,
    '',
    `| ${columns.join(' | ')} |`,
    `|${columns.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}

function titleOf(svg: string): string {
  return /aria-label="([^"]*)"/.exec(svg)?.[1] ?? ''
}

function percent(value: number): string {
  return `${(100 * value).toFixed(value > 0 && value < 0.002 ? 3 : 2)} %`
}

function number(value: number): string {
  return value === 0 ? '0' : String(Number(value.toPrecision(3)))
}
